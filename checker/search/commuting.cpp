// Operations that commute, in the exhaustive search (docs/search.md has the argument).
//
// Readers of a shared mutex, releases of a semaphore, arrivals at a barrier: the order between such operations makes no
// difference, and is none in a trace. The events of their object are partially ordered, each after those before it
// that it does not commute with. So a new event has more ways than to read one state or another: it may miss any set of
// those with which it does not commute, and whatever depends on these. The first that it misses is overtaken
// (revisited) by it; the others, added later, are taken out, and come back after it.
//
// Two events that commute may both overtake a third one. That is done in one order only: the one that comes first in
// the least linear extension of all that the third one comes after (by thread) overtakes it first. Level::passed
// remembers who has overtaken whom. While an event that was overtaken waits, what commutes with the overtaker and would
// come before it is put off as long as anything else can move.
#include <algorithm>

#include "checker/search/exhaustive.hpp"

namespace heddle::search {

namespace {

bool contains(const std::vector<Position>& positions, Position at) {
  return std::find(positions.begin(), positions.end(), at) != positions.end();
}

/// The writes to the location, oldest first.
std::vector<Position> writes_to(const ExecutionGraph& graph, core::LocationId location) {
  std::vector<Position> writes;
  for (Position at = graph.location(location).first; at != none; at = graph[at].co_next) writes.push_back(at);
  return writes;
}

/// Those that `operation` does not commute with, oldest first.
std::vector<Position> conflicting(const ExecutionGraph& graph, const Operation& operation) {
  std::vector<Position> writes = writes_to(graph, operation.location);
  std::erase_if(writes, [&](Position at) { return operation.primitive->commute(graph[at].operation, operation); });
  return writes;
}

/// Whether `at` depends on one of `events`, or is one.
bool depends(const ExecutionGraph& graph, Position at, const std::vector<Position>& events) {
  return std::any_of(events.begin(), events.end(), [&](Position e) { return graph.within(e, graph.causal(at)); });
}

/// Whether one of `events` depends on `at`, or is it.
bool is_known(const ExecutionGraph& graph, Position at, const std::vector<Position>& events) {
  return std::any_of(events.begin(), events.end(), [&](Position e) { return graph.within(at, graph.causal(e)); });
}

/// Makes `missed` the next set of `candidates` that holds with each event what depends on it; false where it was the
/// last. The sets are numbers in base two, the oldest candidate being the first digit.
bool next_set(const ExecutionGraph& graph, const std::vector<Position>& candidates, std::vector<Position>& missed) {
  const auto next =
      std::find_if(candidates.rbegin(), candidates.rend(), [&](Position at) { return !contains(missed, at); });
  if (next == candidates.rend()) return false;
  std::erase_if(missed, [&](Position at) { return at > *next; });
  missed.push_back(*next);
  for (const Position at : candidates)
    if (at > *next && depends(graph, at, missed)) missed.push_back(at);
  return true;
}

}  // namespace

/// Makes sure of what was taken for granted of `event`, which is the newest of its object: that it writes, and that
/// what it learns is what its thread knew.
void Exhaustive::examine(const Event& event) {
  if (!event.reads) return;
  const Operation& operation = event.operation;
  const core::Value found = graph().value_of(operation.location, event.source);
  if (!event.writes || operation.primitive->is_singular(found)) return take_as_ordered(*operation.primitive);
  const auto learned_from = [&](Position write) {
    return operation.primitive->learns(operation, graph().value_of(operation.location, write));
  };
  const std::uint64_t learned = learned_from(event.source);
  if (learned == learned_from(none)) return;
  Position last = graph().thread(event.thread).last;
  while (last != none &&
         (graph()[last].thread != event.thread || graph()[last].operation.location != operation.location))
    last = graph()[last].thread == event.thread ? graph()[last].po_previous : none;
  if (learned != learned_from(last == none ? none : graph()[last].source)) take_as_ordered(*operation.primitive);
}

/// Makes `event`, which commutes and was kept by a revisit, read the newest state in `kept`. That makes no difference
/// to it: false where it does, and is taken not to commute.
bool Exhaustive::reads_newest(const ExecutionGraph& kept, Event& event) {
  event.late = false;
  if (read_from(kept, event, kept.location(event.operation.location).last) && event.writes) return true;
  take_as_ordered(*event.operation.primitive);
  return false;
}

/// The search begins again, without what `primitive` says of operations that commute.
void Exhaustive::take_as_ordered(const core::Primitive& primitive) {
  ordered_.push_back(&primitive);
  restarts_ = true;
}

/// The state that all writes to `location` lead to, but for `missed` and what depends on these.
core::Value Exhaustive::state_before(core::LocationId location, const std::vector<Position>& missed) const {
  core::Value state = graph().location(location).initial;
  for (const Position at : writes_to(graph(), location)) {
    const Event& write = graph()[at];
    if (!depends(graph(), at, missed))
      state = write.operation.primitive->apply(write.operation, write.thread, state, write.choice).next;
  }
  return state;
}

/// Whether event `index` of `thread` may come after `before`, and no other event that it does not commute with: it was
/// overtaken by those of them that have overtaken it in the one order in which that is done.
bool Exhaustive::agrees(ThreadId thread, Counter index, const std::vector<Position>& before) const {
  for (const Passed& mark : level().passed) {
    if (mark.thread != thread || mark.index != index) continue;
    if (!contains(before, mark.by)) return false;
    // Of those that it had not come after, the overtaker is the first in the least linear extension.
    for (const Position at : before) {
      if (at < mark.cut) continue;
      const bool first = std::none_of(before.begin(), before.end(), [&](Position other) {
        return other != at && other >= mark.cut && graph().within(other, graph().causal(at));
      });
      if (at == mark.by ? !first : first && graph()[at].thread < graph()[mark.by].thread) return false;
    }
  }
  return true;
}

/// Whether `operation`, which is pending in `thread`, may be the newest of its object.
bool Exhaustive::agrees(ThreadId thread, const Operation& operation) const {
  if (operation.kind != OperationKind::update || !graph().has_commuting(*operation.primitive)) return true;
  return agrees(thread, static_cast<Counter>(graph().thread(thread).count), conflicting(graph(), operation));
}

/// Whether those that were overtaken and are not in the graph agree with what stands below `cut` or in `prefix`, the
/// newest event left aside.
bool Exhaustive::waiting_agree(Position cut, const Counter* prefix) const {
  return std::all_of(level().passed.begin(), level().passed.end(), [&](const Passed& mark) {
    if (graph().thread(mark.thread).count > mark.index) return true;
    std::vector<Position> before = conflicting(graph(), mark.operation);
    std::erase_if(before,
                  [&](Position at) { return at >= cut && (at == graph().size() - 1 || !graph().within(at, prefix)); });
    return agrees(mark.thread, mark.index, before);
  });
}

/// The writes that `event`, which is not in the graph, could miss, oldest first.
std::vector<Position> Exhaustive::may_miss(const Event& event) const {
  std::vector<Position> writes = conflicting(graph(), event.operation);
  const auto index = static_cast<Counter>(graph().thread(event.thread).count);
  std::vector<Position> kept;  // these, and what they depend on, come before it
  if (const Position last = graph().thread(event.thread).last; last != none) kept.push_back(last);
  for (const Passed& mark : level().passed)
    if (mark.thread == event.thread && mark.index == index) kept.push_back(mark.by);
  for (const Position at : writes)
    if (!graph()[at].newest || graph()[at].epoch != graph().epoch()) kept.push_back(at);  // no revisit takes it out
  std::erase_if(writes, [&](Position at) { return is_known(graph(), at, kept); });
  return writes;
}

/// Moves on from the newest event, which commutes, to the next set of writes that it misses. Where nothing is left, the
/// event is gone.
bool Exhaustive::next_missed() {
  const Event event = graph().top();
  const std::vector<Position> missed = graph().missed();
  const bool stays = event.fixed && !event.late;
  pop();
  return !stays && miss_more(event, missed);
}

/// `event`, which is not in the graph, missing the next set of writes after `missed` for which there is a revisit.
bool Exhaustive::miss_more(Event event, std::vector<Position> missed) {
  const std::vector<Position> candidates = may_miss(event);
  event.newest = false;
  event.writes = event.infeasible = true;
  event.source = graph().location(event.operation.location).last;
  while (next_set(graph(), candidates, missed)) {
    std::vector<Position> before = conflicting(graph(), event.operation);
    std::erase_if(before, [&](Position at) { return contains(missed, at); });
    const auto index = static_cast<Counter>(graph().thread(event.thread).count);
    if (!agrees(event.thread, index, before)) continue;
    const core::Value state = state_before(event.operation.location, missed);
    const core::Outcome outcome = event.operation.primitive->apply(event.operation, event.thread, state, 0);
    if (!outcome.enabled) continue;
    if (!outcome.writes) {
      take_as_ordered(*event.operation.primitive);
      return false;
    }
    event.value = outcome.next;
    event.cursor.at = none;
    graph().add_before(event, missed);
    counts_.events++;
    if (next_revisit()) return true;
    pop();
  }
  return false;
}

/// `event`, of an object of which some operations commute, was overtaken by the newest event: it comes after that,
/// where its guard holds, and misses others or not.
bool Exhaustive::add_overtaken(Event event) {
  const Position by = graph().size() - 1;
  const auto index = static_cast<Counter>(graph().thread(event.thread).count);
  level().passed.push_back({event.operation, event.thread, index, level().cut, by});
  const bool agreed = agrees(event.thread, index, conflicting(graph(), event.operation));
  if (!read_from(graph(), event, by)) return agreed;
  if (!agreed) return miss_more(event, {});
  examine(event);
  return push_outcome(event, by);
}

/// Gives the execution up: the pending operation of `thread` may not come after all that it would come after here. It
/// is added to be tried where it misses some of that.
void Exhaustive::give_up(ThreadId thread) {
  Event event = prepare(graph(), thread, execution_.thread(thread).pending);
  event.writes = event.infeasible = true;
  event.newest = false;
  event.source = graph().location(event.operation.location).last;
  graph().add_before(event, {});
  counts_.blocked++;
}

/// Whether the next operation of `thread` had better wait for another, which was overtaken and which it would come
/// before without depending on who has overtaken it.
bool Exhaustive::is_postponed(ThreadId thread) const {
  const Operation& operation = execution_.thread(thread).pending;
  if (operation.kind != OperationKind::update || !graph().has_commuting(*operation.primitive)) return false;
  std::vector<Position> before = conflicting(graph(), operation);
  if (const Position last = graph().thread(thread).last; last != none) before.push_back(last);
  const std::vector<Passed>& passed = level().passed;
  return std::any_of(passed.begin(), passed.end(), [&](const Passed& mark) {
    if (mark.thread == thread || graph().thread(mark.thread).count > mark.index ||
        mark.operation.location != operation.location || operation.primitive->commute(operation, mark.operation))
      return false;
    const bool again = std::any_of(&mark + 1, passed.data() + passed.size(), [&](const Passed& later) {
      return later.thread == mark.thread && later.index == mark.index;
    });
    return !again && !is_known(graph(), mark.by, before);
  });
}

}  // namespace heddle::search
