#include "checker/search/exhaustive.hpp"

#include "checker/search/step.hpp"


namespace heddle::search {

Exhaustive::Exhaustive(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
                       Observer& observer)
    : options_(options), model_(model), execution_(execution), observer_(observer) {
  levels_.push_back(std::make_unique<Level>());
}

void Exhaustive::run() {
  execution_.use(graph());
  execution_.start();
  run_all();
  level().checkpoints.push_back({0, execution_.save()});
  bool more = true;
  while (more) {
    const bool deadlocked = extend();
    if (counts_.executions + counts_.blocked == 1) verify_repeatable();
    if (observer_.wants_to_stop()) return;
    more = (deadlocked && retry_waiting(0)) || backtrack();
  }
}

/// Adds events until no thread can move; says whether some thread waits then.
bool Exhaustive::extend() {
  synchronise();
  for (ThreadId thread = next_thread(); thread != core::no_thread; thread = next_thread()) {
    add_next(thread);
    if (graph().top().operation.kind == OperationKind::fault && observer_.wants_to_stop()) break;
  }
  finish_leaf();
  for (unsigned t = 0; t < execution_.thread_count(); ++t)
    if (execution_.thread(static_cast<ThreadId>(t)).status == runtime::ThreadStatus::pending) return true;
  return false;
}

/// The lowest thread that can move: a function of the graph alone, as TruSt asks for. A fault comes before all else.
ThreadId Exhaustive::next_thread() {
  if (faulted_ != core::no_thread) return faulted_;
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    const runtime::Thread& state = execution_.thread(thread);
    if (state.status != runtime::ThreadStatus::pending) continue;
    if (graph().thread(thread).count >= options_.max_events) cut_at_ = state.pending.site;
    else if (can_move(graph(), thread, state.pending)) return thread;
  }
  return core::no_thread;
}

/// Adds the pending operation of `thread`, which can move, in its first way: reading, or being, the newest write.
void Exhaustive::add_next(ThreadId thread) {
  const Operation& operation = execution_.thread(thread).pending;
  Event event = prepare(graph(), thread, operation);
  bool will_return = event.choices > 1;
  Position newest = none;
  if (event.reads || event.writes) {
    newest = graph().location(operation.location).last;
    will_return = will_return || (newest != none && model_.admits(graph(), thread, operation.location, graph()[newest].co_previous));
  }
  take_checkpoint(will_return);
  if (event.reads) read_from(graph(), event, newest);
  push(event, newest);
}

/// Adds `event` to the graph and tells its thread. An infeasible event is only there to revisit others.
void Exhaustive::push(const Event& event, Position co_previous) {
  const Position at = graph().add(event, event.writes ? co_previous : none);
  counts_.events++;
  if (event.infeasible) return;
  model_.added(graph());
  const bool in_step = run_to_ == at;
  if (in_step) {
    execution_.deliver(event.thread, delivery_of(graph(), at), at);
    run_to_ = at + 1;
  }
  if (event.locks_held > 1) observer_.nested_lock(graph());
  if (event.operation.kind == OperationKind::fault) observer_.fault(graph());
  if (in_step) run_on(event);
}

void Exhaustive::finish_leaf() {
  Leaf kind = Leaf::complete;
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const runtime::Thread& thread = execution_.thread(static_cast<ThreadId>(t));
    Leaf mine = Leaf::complete;
    if (thread.status == runtime::ThreadStatus::pending) {
      mine = graph().thread(static_cast<ThreadId>(t)).count >= options_.max_events ? Leaf::cut : Leaf::deadlock;
    } else if (thread.status == runtime::ThreadStatus::stopped) {
      const Operation& last = graph()[graph().thread(static_cast<ThreadId>(t)).last].operation;
      mine = last.kind == OperationKind::fault ? Leaf::violated : Leaf::blocked;
    }
    // What stopped a thread explains why others wait.
    kind = std::max(kind, mine);
  }
  (kind == Leaf::blocked || kind == Leaf::cut ? counts_.blocked : counts_.executions)++;
  observer_.leaf(kind, graph());
}

double Exhaustive::done_by_weight() const { return 0; }

}  // namespace heddle::search
