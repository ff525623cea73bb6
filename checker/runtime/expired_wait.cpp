// Waits that had to be made before their object came to some state: at a barrier, before the phase after that of the
// token has ended ([thread.barrier.class]).
//
// A wait that follows an object's states is the same event whether it was made in time or late. So it is late where the
// state has come already, and it may be late where it does not come, in the causal order, before anything that led to
// that state: then there is an execution with the same events in which it does so after. As a race, either is found at
// the later of the two.
#include "checker/runtime/execution.hpp"

namespace heddle::runtime {

void Execution::require_waits_in_time(LocationId id, const Primitive& primitive, const Site& site,
                                      const WaitTooLate& said) {
  const auto stop_late = [&] {
    stop({.kind = FindingKind::misuse, .message = said.mine, .site = site, .location = id});
  };
  const Thread& me = current_thread();
  if (keeper_ != nullptr) {
    if (primitive.expired(me.pending, keeper_->location_value(id))) stop_late();
    return;
  }
  const graph::ExecutionGraph& graph = *graph_;
  const Position mine = me.last_event;
  if (graph[mine].operation.kind == core::OperationKind::follow) {
    Position newest = graph.location(id).last;
    while (newest > mine) newest = graph[newest].co_previous;
    if (primitive.expired(graph[mine].operation, graph.value_of(id, newest))) stop_late();
    return;
  }
  const auto comes_first = [&](Position wait) {
    Position to_state = mine;
    while (to_state > wait && !graph.within(wait, graph.causal(to_state))) to_state = graph[to_state].co_previous;
    return to_state > wait;
  };
  const Value before = graph.value_of(id, graph[mine].source);
  for (Position write = graph[mine].source; write != none; write = graph[write].co_previous) {
    for (Position r = graph.readers_of(id, write); r != none; r = graph[r].next_reader) {
      const Operation& wait = graph[r].operation;
      if (r > mine || !primitive.expired(wait, graph[mine].value)) continue;
      if (primitive.expired(wait, before)) return;  // it was looked at when it expired, as were those before it
      if (comes_first(r)) continue;
      stop({.kind = FindingKind::misuse,
            .message = said.others,
            .site = site,
            .other_site = wait.site,
            .other_thread = graph[r].thread,
            .location = id});
    }
  }
}

}  // namespace heddle::runtime
