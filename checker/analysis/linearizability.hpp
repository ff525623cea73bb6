// Linearizability: is there an order of the calls on an object in which each answers what a sequential object answers?
//
// Herlihy and Wing, "Linearizability: A Correctness Condition for Concurrent Objects", TOPLAS 1990. The order of calls
// is looked for as by Wing and Gong ("Testing and Verifying Concurrent Objects", JPDC 1993), with Lowe's memory of what
// was tried ("Testing for linearizability", CCPE 2017): a set of calls and the state after them are tried once.
//
// A call precedes another where it returned before the other was invoked. In one execution that is a fact. But a
// checker that runs one execution of each trace has not run them all: those of one trace differ in when calls are
// invoked and return. So what is asked here is whether *some* execution of a trace has an order of invocations and
// returns for which there is no order of the calls (`find_unexplained`). Trying them one by one is not needed:
//  - a return that can come does come: the sooner it comes, the more calls it precedes, and the fewer orders are left;
//  - which calls have been invoked and have returned, and which sets of calls may have taken effect with which states
//    ("configurations"), is all that the rest depends on. Where the same calls were met with fewer configurations
//    before, and nothing was found, nothing will be.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace heddle::analysis {

/// A set of calls, by number.
using Calls = std::uint64_t;
inline constexpr unsigned most_calls = 64;

/// The object as its specification has it. States have numbers; 0 is the first.
class SequentialObject {
 public:
  virtual ~SequentialObject() = default;
  /// The state after `call` in `state`; none where it answers something else there than it did in the history. A call
  /// that has not returned may answer anything.
  virtual std::optional<unsigned> after(unsigned state, unsigned call) = 0;
};

/// Invocations and returns.
struct Points {
  Calls invoked = 0;
  Calls returned = 0;

  bool operator==(const Points&) const = default;
};

/// What is known of a call.
struct Call {
  bool returned = true;
  Points before_invocation = {};  ///< what comes before it in every execution of the trace; of the same thread: always
  Points before_return = {};      ///< likewise; its invocation is one of them
};

/// One invocation or return.
struct Point {
  unsigned call;
  bool is_return;

  bool operator==(const Point&) const = default;
};

/// Why there is no order of the calls.
struct Unexplained {
  std::vector<Point> points;      ///< when calls are invoked and return
  std::vector<unsigned> longest;  ///< the most calls that can be put in order, from the first
  std::vector<unsigned> next;     ///< those that could come then; none of them answers what it answered
  unsigned state = 0;             ///< in which they would have to
};

/// An order of invocations and returns in which all of `calls` happened, allowed by what is known of them, for which
/// there is no order of the calls that respects it and answers the same; nothing where each has one. At most
/// `most_calls`. Exponential in the number of threads in the worst case, not in the number of calls of each.
std::optional<Unexplained> find_unexplained(const std::vector<Call>& calls, SequentialObject& object);

/// Whether there is no order of the calls that respects just what is known: a call precedes another only where its
/// return comes before the other's invocation in every execution.
std::optional<Unexplained> find_unexplained_by_knowledge(const std::vector<Call>& calls, SequentialObject& object);

}  // namespace heddle::analysis
