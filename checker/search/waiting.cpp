// Loops that wait, in the exhaustive search (docs/search.md has the argument).
//
// A round of a loop that changes nothing can be left out of an execution, and what is left is an execution too. So an
// operation is in the graph only where it does not lead its thread back to a state in which it was since it last
// changed something: a guard, as a lock has one, but found by running. What comes of each such event is seen when its
// thread has run on; where it came back, the event is taken out again, and the thread waits until there is another
// write to read.
#include <algorithm>
#include <utility>

#include "checker/search/exhaustive.hpp"
#include "checker/search/several.hpp"

namespace heddle::search {

/// Whether the last event of `thread` led it back into a state in which it was before.
bool Exhaustive::came_back(ThreadId thread) const { return execution_.thread(thread).came_back(); }

/// Takes out the newest event, which was added in its first way and led `thread` back: it waits.
void Exhaustive::wait_again(ThreadId thread) {
  const bool in_place = execution_.thread(thread).rounds.back == 1;  // the very operation is pending again
  const Position source = graph().top().source;
  pop();
  if (in_place) {
    execution_.undo_round(thread, graph().thread(thread).last);
    run_to_ = graph().size();
  } else {
    run_to_ = -1;
    const bool extending = std::exchange(extending_, false);
    synchronise();
    extending_ = extending;
  }
  level().waits.push_back(
      {thread, static_cast<Counter>(graph().thread(thread).count), source, graph().size(), graph().epoch()});
}

/// Whether the newest event, and the write that it was perhaps revisited by, are a way to go on. They are none where
/// they lead their threads back. But where the newest write has revisited a read, and leads its thread back, the search
/// goes on without the read.
bool Exhaustive::settle_top() {
  if (graph().size() == 0) return true;
  Event& top = graph().top();
  const Position base = level().base;
  const bool revisited = top.late && depth_ > 0 && graph().size() == base + 2;
  if (revisited && came_back(graph()[base].thread)) {
    top.cursor.at = 0;  // it revisits nobody
    return false;
  }
  if (!came_back(top.thread)) return true;
  top.cursor.at = 0;
  if (!revisited || graph().location(top.operation.location).last != (top.writes ? graph().size() - 1 : top.source))
    return false;
  const Overtaken mark{top.thread, static_cast<Counter>(top.index), level().cut, top.source};
  std::erase_if(level().overtaken,
                [&](const Overtaken& old) { return old.thread == mark.thread && old.index == mark.index; });
  level().overtaken.push_back(mark);
  wait_again(top.thread);
  return true;
}

/// Whether `thread` is known to have nothing new to read.
bool Exhaustive::waits_in_loop(ThreadId thread) const {
  const Operation& pending = execution_.thread(thread).pending;
  if (pending.kind != OperationKind::load && pending.kind != OperationKind::update) return false;
  return waited_at(thread, graph().location(pending.location).last) || is_kept_from_newest(thread);
}

/// Whether the next operation of `thread` is known to lead it back where it reads `source`: it has waited there before,
/// with all that it did before as it is now.
bool Exhaustive::waited_at(ThreadId thread, Position source) const {
  const auto index = static_cast<Counter>(graph().thread(thread).count);
  return std::any_of(level().waits.begin(), level().waits.end(), [&](const Wait& w) {
    return w.thread == thread && w.index == index && w.source == source && w.epoch == graph().epoch();
  });
}

/// Whether `thread` has been overtaken, and the newest write is not for it to read here.
bool Exhaustive::is_kept_from_newest(ThreadId thread) const {
  const Overtaken* mark = overtaken(thread, static_cast<Counter>(graph().thread(thread).count));
  return mark != nullptr &&
         !comes_of(graph(), graph().location(execution_.thread(thread).pending.location).last, *mark);
}

/// Writes below the result are none for `thread` to read now: it waited already when a higher thread that waits too was
/// made to read an older write, and was itself made to read each of those before that one.
Position Exhaustive::tried_before(ThreadId thread) const {
  if (!execution_.loop_places().any_watched()) return 0;
  for (Position at = graph().size() - 1; at > graph().thread(thread).last; --at)
    if (graph()[at].retried && graph()[at].thread > thread) return at;
  return 0;
}

/// The mark on event `index` of `thread`, or null.
const Exhaustive::Overtaken* Exhaustive::overtaken(ThreadId thread, Counter index) const {
  for (const Overtaken& mark : level().overtaken)
    if (mark.thread == thread && mark.index == index) return &mark;
  return nullptr;
}

/// Whether the read could have been revisited by one write after another, from the one that overtook it to `source`:
/// each the newest of the location in what a revisit by the next one keeps.
bool Exhaustive::comes_of(const ExecutionGraph& graph, Position source, const Overtaken& mark) {
  while (source != none && source != mark.by && source >= mark.cut) {
    const Counter* prefix = graph.causal(source);
    Position newest = graph.location(graph[source].operation.location).last;
    while (newest != none && (newest == source || (newest >= mark.cut && !graph.within(newest, prefix))))
      newest = graph[newest].co_previous;
    source = newest;
  }
  return source == mark.by;
}

/// Whether the read would leave the graph just so, had the search only what a revisit by `write` keeps.
bool Exhaustive::is_maximal(const ExecutionGraph& graph, const Overtaken& mark, Position write, const Counter* prefix) {
  if (!graph.within(mark.by, prefix)) return false;
  Position newest = graph.location(graph[mark.by].operation.location).last;
  while (newest == write || !graph.within(newest, prefix)) newest = graph[newest].co_previous;
  return comes_of(graph, newest, mark);
}

/// At a leaf in which some thread waits: adds the last round of each thread that waits in a loop, so that reports show
/// what it reads. Where one of them could leave its loop after all, or reads elsewhere what it finds there, this was no
/// execution: Leaf::blocked.
Leaf Exhaustive::add_last_rounds() {
  Leaf kind = Leaf::deadlock;
  std::array<bool, core::max_threads> in_loop{};  // before the first of them writes what was there already
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    const bool pending = execution_.thread(thread).status == runtime::ThreadStatus::pending;
    in_loop[t] = pending && !execution_.is_left_behind(thread) && waits(thread);
  }
  if (some_round_ends_given_back(in_loop)) return Leaf::blocked;
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (!in_loop[t]) continue;
    if (is_kept_from_newest(thread)) return Leaf::blocked;
    if (run_to_ < 0) synchronise();
    if (!goes_round(thread)) return Leaf::blocked;
    kind = Leaf::livelock;
  }
  return kind;
}

/// Whether one of these threads would leave its loop, had each thread that takes several locks at once given back those
/// that it has got so far. They are given back in the graph for that, and not by the threads.
bool Exhaustive::some_round_ends_given_back(const std::array<bool, core::max_threads>& in_loop) {
  if (std::none_of(in_loop.begin(), in_loop.end(), [](bool loops) { return loops; })) return false;
  if (run_to_ < 0) synchronise();
  const Position size = graph().size();
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const runtime::Thread& thread = execution_.thread(static_cast<ThreadId>(t));
    if (thread.status != runtime::ThreadStatus::pending) continue;
    for (std::uint32_t taken = 1; taken < thread.pending.several; ++taken) {
      const Operation give_back = core::giving_back(core::several_of(thread.pending).locks[taken - 1]);
      Event event = prepare(graph(), static_cast<ThreadId>(t), give_back);
      read_from(graph(), event, graph().location(give_back.location).last);
      graph().add(event, event.source);
      model_.added(graph());
    }
  }
  if (graph().size() == size) return false;
  run_to_ = graph().size();
  bool some = false;
  for (unsigned t = 0; t < execution_.thread_count() && !some; ++t)
    some = in_loop[t] && !goes_round(static_cast<ThreadId>(t));
  while (graph().size() > size) pop();
  run_to_ = -1;
  return some;
}

/// Runs `thread` alone, reading the newest writes; says whether it goes round without changing anything.
bool Exhaustive::goes_round(ThreadId thread) {
  for (unsigned added = 1; added <= 2 * runtime::Rounds::longest; ++added) {
    const Operation& pending = execution_.thread(thread).pending;
    const bool reads = pending.kind == OperationKind::load || pending.kind == OperationKind::update;
    if (!(reads || only_passes(pending)) || !can_move(graph(), thread, pending)) return false;
    add_next(thread);
    run_on(thread);
    const runtime::Thread& state = execution_.thread(thread);
    if (state.status != runtime::ThreadStatus::pending || state.delivery.changed) return false;
    if (state.rounds.back != 0 && state.rounds.back <= added) return true;
  }
  return false;
}

}  // namespace heddle::search
