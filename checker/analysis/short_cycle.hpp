// A short fair cycle inside a fair component of the state graph.
#pragma once

#include <vector>

#include "checker/analysis/fair_cycles.hpp"

namespace heddle::analysis {

/// Whether the transition may be part of a cycle in which `starved`, or where it is no_thread nobody, makes progress.
inline bool in_cycle(ThreadId starved, const Transition& transition) {
  if (transition.to == graph::no_state) return false;
  return !transition.progress || (starved != core::no_thread && transition.thread != starved);
}

/// A cycle that answers `query` inside `component`, which does: states in ascending order, strongly connected without
/// what the query rules out. The shortest through its early states where the component is small (breadth first over
/// states, threads that have moved and threads that must), otherwise one that goes from each thing that fairness asks
/// for to the next.
std::vector<CycleStep> short_cycle(const StateGraph& graph, const CycleQuery& query,
                                   const std::vector<StateId>& component);

}  // namespace heddle::analysis
