#include "checker/search/step.hpp"

namespace heddle::search {

using core::Outcome;

bool can_move(const ExecutionGraph& graph, ThreadId thread, const Operation& operation) {
  if (operation.timed && operation.time <= graph.now()) return true;
  switch (operation.kind) {
    case OperationKind::update: {
      const core::Value newest = graph.value_of(operation.location, graph.location(operation.location).last);
      return operation.primitive->apply(operation, thread, newest, 0).enabled;
    }
    case OperationKind::sleep:
      return false;
    case OperationKind::follow:
      return prepare(graph, thread, operation).source != none;
    case OperationKind::join: {
      const auto child = static_cast<ThreadId>(operation.operand.low);
      return child < graph.thread_count() && graph.thread(child).end != none;
    }
    default:
      return true;
  }
}

namespace {

/// What `order` makes of `event`, which is no operation of a sync object.
void set_order(const ExecutionGraph& graph, Event& event, core::Order order) {
  event.order = graph.has_orders() ? order : core::Order::seq_cst;
  event.acquires = is_acquire(event.order);
  event.releases = is_release(event.order);
}

}  // namespace

Event prepare(const ExecutionGraph& graph, ThreadId thread, const Operation& operation) {
  Event event;
  event.operation = operation;
  if (operation.timed) {
    const bool over = operation.time <= graph.now();
    event.operation.operand.low = over ? 1 : 0;
    if (!over) event.operation.time = 0;
  }
  event.thread = thread;
  event.epoch = static_cast<std::uint16_t>(graph.epoch());
  const Position last = graph.thread(thread).last;
  event.locks_held = last == none || graph[last].thread != thread ? 0 : graph[last].locks_held;
  if (operation.order != core::Order::by_primitive) set_order(graph, event, operation.order);
  switch (operation.kind) {
    case OperationKind::load:
      event.reads = true;
      break;
    case OperationKind::store:
      event.writes = true;
      event.value = operation.operand;
      break;
    case OperationKind::update:
      event.reads = true;
      event.commutes = graph.has_commuting(*operation.primitive);
      break;
    case OperationKind::choose:
      event.choices = static_cast<std::uint32_t>(operation.operand.low);
      break;
    case OperationKind::join:
      event.source = graph.thread(static_cast<ThreadId>(operation.operand.low)).end;
      break;
    case OperationKind::follow: {
      // The thread's own last write to the object, and from there the first state that lets it go on; the first state
      // of all that does where it has written none, or where what it wrote commutes with others.
      event.commutes = graph.has_commuting(*operation.primitive);
      Position at = event.commutes ? none : graph.location(operation.location).last;
      while (at != none && graph[at].thread != thread) at = graph[at].co_previous;
      if (at == none) at = graph.location(operation.location).first;
      for (; at != none; at = graph[at].co_next) {
        const Outcome outcome = operation.primitive->apply(operation, thread, graph[at].value, 0);
        if (!outcome.enabled) continue;
        event.source = at;
        event.acquires = outcome.acquires;
        break;
      }
      break;
    }
    default:
      break;
  }
  return event;
}

bool stays_consistent(const graph::MemoryModel& model, ExecutionGraph& graph, const Event& event,
                      Position co_previous) {
  graph.add(event, event.writes ? co_previous : none);
  const bool consistent = model.consistent(graph);
  graph.pop();
  return consistent;
}

bool read_from(const ExecutionGraph& graph, Event& event, Position source) {
  event.source = source;
  if (event.operation.kind != OperationKind::update) return true;
  const core::Value value = graph.value_of(event.operation.location, source);
  const Outcome outcome = event.operation.primitive->apply(event.operation, event.thread, value, event.choice);
  if (!outcome.enabled) return false;
  event.writes = outcome.writes;
  event.acquires = outcome.acquires;
  event.releases = outcome.releases;
  event.continues = outcome.continues;
  event.keeps = outcome.keeps;
  if (event.operation.order != core::Order::by_primitive) {
    set_order(graph, event, outcome.writes && !outcome.keeps ? event.operation.order : event.operation.failure);
    event.acquires = (event.acquires && outcome.acquires) || !outcome.continues;
    event.releases = event.releases && outcome.releases && !outcome.keeps;
  }
  event.choices = outcome.choices;
  event.value = outcome.next;
  const Position last = graph.thread(event.thread).last;
  const unsigned before = last == none || graph[last].thread != event.thread ? 0 : graph[last].locks_held;
  event.locks_held = static_cast<std::uint8_t>(before + static_cast<unsigned>(outcome.lock_change));
  event.infeasible = event.writes && graph.update_of(event.operation.location, source) != none;
  return true;
}

}  // namespace heddle::search
