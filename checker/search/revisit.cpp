// Revisits: a new write makes an older read, which could not have known of it, read it.
//
// The events after the read that the write does not need (its causal prefix) are taken out, and come back as the search
// goes on. So that each graph is reached once, a revisit is made only where everything taken out was added in its first
// way: then this is the one place from which it would be added just so again (TruSt, section 4).
#include <algorithm>
#include <utility>

#include "checker/core/contract.hpp"
#include "checker/search/exhaustive.hpp"

namespace heddle::search {

/// Begins the next revisit by the newest event, a write. False where there is none left.
bool Exhaustive::next_revisit() {
  const Position write = graph().size() - 1;
  while (true) {
    const Position read = find_revisit(level(), write, graph().top().cursor);
    if (read == none) return false;
    if (begin_level(write, read)) return true;
  }
}

namespace {

/// A set of locations, which may hold more of them than were put in.
std::uint64_t set_of(core::LocationId location) { return std::uint64_t{1} << location % 64; }

void set_to_top(graph::RevisitCursor& cursor, Position write, const ExecutionGraph& graph) {
  cursor = {.at = write, .outside = write + 1};
  const Counter* prefix = graph.causal(write);
  for (unsigned t = 0; t < graph.thread_count(); ++t) cursor.outside -= prefix[t];
}

}  // namespace

/// The newest read below the cursor that `write` may revisit, or none. The cursor goes there.
Position Exhaustive::find_revisit(const Level& level, Position write, graph::RevisitCursor& cursor) {
  const ExecutionGraph& graph = level.graph;
  if (cursor.at == none) set_to_top(cursor, write, graph);
  if (cursor.at == 0) return none;
  const Counter* prefix = graph.causal(write);
  const core::LocationId location = graph[write].operation.location;
  const bool commutes = graph[write].commutes;
  // Where another update reads the same write, that one has to leave the graph, or to be what is revisited.
  const Position clash = !graph[write].infeasible ? write : commutes ? graph.missed().front() : graph[write].co_next;
  Position outside = cursor.outside;
  std::uint64_t overwritten = cursor.overwritten;
  Position at = std::exchange(cursor.at, 0) - 1;
  for (; outside != 0; --at) {
    HEDDLE_EXPECTS(at >= 0);
    for (const Overtaken& mark : level.overtaken)
      if (mark.by >= at && !is_maximal(graph, mark, write, prefix)) return none;
    const Event& event = graph[at];
    if (graph.within(at, prefix)) {
      if (event.writes) overwritten |= set_of(event.operation.location);
      continue;
    }
    --outside;
    // It would be taken out by every further revisit.
    if (!is_maximal(graph, at, write, prefix, overwritten)) return none;
    if (event.reads && event.operation.location == location && (commutes ? at == clash : at <= clash) &&
        event.index >= level.frozen[event.thread]) {
      cursor = {at, outside, overwritten};
      return at;
    }
    if (commutes && at <= clash) return none;
  }
  return none;
}

/// Whether the event would be added just so, had the search only what a revisit by `write` keeps. `overwritten` has the
/// locations to which the prefix of `write` writes after the event: only there can be something newer.
bool Exhaustive::is_maximal(const ExecutionGraph& graph, Position at, Position write, const Counter* prefix,
                            std::uint64_t overwritten) {
  const Event& event = graph[at];
  if (!event.newest || event.choice != 0) return false;
  if (!event.reads && !event.writes) return true;
  if (event.late && !event.commutes && !graph.within(event.source, prefix)) return false;
  if ((overwritten & set_of(event.operation.location)) == 0) return true;
  const Position from = event.writes ? at : event.source;
  for (Position newer = graph.co_after(event.operation.location, from); newer != none; newer = graph[newer].co_next)
    if (newer != write && graph.within(newer, prefix) && !(event.commutes && !graph.conflict(event, graph[newer])))
      return false;
  return true;
}

/// Makes the level in which `write` has revisited `read`. False, and nothing made, where that is not consistent.
bool Exhaustive::begin_level(Position write, Position read) {
  if (levels_.size() == depth_ + 1) levels_.push_back(std::make_unique<Level>());
  const Level& below = *levels_[depth_];
  if (const Overtaken* mark = overtaken(below.graph[read].thread, static_cast<Counter>(below.graph[read].index));
      mark != nullptr && !comes_of(below.graph, write, *mark))
    return false;
  if (!below.passed.empty() && !waiting_agree(read, below.graph.causal(write))) return false;
  Level& above = *levels_[depth_ + 1];
  ExecutionGraph& kept = above.graph;
  kept.assign_prefix(below.graph, read);
  above.cut = read;
  moved_.assign(static_cast<std::size_t>(write - read) + 1, none);
  const auto moved = [&](Position at) { return at < read ? at : moved_[static_cast<std::size_t>(at - read)]; };
  const Counter* prefix = below.graph.causal(write);
  for (Position at = read + 1; at <= write; ++at) {
    if (!below.graph.within(at, prefix)) continue;
    Event event = below.graph[at];
    event.source = moved(event.source);
    if (event.commutes && event.reads && !reads_newest(kept, event)) return false;
    event.retried = event.infeasible = false;
    event.revisits = false;
    event.cursor.at = none;
    event.choices = event.choice + 1;  // its others were, or will be, searched below
    Position place = event.co_previous;
    while (place >= read && moved(place) == none) place = below.graph[place].co_previous;
    place = event.commutes && event.reads ? event.source : moved(place);
    if (at == write) {
      above.base = kept.size();
      if (event.reads) {
        place = event.source;
        if (kept.update_of(event.operation.location, place) != none ||
            !model_.admits_from_newest(kept, event.thread, event.operation, place))
          return false;
      } else {
        place = kept.location(event.operation.location).last;
      }
      // As a read it keeps what it was when it was added; as a write it is judged where it stands now.
      event.newest = (!event.reads || event.newest) && place == kept.location(event.operation.location).last;
    }
    event.fixed = at != write || event.reads;
    moved_[static_cast<std::size_t>(at - read)] = kept.add(event, place);
    if (at == write && !model_.consistent(kept)) return false;
    model_.added(kept);
    counts_.events++;
  }
  freeze(above, below, write);
  above.revisited = read;
  above.overtaken.clear();
  for (const Overtaken& mark : below.overtaken)
    if (mark.by < read) above.overtaken.push_back(mark);
  above.passed.clear();
  for (const Passed& mark : below.passed)
    if (mark.by < read) above.passed.push_back(mark);
  above.waits.clear();
  above.checkpoints.clear();
  go_to_level(depth_ + 1);
  run_to_ = -1;
  if (add_revisited(below.graph[read])) {
    execution_.use(graph());
    return true;
  }
  go_to_level(depth_ - 1);
  return false;
}

/// The read that the newest event revisits: it reads that, or leaves the graph where its guard does not hold there.
bool Exhaustive::add_revisited(const Event& read) {
  const Position write = graph().size() - 1;
  Event event = read;
  event.choice = 0;
  event.late = event.fixed = event.revisits = true;
  event.retried = false;
  event.cursor.at = none;
  const core::LocationId location = event.operation.location;
  event.newest = graph().location(location).last == write;
  if (event.commutes) return add_overtaken(event);
  if (!read_from(graph(), event, write)) return true;
  if (!model_.admits_from_newest(graph(), event.thread, event.operation, write)) return false;
  if (event.operation.kind == OperationKind::update) return push_outcome(event, write);
  return push_older(event, write);
}

/// What the revisiting write knew of may not be revisited in its turn: the two orders would be swapped for ever.
void Exhaustive::freeze(Level& level, const Level& below, Position write) const {
  const Counter* prefix = below.graph.causal(write);
  for (unsigned t = 0; t < level.graph.thread_count(); ++t) {
    const auto count = static_cast<Counter>(level.graph.thread(static_cast<ThreadId>(t)).count);
    level.frozen[t] = std::max(std::min(below.frozen[t], count), prefix[t]);
  }
  std::fill(level.frozen.begin() + level.graph.thread_count(), level.frozen.end(), Counter{0});
}

}  // namespace heddle::search
