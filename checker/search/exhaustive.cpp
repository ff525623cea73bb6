#include "checker/search/exhaustive.hpp"

#include "checker/core/error.hpp"

namespace heddle::search {

using core::Outcome;

core::Delivery delivery_of(const ExecutionGraph& graph, Position at) {
  const Event& event = graph[at];
  core::Delivery delivery{.choice = event.choice, .wrote = event.writes};
  if (event.reads) delivery.value = graph.value_of(event.operation.location, event.source);
  return delivery;
}

Exhaustive::Exhaustive(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
                       Observer& observer)
    : options_(options), model_(model), execution_(execution), observer_(observer) {
  levels_.push_back(std::make_unique<Level>());
}

void Exhaustive::run() {
  execution_.use(graph());
  execution_.start();
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

/// The lowest thread that can move: a function of the graph alone, as TruSt asks for.
ThreadId Exhaustive::next_thread() {
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    run_to_operation(thread);
    if (execution_.thread(thread).status == runtime::ThreadStatus::pending && can_move(thread)) return thread;
  }
  return core::no_thread;
}

bool Exhaustive::can_move(ThreadId thread) {
  const Operation& operation = execution_.thread(thread).pending;
  if (graph().thread(thread).count >= options_.max_events && operation.kind != OperationKind::fault) {
    cut_at_ = operation.site;
    return false;
  }
  switch (operation.kind) {
    case OperationKind::update: {
      const core::Value newest = graph().value_of(operation.location, graph().location(operation.location).last);
      return operation.primitive->apply(operation, thread, newest, 0).enabled;
    }
    case OperationKind::follow: return prepare(thread, operation).source != none;
    case OperationKind::join: {
      const auto child = static_cast<ThreadId>(operation.operand.low);
      return child < graph().thread_count() && graph().thread(child).end != none;
    }
    default: return true;
  }
}

/// The event of `operation` as far as it does not depend on what it reads.
Event Exhaustive::prepare(ThreadId thread, const Operation& operation) const {
  Event event;
  event.operation = operation;
  event.thread = thread;
  const Position last = graph().thread(thread).last;
  event.locks_held = last == none || graph()[last].thread != thread ? 0 : graph()[last].locks_held;
  switch (operation.kind) {
    case OperationKind::load: event.reads = true; break;
    case OperationKind::store:
      event.writes = true;
      event.value = operation.operand;
      break;
    case OperationKind::update: event.reads = true; break;
    case OperationKind::choose: event.choices = static_cast<std::uint32_t>(operation.operand.low); break;
    case OperationKind::join: event.source = graph().thread(static_cast<ThreadId>(operation.operand.low)).end; break;
    case OperationKind::follow: {
      // The thread's own last write to the object, and from there the first state that lets it go on.
      Position at = graph().location(operation.location).last;
      while (at != none && graph()[at].thread != thread) at = graph()[at].co_previous;
      for (; at != none; at = graph()[at].co_next) {
        const Outcome outcome = operation.primitive->apply(operation, thread, graph()[at].value, 0);
        if (!outcome.enabled) continue;
        event.source = at;
        event.acquires = outcome.acquires;
        break;
      }
      break;
    }
    default: break;
  }
  return event;
}

/// Makes `event` read `source`, with the choice that it carries; false where its guard does not hold there.
bool Exhaustive::read_from(Event& event, Position source) const {
  event.source = source;
  if (event.operation.kind != OperationKind::update) return true;
  const core::Value value = graph().value_of(event.operation.location, source);
  const Outcome outcome = event.operation.primitive->apply(event.operation, event.thread, value, event.choice);
  if (!outcome.enabled) return false;
  event.writes = outcome.writes;
  event.acquires = outcome.acquires;
  event.releases = outcome.releases;
  event.choices = outcome.choices;
  event.value = outcome.next;
  const Position last = graph().thread(event.thread).last;
  const unsigned before = last == none || graph()[last].thread != event.thread ? 0 : graph()[last].locks_held;
  event.locks_held = static_cast<std::uint8_t>(before + static_cast<unsigned>(outcome.lock_change));
  event.infeasible = event.writes && graph().update_of(event.operation.location, source) != none;
  return true;
}

/// Adds the pending operation of `thread`, which can move, in its first way: reading, or being, the newest write.
void Exhaustive::add_next(ThreadId thread) {
  const Operation& operation = execution_.thread(thread).pending;
  Event event = prepare(thread, operation);
  bool will_return = event.choices > 1;
  Position newest = none;
  if (event.reads || event.writes) {
    newest = graph().location(operation.location).last;
    will_return = will_return || (newest != none && model_.admits(graph(), thread, operation.location, graph()[newest].co_previous));
  }
  take_checkpoint(will_return);
  if (event.reads) read_from(event, newest);
  push(event, newest);
}

/// Adds `event` to the graph and tells its thread. An infeasible event is only there to revisit others.
void Exhaustive::push(const Event& event, Position co_previous) {
  const Position at = graph().add(event, event.writes ? co_previous : none);
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

}  // namespace heddle::search
