// How an execution has ended.
#pragma once

#include "checker/runtime/execution.hpp"
#include "checker/search/observer.hpp"

namespace heddle::search {

/// The kind of the leaf that `execution`, in step with `graph`, has come to: no thread of it can move, or none may,
/// having made `max_events` events.
Leaf leaf_of(const runtime::Execution& execution, const graph::ExecutionGraph& graph, std::uint64_t max_events);

}  // namespace heddle::search
