#include "checker/search/repeatable.hpp"

#include "checker/search/repeat.hpp"
#include "checker/search/time.hpp"

namespace heddle::search {

void require_repeatable(ExecutionGraph& graph, const graph::MemoryModel& model, runtime::Execution& execution) {
  ExecutionGraph again(graph.stride());
  again.set_has_orders(graph.has_orders());
  execution.use(again);
  execution.start(true);
  execution.advance(0);
  for (Position at = 0; at < graph.size(); ++at) {
    if (graph.begins_epoch(at)) pass_time(execution, again);
    const Event& before = graph[at];
    const Operation& now = execution.thread(before.thread).pending;
    if (execution.thread(before.thread).status != runtime::ThreadStatus::pending ||
        !same_operation(before.operation, now))
      does_not_repeat(execution, before.thread, before.operation, now);
    Event event = before;
    event.operation = prepare(again, before.thread, now).operation;
    if (now.kind == OperationKind::store) event.value = now.operand;
    const bool enabled = now.kind != OperationKind::update || read_from(again, event, event.source);
    if (!enabled || event.writes != before.writes) does_not_repeat(execution, before.thread, before.operation, now);
    Position place = before.co_previous;
    while (place >= at) place = graph[place].co_previous;
    again.add(event, place);
    model.added(again);
    execution.deliver(event.thread, delivery_of(again, at), at);
    execution.advance_if_able(event.thread);
  }
  execution.use(graph);
}

}  // namespace heddle::search
