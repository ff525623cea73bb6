// No notification is lost ([atomics.wait] 4): a thread that has looked at a value, and then blocks, can be woken by a
// notification that a newer value happens before. To wait is to enter the set of those who wait, to look again, and to
// sleep (models/sync/condition.hpp). A notification that comes before a thread enters does not find it; so then the
// thread, when it looks again, must see what happened before the notification. Neither operation synchronizes for this:
// the edge counts for this one load.
#pragma once

#include "checker/graph/execution_graph.hpp"

namespace heddle::models {

/// Whether `operation` of `thread`, a load that looks again, may read what is before `newer` in co.
bool may_look_before(const graph::ExecutionGraph& graph, graph::ThreadId thread, const graph::Operation& operation,
                     graph::Position newer);

/// Whether `operation` of `thread` may come before `newer`, an event of a set of those who wait: not where that is a
/// thread's entry, after which it has looked again and missed what happens before `operation`.
bool may_notify_before(const graph::ExecutionGraph& graph, graph::ThreadId thread, graph::Position newer);

}  // namespace heddle::models
