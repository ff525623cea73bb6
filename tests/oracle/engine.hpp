// The same small programs through the engine: heddle::thread, heddle::mutex and the rest, under a search.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "checker/core/options.hpp"
#include "checker/search/observer.hpp"
#include "oracle/brute_force.hpp"
#include "oracle/graph_trace.hpp"

namespace heddle::oracle {

struct Exploration {
  Traces traces;
  std::uint64_t executions = 0;
  std::uint64_t blocked = 0;
  /// Of traces.blocked those, without what was assumed, in which each false assumption was about the newest write.
  std::map<std::string, unsigned> stuck;
  unsigned violated = 0;            ///< leaves in which a thread was stopped by a finding
  std::vector<std::string> faults;  ///< findings other than data races, graphs that are not as they should be, errors
};

/// Runs `program` through the engine. With `check_graphs` each leaf's graph is compared with the naive relations. The
/// texts do not tell the order of what commutes; the result says of which kinds that can be said after what was seen.
Exploration explore(const Program& program, bool check_graphs, const Options& options = {},
                    const Commuting& commuting = {});
/// Likewise, with an observer of one's own: only counts and errors come back.
Exploration explore_with(const Program& program, const Options& options, search::Observer& observer);

/// The trace of an execution of `program`, without the events that `left_out` names.
Trace trace_of(const Program& program, const graph::ExecutionGraph& graph, const LeftOut& left_out);

/// `program` as the body of a harness.
void run_as_harness(const Program& program);

/// How many leaves of each kind the search reaches for a harness.
struct LeafCounts {
  std::uint64_t complete = 0, deadlocks = 0, livelocks = 0, violated = 0, blocked = 0;

  bool operator==(const LeafCounts&) const = default;
};
LeafCounts count_leaves(const std::function<void()>& harness, const Options& options = {});

}  // namespace heddle::oracle
