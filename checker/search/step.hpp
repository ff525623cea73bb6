// One step of an execution, as every search makes it: from a pending operation to an event and what its thread is told.
#pragma once

#include "checker/graph/memory_model.hpp"

namespace heddle::search {

using graph::Event;
using graph::ExecutionGraph;
using graph::none;
using graph::Operation;
using graph::OperationKind;
using graph::Position;
using graph::ThreadId;

/// Whether the pending operation of `thread` can happen in the newest state of what it asks for.
bool can_move(const ExecutionGraph& graph, ThreadId thread, const Operation& operation);

/// The event of `operation` as far as it does not depend on what it reads.
Event prepare(const ExecutionGraph& graph, ThreadId thread, const Operation& operation);

/// Makes `event` read `source`, with the choice that it carries; false where its guard does not hold there.
bool read_from(const ExecutionGraph& graph, Event& event, Position source);

/// Whether `graph` is consistent with `event`, which was admitted, as its next: after `co_previous` in co where it
/// writes.
bool stays_consistent(const graph::MemoryModel& model, ExecutionGraph& graph, const Event& event, Position co_previous);

/// What the thread of event `at` is told: what it read, and what came of it.
inline core::Delivery delivery_of(const ExecutionGraph& graph, Position at) {
  const Event& event = graph[at];
  core::Delivery delivery{.choice = event.choice, .wrote = event.writes};
  if (event.reads) {
    delivery.value = graph.value_of(event.operation.location, event.source);
    delivery.changed = event.writes && event.value != delivery.value;
  }
  return delivery;
}

}  // namespace heddle::search
