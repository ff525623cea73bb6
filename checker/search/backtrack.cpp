// The way back of the exhaustive search: from a leaf to the next alternative of the newest event that has one.
#include "checker/search/exhaustive.hpp"

namespace heddle::search {

/// To the next alternative; false when there is none left anywhere.
bool Exhaustive::backtrack() {
  run_to_ = -1;
  while (true) {
    if (graph().size() > level().base && graph().begins_epoch(graph().size())) {
      take_back_time();
      if (retry_waiting(0)) return true;
      run_to_ = -1;
      continue;
    }
    if (graph().size() > level().base) {
      const bool retried = graph().top().retried;
      const unsigned thread = graph().top().thread;
      if (next_alternative() || (retried && retry_waiting(thread + 1))) return true;
      run_to_ = -1;
      continue;
    }
    if (depth_ == 0) return false;
    leave_level();
  }
}

void Exhaustive::leave_level() {
  if (!level().checkpoints.empty()) execution_.forget(level().checkpoints.front().store);
  level().checkpoints.clear();
  go_to_level(depth_ - 1);
  execution_.use(graph());
}

void Exhaustive::pop() {
  graph().pop();
  auto& waits = level().waits;
  while (!waits.empty() && waits.back().since > graph().size()) waits.pop_back();
  auto& checkpoints = level().checkpoints;
  while (!checkpoints.empty() && checkpoints.back().size > graph().size()) {
    execution_.forget(checkpoints.back().store);
    checkpoints.pop_back();
  }
}

/// Moves on from the newest event as it stands, which was searched. Where nothing is left, the event is gone.
bool Exhaustive::next_alternative() {
  const Event& top = graph().top();
  switch (top.operation.kind) {
    case OperationKind::choose:
      if (next_choice()) return true;
      break;
    case OperationKind::load:
      if (!top.fixed) return next_source(top);
      break;
    case OperationKind::store:
      if (top.revisits && next_revisit()) return true;
      return next_place(graph().top());
    case OperationKind::update:
      if (top.commutes) return next_missed();
      if ((top.writes && top.revisits && next_revisit()) || next_choice()) return true;
      if (!graph().top().fixed) return next_source(graph().top());
      break;
    default:
      break;
  }
  pop();
  return false;
}

/// The newest event with its next outcome; where there is none, it stays.
bool Exhaustive::next_choice() {
  while (graph().top().choice + 1 < graph().top().choices) {
    Event event = graph().top();
    pop();
    event.choice++;
    event.cursor.at = none;
    if (event.operation.kind == OperationKind::update) read_from(graph(), event, event.source);
    if (event.newest)
      push(event, event.source);
    else if (!push_older(event, event.source, true))
      continue;
    if (!event.infeasible || next_revisit()) return true;
  }
  return false;
}

/// The newest event reading an older write; where there is none, it is gone.
bool Exhaustive::next_source(Event event) {
  const Position newest_tried = event.source;
  pop();
  return newest_tried != none && read_older(event, graph()[newest_tried].co_previous);
}

/// Adds `event` reading `source`, in its first outcome that is consistent; false, and nothing done, where none is.
bool Exhaustive::push_outcome(Event& event, Position source) {
  event.choice = 0;
  do {
    if (!read_from(graph(), event, source)) return false;
    if (push_older(event, source)) return true;
  } while (++event.choice < event.choices);
  return false;
}

/// `event`, which is not in the graph, reading `source` or an older write.
bool Exhaustive::read_older(Event event, Position source) {
  event.newest = false;
  const Overtaken* mark = overtaken(event.thread, static_cast<Counter>(graph().thread(event.thread).count));
  const Position tried = tried_before(event.thread);
  for (; model_.admits(graph(), event.thread, event.operation, source); source = graph()[source].co_previous) {
    event.cursor.at = none;
    const bool possible = (tried == 0 || source >= tried) && (mark == nullptr || comes_of(graph(), source, *mark)) &&
                          !(event.operation.kind == OperationKind::load && waited_at(event.thread, source));
    if (possible && push_outcome(event, source)) {
      // An infeasible one is only there to revisit whom it clashes with.
      if (!event.infeasible || next_revisit() || next_choice()) return true;
      pop();
    }
    if (source == none) break;
  }
  return false;
}

/// The newest event, a plain store, at an earlier place in co; where there is none, it is gone.
bool Exhaustive::next_place(Event event) {
  const bool revisiting = depth_ > 0 && graph().size() - 1 == level().base;
  const core::LocationId location = event.operation.location;
  Position after = event.co_previous;  // what is to come right after the event
  pop();
  event.newest = false;
  event.revisits = false;
  while (!event.fixed && after != none) {
    const Position place = graph()[after].co_previous;
    if (!model_.admits(graph(), event.thread, event.operation, place)) break;
    if (graph().update_of(location, place) == none && push_older(event, place)) {
      if (!revisiting || add_revisited(levels_[depth_ - 1]->graph[level().revisited])) return true;
      pop();
    }
    after = place;
  }
  return false;
}

/// At a deadlock: the waiting operations, from `first_thread` on, at the earlier places where their guards held.
bool Exhaustive::retry_waiting(unsigned first_thread) {
  synchronise();
  for (unsigned t = first_thread; t < execution_.thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    const runtime::Thread& waiting = execution_.thread(thread);
    const bool reads =
        waiting.pending.kind == OperationKind::update || (waiting.pending.kind == OperationKind::load && waits(thread));
    if (waiting.status != runtime::ThreadStatus::pending || !reads) continue;
    const Position newest = graph().location(waiting.pending.location).last;
    if (newest == none || graph().thread(thread).count >= options_.max_events) continue;
    Event event = prepare(graph(), thread, waiting.pending);
    event.retried = true;
    if (!(event.commutes ? miss_more(event, {}) : read_older(event, graph()[newest].co_previous))) continue;
    if (run_to_ == graph().size()) run_on(thread);
    return true;
  }
  return false;
}

}  // namespace heddle::search
