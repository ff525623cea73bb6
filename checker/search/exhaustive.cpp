#include "checker/search/exhaustive.hpp"

#include "checker/search/leaf.hpp"
#include "checker/search/repeatable.hpp"
#include "checker/search/step.hpp"

namespace heddle::search {

Exhaustive::Exhaustive(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
                       Observer& observer)
    : options_(options), model_(model), execution_(execution), observer_(observer) {
  levels_.push_back(std::make_unique<Level>());
  go_to_level(0);
  graph().set_has_orders(!model.interleaves());
  graph().set_ordered(&ordered_);
  execution_.loop_places().start_noting();
  execution_.set_answerer(this);
}

Exhaustive::~Exhaustive() { execution_.set_answerer(nullptr); }

void Exhaustive::run() {
  begin();
  bool more = true;
  while (more) {
    const Way way = extend();
    if (way == Way::learned) {
      restart();
      begin();
      continue;
    }
    if (way != Way::dismissed && counts_.executions + counts_.blocked == 1) {
      require_repeatable(graph(), model_, execution_);
      run_to_ = -1;
    }
    const bool stop = observer_.wants_to_stop();
    more = (way == Way::waiting && retry_waiting(0)) || backtrack() || restarts_;
    finished_ = !more;
    if (stop) return;
  }
}

/// The execution, with no event yet.
void Exhaustive::begin() {
  execution_.use(graph());
  execution_.start();
  run_on(0);
  level().checkpoints.push_back({0, execution_.save()});
  run_to_ = 0;
}

/// Back to the beginning of the search: what it does is a function of the program and of the loops that it knows.
void Exhaustive::restart() {
  execution_.loop_places().forget_learned();
  restarts_ = false;
  while (depth_ > 0) leave_level();
  while (graph().size() > 0) pop();
  if (graph().epoch() > 0) take_back_time();
  execution_.forget(level().checkpoints.front().store);
  level().checkpoints.clear();
  counts_ = {};
  cut_at_.reset();
  observer_.restarted();
}

/// Adds events until no thread can move, and time does not pass.
Exhaustive::Way Exhaustive::extend() {
  ends_at_fault_ = false;
  if (restarts_) return Way::learned;
  synchronise();
  if (must_restart()) return Way::learned;
  if (!settle_top()) return Way::dismissed;
  do {
    add_events();
    if (must_restart()) return Way::learned;
    if (graph().size() > 0 && graph().top().infeasible) return Way::dismissed;
  } while (!ends_at_fault_ && let_time_pass());
  const bool waiting = !ends_at_fault_ && has_waiting();
  finish_leaf();
  return waiting ? Way::waiting : Way::leaf;
}

void Exhaustive::add_events() {
  extending_ = true;
  for (ThreadId thread = next_thread(); thread != core::no_thread; thread = next_thread()) {
    const Operation& operation = execution_.thread(thread).pending;
    if (wants_checkpoint(has_alternatives(operation, thread))) {
      level().checkpoints.push_back({graph().size(), execution_.save()});
      counts_.checkpoints++;
    }
    const bool fault = operation.kind == OperationKind::fault;
    if (!level().passed.empty() && !agrees(thread, operation)) {
      give_up(thread);
      break;
    }
    add_next(thread);
    if (fault && (ends_at_fault_ || observer_.wants_to_stop())) break;
    run_on(thread);
    if (must_restart()) break;
    if (came_back(thread)) wait_again(thread);
  }
  extending_ = false;
}

bool Exhaustive::has_waiting() const {
  for (unsigned t = 0; t < execution_.thread_count(); ++t)
    if (execution_.thread(static_cast<ThreadId>(t)).status == runtime::ThreadStatus::pending) return true;
  return false;
}

/// Which pending operations come first: writes before reads, because a read that comes later is given each write
/// without a revisit; and the main thread's reads last, because others have often just been started when it makes them.
unsigned Exhaustive::rank(ThreadId thread) const {
  if (execution_.thread(thread).pending.kind != OperationKind::load) return 0;
  return thread == 0 ? 2 : 1;
}

/// The first thread that can move, by rank and number: a function of the graph alone, as TruSt asks for. A fault comes
/// before all else.
ThreadId Exhaustive::next_thread() {
  if (faulted_ != core::no_thread) return faulted_;
  constexpr unsigned postponed = 3;
  ThreadId best = core::no_thread;
  unsigned best_rank = 2 * postponed;
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (execution_.thread(thread).status != runtime::ThreadStatus::pending) continue;
    unsigned rank = this->rank(thread);
    if (rank >= best_rank || !can_add(thread)) continue;
    if (!level().passed.empty() && is_postponed(thread)) rank += postponed;
    if (rank == 0) return thread;
    if (rank >= best_rank) continue;
    best = thread;
    best_rank = rank;
  }
  return best;
}

/// Whether the pending operation of `thread` can be the next event.
bool Exhaustive::can_add(ThreadId thread) {
  if (waits(thread)) return false;
  const Operation& pending = execution_.thread(thread).pending;
  if (graph().thread(thread).count < options_.max_events || pending.kind == OperationKind::fault)
    return can_move(graph(), thread, pending);
  cut_at_ = pending.site;
  return false;
}

/// Whether no thread that comes before `thread` can move.
bool Exhaustive::is_first(ThreadId thread) const {
  const unsigned rank = this->rank(thread);
  for (unsigned t = 0; t < (rank == 0 ? thread : execution_.thread_count()); ++t) {
    const auto other = static_cast<ThreadId>(t);
    const runtime::Thread& state = execution_.thread(other);
    if (state.status != runtime::ThreadStatus::pending || this->rank(other) + (other > thread) > rank) continue;
    if (other != thread && can_move(graph(), other, state.pending) && !waits(other)) return false;
  }
  return true;
}

/// On the fiber of `thread`: most operations are the next event of the graph, or of what is run again, just so.
bool Exhaustive::answer_at_once(ThreadId thread) {
  const Operation& pending = execution_.thread(thread).pending;
  if (pending.kind == OperationKind::end || pending.kind == OperationKind::block) return false;  // not to be resumed
  if (came_back(thread) || must_restart()) return false;
  if (run_to_ < graph().size()) {
    if (run_to_ < 0 || graph().begins_epoch(run_to_) || !is_next_again(thread, pending)) return false;
    execution_.deliver(thread, delivery_of(graph(), run_to_), run_to_);
    run_to_++;
    counts_.replayed++;
    return true;
  }
  if (!extending_ || !level().passed.empty() || wants_checkpoint(has_alternatives(pending, thread))) return false;
  if (!is_first(thread) || !can_add(thread)) return false;
  add_next(thread);
  return true;
}

/// Whether the search will come back to this operation for another source or outcome.
bool Exhaustive::has_alternatives(const Operation& operation, ThreadId thread) const {
  switch (operation.kind) {
    case OperationKind::choose:
      return true;
    case OperationKind::load:
    case OperationKind::update: {
      const Position newest = graph().location(operation.location).last;
      return newest != none && model_.admits(graph(), thread, operation, graph()[newest].co_previous);
    }
    default:
      return false;
  }
}

/// Adds the pending operation of `thread`, which can move, in its first way: reading, or being, the newest write.
void Exhaustive::add_next(ThreadId thread) {
  const Operation& operation = execution_.thread(thread).pending;
  Event event = prepare(graph(), thread, operation);
  Position newest = none;
  if (event.reads || event.writes) newest = graph().location(operation.location).last;
  if (event.reads) read_from(graph(), event, newest);
  if (event.commutes) examine(event);
  push(event, newest);
}

/// Adds `event`, which reads, and is, the newest write of its location, or was asked for before.
void Exhaustive::push(const Event& event, Position co_previous) {
  graph().add(event, event.writes ? co_previous : none);
  added();
}

/// Adds `event`; false, and nothing done, where the graph would not be consistent: or, if it is to `stay`, only it is
/// added, and nobody told.
bool Exhaustive::push_older(const Event& event, Position co_previous, bool stay) {
  graph().add(event, event.writes ? co_previous : none);
  if (!event.infeasible && !model_.consistent(graph())) {
    if (!stay) graph().pop();
    return false;
  }
  added();
  return true;
}

/// Tells the thread of the newest event. An infeasible event is only there to revisit others.
void Exhaustive::added() {
  const Position at = graph().size() - 1;
  const Event& event = graph().top();
  counts_.events++;
  if (event.infeasible) return;
  model_.added(graph());
  if (run_to_ == at) {
    execution_.deliver(event.thread, delivery_of(graph(), at), at);
    run_to_ = at + 1;
  }
  if (event.locks_held > 1) observer_.nested_lock(graph());
  if (event.operation.kind == OperationKind::fault) observer_.fault(graph());
}

void Exhaustive::finish_leaf() {
  const Position size = graph().size();
  const Leaf kind = judge_leaf();
  (counts_as_execution(kind) ? counts_.executions : counts_.blocked)++;
  observer_.leaf(kind, graph());
  take_out_last_rounds(size);
}

/// What the execution is that has come to an end here. Adds the last rounds of threads that wait in loops.
Leaf Exhaustive::judge_leaf() {
  const Leaf kind = leaf_of(execution_, graph(), options_.max_events);
  if (kind <= Leaf::deadlock && !waiting_agree(graph().size(), nullptr)) return Leaf::blocked;
  return kind == Leaf::deadlock ? add_last_rounds() : kind;
}

void Exhaustive::take_out_last_rounds(Position size) {
  if (graph().size() == size) return;
  while (graph().size() > size) pop();
  run_to_ = -1;
}

}  // namespace heddle::search
