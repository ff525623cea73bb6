// Whether a harness does the same when it is run again.
#pragma once

#include "checker/graph/memory_model.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/step.hpp"

namespace heddle::search {

/// Runs the execution that `graph` is of again, from the start and with everything different that no harness may depend
/// on. Throws heddle::Error where it is another one. Leaves `execution` to be restored.
void require_repeatable(ExecutionGraph& graph, const graph::MemoryModel& model, runtime::Execution& execution);

}  // namespace heddle::search
