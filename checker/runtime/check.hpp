// The engine's face: what the command line and every embedding test call.
//
// Everything else in checker/ stands behind these few functions; the shim under models/ adds the primitives.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "checker/core/error.hpp"
#include "checker/core/finding.hpp"
#include "checker/core/options.hpp"
#include "checker/core/schedule.hpp"

namespace heddle {

/// Runs the harness under every schedule that matters and answers with a verdict.
/// The harness runs in this process, on fibers; what it allocates and its globals are restored between executions.
/// Faults of the harness come back as findings. Blocks while a check runs on another system thread. Throws
/// heddle::Error on wrong options, or when called inside a check.
Result check(const Options& options, const std::function<void()>& harness);

/// Runs the one execution that the schedule describes. The finding it leads to, if any, is in the result.
/// Throws heddle::Error where the harness does not follow the schedule, naming the first operation that differs.
Result replay(const Options& options, const Schedule& schedule, const std::function<void()>& harness);

/// A test of a harness, as HEDDLE_TEST registers it.
struct TestCase {
  const char* name;    ///< what the user called it; unique within a harness
  void (*function)();  ///< its body
  const char* file;    ///< where it stands, as the compiler was given the path
  unsigned line;
};

/// The tests of this program, in the order in which they were registered.
const std::vector<TestCase>& registered_tests();

/// Ends the check that is running, soon, with what is known so far: verdict inconclusive, reason "interrupted".
/// May be called from a signal handler, and any number of times. Without a running check, the next one ends at once.
void request_stop();

/// How far a search has come.
struct Progress {
  std::uint64_t executions = 0;
  double executions_per_second = 0;
  double done_by_weight = -1;  ///< share of the search that is done, 0 to 1; negative where there is no estimate
  double seconds_left = -1;    ///< until it is done or a bound is reached: estimate; negative where there is none
  // Of a search over states; 0 of others.
  std::uint64_t states = 0;            ///< found
  std::uint64_t states_to_expand = 0;  ///< of these, whose transitions are still to be followed
  double transitions_per_second = 0;
};

/// Called now and then during a search, on the thread that called check. Must not call the engine, other than
/// request_stop.
using ProgressCallback = void (*)(const Progress&);

/// Sets who is told of progress; nullptr tells nobody, which is how a program starts.
void set_progress_callback(ProgressCallback callback);

}  // namespace heddle
