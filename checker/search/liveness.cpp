#include "checker/search/liveness.hpp"

#include <algorithm>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"
#include "checker/search/repeat.hpp"
#include "checker/search/replay.hpp"
#include "checker/search/several.hpp"

namespace heddle::search {

using core::OperationKind;
using graph::no_state;
using graph::Transition;
using runtime::ThreadStatus;

namespace {
constexpr std::uint64_t most_choices = 65'536;  ///< Transition::choice has 16 bits
}

Liveness::Liveness(runtime::Execution& execution, StateObserver& observer, const runtime::Scheduler* scheduler,
                   bool hashed)
    : execution_(execution), observer_(observer), memory_(execution, hashed) {
  if (scheduler != nullptr) scheduling_.emplace(*scheduler);
}

void Liveness::run() {
  memory_.begin_execution();
  execution_.start();
  memory_.begin_move(0);
  execution_.advance(0);
  memory_.end_move(0);
  if (execution_.thread(0).pending.kind == OperationKind::fault) {
    graph_.add_state(0);
    ends_++;
    return observer_.fault(0, {}, false);
  }
  if (scheduling_) follow_scheduling(core::no_thread, core::no_thread);
  memory_.take_down();
  number_states(0);
  for (StateId state = 0; state < graph_.size(); ++state) {
    if (observer_.wants_to_stop(memory_.memory() + graph_.memory())) break;
    expand(state);
  }
  verify_repeatable();
}

/// Goes the way to the state that was found last once more, from the start and with everything different that no
/// harness may depend on.
void Liveness::verify_repeatable() {
  const std::vector<StateId> way = graph_.way_to(graph_.size() - 1);
  std::vector<std::pair<Move, core::Operation>> expected;
  for (std::size_t i = 0; i + 1 < way.size(); ++i) {
    const Move step = move_between(way[i], way[i + 1]);
    visit(way[i]);
    expected.emplace_back(step, execution_.thread(step.thread).pending);
  }
  memory_.begin_execution();
  execution_.start(true);
  execution_.advance(0);
  for (const auto& [step, operation] : expected) {
    const runtime::Thread& thread = execution_.thread(step.thread);
    // Locations are numbered by their addresses here, and those are meant to differ.
    core::Operation now = thread.pending;
    now.location = operation.location;
    if (thread.status != ThreadStatus::pending || !same_operation(operation, now))
      does_not_repeat(execution_, step.thread, operation, now);
    happen(step);
  }
  memory_.abandon_move();
  visit(0);
}

/// A move that leads from one state to the next.
Move Liveness::move_between(StateId from, StateId to) const {
  const auto transitions = graph_.transitions(from);
  const auto way = std::find_if(transitions.begin(), transitions.end(),
                                [&](const Transition& transition) { return transition.to == to; });
  HEDDLE_EXPECTS(way != transitions.end());
  return {way->thread, way->choice};
}

/// Numbers the states that were taken down, which may be new.
void Liveness::number_states(StateId parent) {
  numbers_.clear();
  memory_.number_all(numbers_);
  for (const StateId state : numbers_)
    if (state == graph_.size()) graph_.add_state(parent);
}

void Liveness::visit(StateId state) {
  if (memory_.holds(state)) {
    memory_.restore(state);
  } else {
    const std::vector<StateId> way = graph_.way_to(state);
    const auto known = std::find(way.begin(), way.end(), visited_);
    std::size_t at = known == way.end() ? 0 : static_cast<std::size_t>(known - way.begin());
    if (known == way.end()) memory_.restore(0);
    for (; at + 1 < way.size(); ++at) {
      const Move step = move_between(way[at], way[at + 1]);
      const ThreadId child = run(step);
      if (scheduling_) follow_scheduling(step.thread, child);
      memory_.look();
    }
  }
  visited_ = state;
}

void Liveness::expand(StateId state) {
  visited_ = graph::no_state;
  memory_.begin_expansion(state);
  memory_.restore(state);
  graph_.begin_transitions();
  most_threads_ = std::max(most_threads_, execution_.thread_count());
  candidates_.clear();
  for (unsigned t = 0; t < execution_.thread_count(); ++t)
    if (can_move(static_cast<ThreadId>(t))) candidates_.push_back(static_cast<ThreadId>(t));
  if (candidates_.empty()) return finish(state);
  if (scheduling_) {
    scheduling_->load(memory_.scheduler());
    candidates_ = scheduling_->candidates(present());
  }
  moves_.clear();
  for (const ThreadId thread : candidates_)
    for (std::uint32_t choice = 0, count = outcomes(thread); choice < count; ++choice)
      moves_.push_back({thread, choice});
  transitions_.clear();
  for (const Move& each : moves_) {
    memory_.restore(state);
    move(state, each);
  }
  number_states(state);
  auto number = numbers_.begin();
  for (Transition& transition : transitions_) {
    if (transition.to != no_state) transition.to = *number++;
    graph_.add_transition(transition);
  }
}

/// The threads as they stand, for a scheduler model.
Present Liveness::present() const {
  return {execution_, [this](ThreadId thread) { return can_move(thread); },
          [this](core::LocationId location) { return memory_.value(location); }};
}

/// `thread` has moved from the state that the scheduling is in, and started `child`, where that is one.
void Liveness::follow_scheduling(ThreadId thread, ThreadId child) {
  const ThreadId mover = thread == core::no_thread ? 0 : thread;
  if (child != core::no_thread) scheduling_->set_priority(child, scheduling_->priority(mover));
  if (memory_.priority()) scheduling_->set_priority(mover, *memory_.priority());
  scheduling_->moved(thread, present().ready());
  scheduling_->save(memory_.scheduler());
}

bool Liveness::can_move(ThreadId id) const {
  const runtime::Thread& thread = execution_.thread(id);
  if (thread.status != ThreadStatus::pending) return false;
  const core::Operation& operation = thread.pending;
  if (operation.several != 0)
    return can_take_all(operation, id, [this](LocationId location) { return memory_.value(location); });
  switch (operation.kind) {
    case OperationKind::update:
    case OperationKind::follow:
      return operation.primitive->apply(operation, id, memory_.value(operation.location), 0).enabled;
    case OperationKind::join: {
      const auto child = static_cast<ThreadId>(operation.operand.low);
      return child < execution_.thread_count() && execution_.thread(child).status == ThreadStatus::returned;
    }
    default:
      return true;
  }
}

/// How many ways there are for the pending operation to happen.
std::uint32_t Liveness::outcomes(ThreadId id) const {
  const core::Operation& operation = execution_.thread(id).pending;
  if (operation.kind == OperationKind::choose) {
    if (operation.operand.low > most_choices)
      throw Error("choose(" + std::to_string(operation.operand.low) +
                  ") has too many outcomes for --search=liveness: " + std::to_string(most_choices) + " are allowed");
    return static_cast<std::uint32_t>(operation.operand.low);
  }
  if (operation.kind != OperationKind::update) return 1;
  return operation.primitive->apply(operation, id, memory_.value(operation.location), 0).choices;
}

/// The thread makes its move, from the present state to one that is not yet taken down. Returns the thread that it has
/// started, if it has.
ThreadId Liveness::run(Move move) {
  const core::Operation& operation = execution_.thread(move.thread).pending;
  const auto child =
      operation.kind == OperationKind::spawn ? static_cast<ThreadId>(operation.operand.low) : core::no_thread;
  if (scheduling_) scheduling_->load(memory_.scheduler());
  memory_.begin_move(move.thread);
  happen(move);
  memory_.end_move(move.thread);
  if (!execution_.refusal().empty()) throw Error(execution_.refusal());
  return child;
}

/// From the present state, which is `from`: one move, and where it leads.
void Liveness::move(StateId from, Move move) {
  Transition transition{.choice = static_cast<std::uint16_t>(move.choice), .thread = move.thread};
  const ThreadId child = run(move);
  const runtime::Thread& thread = execution_.thread(move.thread);
  transition.progress = memory_.progressed() || thread.status == ThreadStatus::returned;
  const bool race = memory_.raced_with() != core::no_thread;
  if (race || (thread.status == ThreadStatus::pending && thread.pending.kind == OperationKind::fault)) {
    ends_++;
    observer_.fault(from, move, race);
    memory_.abandon_move();
  } else {
    if (scheduling_) follow_scheduling(move.thread, child);
    memory_.take_down();
    transition.to = from;  // some state: which one is known when they are numbered
  }
  transitions_.push_back(transition);
}

/// The operation of the move, and what the thread does up to its next. To take several locks at once is one move, which
/// the thread makes where it can take all: states in which it has some of them would only keep others from moving.
void Liveness::happen(Move move, const std::function<void()>& before_each) {
  const runtime::Thread& thread = execution_.thread(move.thread);
  do {
    if (before_each) before_each();
    answer(move.thread, move.choice);
    execution_.advance_if_able(move.thread);
  } while (thread.status == ThreadStatus::pending && thread.pending.several > 1);
}

/// Makes the pending operation of `id` happen, in the values of locations and for the thread.
void Liveness::answer(ThreadId id, std::uint32_t choice) {
  const core::Operation operation = execution_.thread(id).pending;
  core::Delivery delivery{.choice = choice};
  switch (operation.kind) {
    case OperationKind::load:
      delivery.value = memory_.value(operation.location);
      break;
    case OperationKind::store:
      memory_.set_value(operation.location, operation.operand);
      delivery.wrote = true;
      break;
    case OperationKind::update: {
      delivery.value = memory_.value(operation.location);
      const core::Outcome outcome = operation.primitive->apply(operation, id, delivery.value, choice);
      delivery.wrote = outcome.writes;
      if (outcome.writes) memory_.set_value(operation.location, operation.primitive->folded(outcome.next));
      break;
    }
    default:
      break;
  }
  execution_.deliver(id, delivery, core::none);
}

/// Nobody can move in `state`, which is present.
void Liveness::finish(StateId state) {
  bool waits = false;
  bool given_up = execution_.is_unfinished();
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const ThreadStatus status = execution_.thread(id).status;
    waits = waits || (status == ThreadStatus::pending && !execution_.is_left_behind(id));
    given_up = given_up || status == ThreadStatus::stopped;
  }
  if (given_up) {
    given_up_++;
    return;
  }
  ends_++;
  if (waits)
    observer_.standstill(state);
  else
    observer_.complete(state);
}

bool Liveness::should_progress(StateId state, ThreadId id, bool moves) {
  visit(state);
  if (id >= execution_.thread_count()) return false;
  const runtime::Thread& thread = execution_.thread(id);
  return thread.status == ThreadStatus::pending && !execution_.is_left_behind(id) &&
         (moves || !execution_.waits_for_end(id));
}

bool Liveness::goes_on(StateId state) {
  visit(state);
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    if (execution_.thread(id).status == ThreadStatus::pending && !execution_.is_left_behind(id)) return true;
  }
  return false;
}

std::vector<ScheduleStep> Liveness::steps_of(StateId from, Move move) {
  visit(from);
  const core::Operation& operation = execution_.thread(move.thread).pending;
  std::vector<ScheduleStep> steps;
  const auto note = [&] {
    steps.push_back({.thread = move.thread, .operation = operation_word(operation), .choice = move.choice, .site = {}});
  };
  if (operation.several == 0) {
    note();
    return steps;
  }
  memory_.begin_move(move.thread);
  happen(move, note);
  memory_.abandon_move();
  visited_ = graph::no_state;
  return steps;
}

std::vector<ScheduleStep> Liveness::steps_through(const std::vector<StateId>& states) {
  std::vector<ScheduleStep> steps;
  for (std::size_t i = 0; i + 1 < states.size(); ++i)
    for (ScheduleStep& step : steps_of(states[i], move_between(states[i], states[i + 1])))
      steps.push_back(std::move(step));
  return steps;
}

}  // namespace heddle::search
