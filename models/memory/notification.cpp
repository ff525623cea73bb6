#include "models/memory/notification.hpp"

namespace heddle::models {

using graph::Event;
using graph::ExecutionGraph;
using graph::none;
using graph::Position;

bool may_look_before(const ExecutionGraph& graph, graph::ThreadId thread, const graph::Operation& operation,
                     Position newer) {
  Position entry = graph.location(operation.waits_at).last;
  while (entry != none && graph[entry].thread != thread) entry = graph[entry].co_previous;
  if (entry == none) return true;
  const auto has_seen = [&](Position notification) {
    const Event& event = graph[notification];
    return event.operation.waits_at == operation.waits_at && graph.within(newer, graph.happens(notification));
  };
  // Those that come before the entry: they read an earlier state.
  for (Position state = graph[entry].co_previous;; state = graph[state].co_previous) {
    for (Position r = graph.readers_of(operation.waits_at, state); r != none; r = graph[r].next_reader)
      if (has_seen(r)) return false;
    if (state == none) return true;
  }
}

bool may_notify_before(const ExecutionGraph& graph, graph::ThreadId thread, Position newer) {
  const Position look = graph[newer].po_next;
  const Position last = graph.thread(thread).last;
  if (look == none || last == none || graph[look].operation.waits_at == 0 ||
      graph[look].operation.waits_at != graph[newer].operation.location)
    return true;
  const Event& looked = graph[look];
  for (Position w = graph.co_after(looked.operation.location, looked.source); w != none; w = graph[w].co_next)
    if (graph.within(w, graph.happens(last))) return false;
  return true;
}

}  // namespace heddle::models
