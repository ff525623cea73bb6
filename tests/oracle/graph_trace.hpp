// Execution graphs as traces, to be compared with those of brute force.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "checker/graph/execution_graph.hpp"
#include "oracle/trace.hpp"

namespace heddle::oracle {

/// Whether an event is no part of the trace.
using LeftOut = std::function<bool(graph::Position)>;

/// `locations` says what each location is: its kind, and its number among those of its kind. Without the events that
/// `left_out` names: what reads from one reads from what that one has only repeated.
Trace fold(
    const graph::ExecutionGraph& graph, const std::vector<std::pair<Kind, std::uint8_t>>& locations,
    const LeftOut& left_out = [](graph::Position) { return false; });

}  // namespace heddle::oracle
