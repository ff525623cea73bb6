// Coherence by a clock: what a thread knows of a location it cannot see undone.
#pragma once

#include "checker/graph/execution_graph.hpp"

namespace heddle::models {

/// Whether `clock`, which counts what comes before a thread's next event, leaves that event free to stand right before
/// `newer` in co: it counts neither that write nor one that reads from it. The four coherence axioms in one (CoWW,
/// CoWR, CoRW, CoRR; Lahav et al., PLDI 2017, section 2.2). O(readers of `newer`).
inline bool may_precede(const graph::ExecutionGraph& graph, const graph::Counter* clock, graph::Position newer) {
  if (graph.within(newer, clock)) return false;
  for (graph::Position r = graph[newer].first_reader; r != graph::none; r = graph[r].next_reader)
    if (graph.within(r, clock) && !(graph[r].commutes && !graph::ExecutionGraph::conflict(graph[r], graph[newer])))
      return false;
  return true;
}

}  // namespace heddle::models
