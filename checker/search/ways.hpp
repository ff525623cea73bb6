// The ways in which an operation can happen next: which write it reads, where it stands in co, which outcome it has.
#pragma once

#include <vector>

#include "checker/graph/memory_model.hpp"
#include "checker/search/step.hpp"

namespace heddle::search {

struct Way {
  Event event;
  Position place = none;  ///< of a write: after which one it stands in co
};

/// All ways in which `operation` can be the next event of `thread`, the first as the exhaustive search would have it;
/// none where it has to wait. Where executions are interleavings, a read has the newest write to read, and nothing
/// else.
std::vector<Way> ways_of(ExecutionGraph& graph, const graph::MemoryModel& model, ThreadId thread,
                         const Operation& operation);

}  // namespace heddle::search
