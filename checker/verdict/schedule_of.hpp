// From an execution graph to a schedule: a linear order of its events, with as few context switches as can be found.
#pragma once

#include <vector>

#include "checker/core/schedule.hpp"
#include "checker/graph/execution_graph.hpp"

namespace heddle::verdict {

/// Which part of a graph is wanted.
struct Part {
  core::Position last = core::none;                                      ///< comes last; none: no event in particular
  std::vector<bool> kept;                                                ///< for each event; closed under po and rf
  std::vector<std::pair<core::Position, core::Position>> in_order = {};  ///< the first of each pair before the second
  bool as_found = false;  ///< in the order in which the events were added
};

/// All of `graph`.
Part whole(const graph::ExecutionGraph& graph);
/// The causal prefix of `last`.
Part leading_to(const graph::ExecutionGraph& graph, core::Position last);

/// The steps that make the part happen; their places are left open.
std::vector<ScheduleStep> schedule_of(const graph::ExecutionGraph& graph, const Part& part);

}  // namespace heddle::verdict
