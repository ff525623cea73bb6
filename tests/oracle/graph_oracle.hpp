// What an execution graph's clocks and lists must say, computed naively from its edges.
#pragma once

#include <string>

#include "checker/graph/execution_graph.hpp"

namespace heddle::oracle {

/// Empty where `graph` is sound: its lists are those of its edges, updates are atomic, and each clock counts exactly
/// what the closure of its relation holds; without memory orders it is consistent under SC too (po, rf, co and fr have
/// no cycle). Else what is wrong.
std::string fault_of(const graph::ExecutionGraph& graph);

}  // namespace heddle::oracle
