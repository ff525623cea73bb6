// Linear orders: a finished execution, told with the fewest context switches.
//
// A trace is a partial order of events; every linear extension of it is a schedule that shows the same fault. A reader
// follows the one that stays longest with each thread. Two facts make the search for it small:
//  - running a thread as far as it can go is never worse than stopping before (what has run never disables another
//    event), so a schedule is a sequence of *maximal* runs, and a state is just how far each thread has come;
//  - how many runs a thread still needs, were all others as helpful as can be, depends on its own position only: the
//  sum
//    over the threads is a lower bound (A*), and a run that gets as far as the most helpful others would let it can be
//    taken at once, without a choice.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace heddle::analysis {

/// A finished execution. The events of one thread are totally ordered by `predecessors`.
struct PartialOrder {
  std::vector<unsigned> thread;                     ///< the thread of event i
  std::vector<std::vector<unsigned>> predecessors;  ///< direct predecessors of event i, program order included; acyclic
};

/// The context switches of a sequence of events of `order`.
unsigned context_switches(const PartialOrder& order, const std::vector<unsigned>& sequence);

/// A linear extension with the fewest context switches: exact where `max_states` states suffice, otherwise the best of
/// several greedy ones (which are also the first bound of the exact search). `last`, where given, comes last: no event
/// may depend on it. Deterministic.
std::vector<unsigned> linear_order(const PartialOrder& order, std::optional<unsigned> last = std::nullopt,
                                   std::size_t max_states = 20'000);

}  // namespace heddle::analysis
