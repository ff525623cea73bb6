// A schedule: everything nondeterministic about one execution, written down so that it can be replayed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace heddle {

/// One operation of the execution: which thread moves, and what was chosen for it.
struct ScheduleStep {
  static constexpr std::int64_t newest = -1;   ///< `reads_from` of an operation that reads, or is, the newest write
  static constexpr std::int64_t initial = -2;  ///< of one that reads the initial value, or is placed right after it

  unsigned thread = 0;
  std::string operation;     ///< what the thread is about to do, checked at replay: "lock", "load", "join"
  std::uint32_t choice = 0;  ///< which of several outcomes (choose, notify_one); 0 where there is one
  /// The step (index in Schedule::steps) that is read, where that is not the newest write; of a store: the step after
  /// which it stands in coherence order.
  std::int64_t reads_from = newest;
  std::string site;  ///< "file:line", checked at replay

  bool operator==(const ScheduleStep&) const = default;
};

/// An execution to be replayed, with what identifies the harness, the options and the build.
struct Schedule {
  std::string test;                  ///< name of the test
  std::string harness;               ///< identifies the harness's sources and compiler flags; compared at replay
  std::string build;                 ///< version of Heddle and of the compiler
  std::vector<std::string> options;  ///< the options that change what an execution is, as on the command line
  std::string fault;                 ///< kind of the finding
  std::string message;               ///< its message
  std::vector<ScheduleStep> steps;
  std::size_t cycle = 0;  ///< so many of the steps, the last, are repeated for ever; 0: the execution ends

  bool operator==(const Schedule&) const = default;
};

}  // namespace heddle
