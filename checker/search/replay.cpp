#include "checker/search/replay.hpp"

#include <algorithm>

#include "checker/core/error.hpp"
#include "checker/search/several.hpp"
#include "checker/search/time.hpp"

namespace heddle::search {

std::string operation_word(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::join:
      return "join";
    case OperationKind::spawn:
      return "start";
    case OperationKind::begin:
      return "begin";
    case OperationKind::end:
      return "end";
    case OperationKind::choose:
      return "choose";
    case OperationKind::fence:
      return "fence";
    case OperationKind::sleep:
      return "sleep";
    case OperationKind::block:
      return "assume";
    case OperationKind::fault:
      return "fault";
    default:
      return operation.primitive->operation_name(operation);
  }
}

bool Replay::is_shown(const Row& row) const {
  if (row.event == none) return true;
  const Operation& operation = graph_[row.event].operation;
  if (operation.kind == OperationKind::choose && operation.code == core::is_to_die) return false;
  if (operation.kind == OperationKind::choose && operation.code != 0)
    return graph_[row.event].choice != 0 || operation.operand.low == 1;
  if (operation.primitive != nullptr && !operation.primitive->is_told(operation)) return false;
  return operation.kind != OperationKind::fault && operation.kind != OperationKind::begin;
}

Replay::Replay(const graph::MemoryModel& model, runtime::Execution& execution, runtime::SourceLines& lines)
    : model_(model), execution_(execution), lines_(lines), asking_(core::max_threads) {
  graph_.set_has_orders(!model.interleaves());
  execution_.use(graph_);
  execution_.set_journal(this);
  execution_.loop_places().watch_all();
}

Replay::~Replay() { execution_.set_journal(nullptr); }

void Replay::asks(ThreadId thread, const runtime::CallChain& from) {
  show_written();
  asking_[thread] = from;
  // A thread may run nothing of the harness's own: thread(&latch::wait, &l).
  asking_[thread].push_back(execution_.spawned_at(thread).caller);
}

void Replay::plain_access(ThreadId thread, const runtime::PlainAccess& access, const runtime::CallChain& from) {
  show_written();
  const core::Site here = lines_.in_harness(access.site, from);
  moved_.emplace_back(access.site, here);
  Row row{.thread = thread, .site = here, .write = access.write, .object = access.object};
  if (const runtime::MadeObject* made = execution_.made_at_address(access.shadow))
    row.made = static_cast<std::size_t>(made - execution_.made().data());
  if (access.value.show != nullptr && !access.write) row.value = access.value.show(access.value.address);
  if (access.value.show != nullptr && access.write) written_ = access.value;
  rows_.push_back(std::move(row));
}

void Replay::show_written() {
  if (written_) rows_.back().value = written_->show(written_->address);
  written_.reset();
}

const runtime::CallChain* Replay::chain_of(const Chains& chains, const void* memory) {
  const auto found = chains.find(memory);
  return found == chains.end() ? nullptr : &found->second;
}

void Replay::progress(ThreadId thread, const core::Site& site, const runtime::CallChain& from) {
  show_written();
  rows_.push_back({.thread = thread, .progress = true, .site = lines_.in_harness(site, from)});
}

core::Site Replay::pending_site(ThreadId thread) const {
  return lines_.in_harness(execution_.thread(thread).pending.site, asking_[thread]);
}

core::Site Replay::in_harness(const core::Site& site) const {
  for (auto i = moved_.rbegin(); i != moved_.rend(); ++i)
    if (i->first == site) return i->second;
  return site;
}

void Replay::run_on(ThreadId thread) {
  execution_.advance_if_able(thread);
  const bool raced = execution_.thread(thread).status == runtime::ThreadStatus::pending &&
                     execution_.thread(thread).pending.kind == OperationKind::fault &&
                     execution_.fault().kind == FindingKind::data_race;
  if (raced) written_.reset();  // it did not happen
  show_written();
}

std::string Replay::whereabouts(ThreadId thread) const {
  using Status = runtime::ThreadStatus;
  const runtime::Thread& state = execution_.thread(thread);
  const Operation& last = state.pending;
  if (state.status == Status::returned) return "has ended";
  if (state.status == Status::stopped || last.kind == OperationKind::fault) return "was stopped by a fault";
  const bool at_begin = last.kind == OperationKind::begin || last.site == core::Site{};
  if (state.status == Status::pending && at_begin) return "has not begun";
  const bool runs = state.status != Status::pending;
  if (at_begin) return "is at its beginning";
  return (runs ? "runs on from " : "") + to_string(lines_.line(pending_site(thread))) + ' ' + operation_word(last);
}

namespace {

/// The step from which a thread runs on to the fault that the schedule ends with; none where that is the start. The
/// last step where it ends without a fault.
std::optional<std::size_t> step_to_fault(const std::vector<ScheduleStep>& steps) {
  if (steps.empty()) return std::nullopt;
  std::size_t number = steps.size() - 1;
  if (steps[number].operation != operation_word({.kind = OperationKind::fault})) return number;
  while (number-- > 0)
    if (steps[number].thread == steps.back().thread) return number;
  return std::nullopt;
}

}  // namespace

void Replay::run(const Schedule& schedule, const std::function<void()>& before_fault, std::uint64_t cycles) {
  const std::size_t steps = schedule.steps.size();
  const std::optional<std::size_t> stop_before = step_to_fault(schedule.steps);
  execution_.start();
  if (!stop_before && before_fault) before_fault();
  run_on(0);
  const std::size_t cycle_begin = steps - std::min(steps, schedule.cycle);
  if (schedule.cycle != 0 && cycles > (core::max_events_per_thread - cycle_begin) / schedule.cycle)
    throw Error("--cycles=" + std::to_string(cycles) + " is too much: at most " +
                std::to_string((core::max_events_per_thread - cycle_begin) / schedule.cycle) +
                " rounds of this cycle can be run");
  std::vector<Operation> at_begin;
  for (std::uint64_t round = 0; round < std::max<std::uint64_t>(cycles, 1); ++round) {
    for (std::size_t number = round == 0 ? 0 : cycle_begin; number < steps; ++number) {
      if (number == cycle_begin && schedule.cycle != 0) {
        at_begin = pending();
        begin_round();
      }
      if (number >= cycle_begin) note_who_can_move();
      if (number == stop_before && before_fault && round == 0) before_fault();
      step(schedule.steps[number]);
    }
    if (schedule.cycle == 0) break;
    require_same_pending(at_begin);
  }
}

void Replay::begin_round() {
  round_begin_ = rows_.size();
  could_move_.reset();
  have_moved_.reset();
}

void Replay::note_who_can_move() {
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const runtime::Thread& thread = execution_.thread(id);
    const bool pending = thread.status == runtime::ThreadStatus::pending;
    if (pending && (thread.pending.several == 1 ? can_take_all(thread.pending, id, newest_values(graph_))
                                                : can_move(graph_, id, thread.pending)))
      could_move_.set(t);
  }
}

std::vector<Operation> Replay::pending() const {
  std::vector<Operation> operations;
  for (unsigned t = 0; t < execution_.thread_count(); ++t)
    operations.push_back(execution_.thread(static_cast<ThreadId>(t)).pending);
  return operations;
}

/// After a round of the cycle each thread must be where it was before.
void Replay::require_same_pending(const std::vector<Operation>& before) const {
  const std::vector<Operation> now = pending();
  const bool same = std::equal(before.begin(), before.end(), now.begin(), now.end(), [](const auto& a, const auto& b) {
    return a.kind == b.kind && a.code == b.code && a.location == b.location && a.site == b.site;
  });
  if (!same)
    throw Error(
        "the harness does not follow the schedule: at the end of its table the threads are not where its cycle began. "
        "Has the harness changed since the schedule was written? Check it again to get a new one");
}

void Replay::step(const ScheduleStep& step) {
  const auto differs = [&](const std::string& what) {
    const auto row = std::count_if(rows_.begin(), rows_.end(), [&](const Row& before) { return is_shown(before); });
    throw Error("the harness does not follow the schedule: at row " + std::to_string(row) + " of its table " + what +
                ". Has the harness changed since the schedule was written? Check it again to get a new one");
  };
  const std::string name = step.thread == 0 ? "the main thread" : "thread T" + std::to_string(step.thread);
  if (step.thread >= execution_.thread_count()) differs(name + " should move, but has not been started");
  const auto thread = static_cast<ThreadId>(step.thread);
  if (execution_.thread(thread).status != runtime::ThreadStatus::pending) differs(name + " should move, but has ended");
  const Operation& operation = execution_.thread(thread).pending;
  const core::Site asked_at = pending_site(thread);
  moved_.emplace_back(operation.site, asked_at);
  const std::string site = to_string(lines_.line(asked_at));
  if (operation_word(operation) != step.operation)
    differs(name + " should do \"" + step.operation + "\" at " + step.site + ", but does \"" +
            operation_word(operation) + "\" at " + site);
  if (!step.site.empty() && site != step.site && operation.kind != OperationKind::fault)
    differs(name + " should do \"" + step.operation + "\" at " + step.site + ", but does it at " + site);
  while (!can_move(graph_, thread, operation) && operation.timed && pass_time(execution_, graph_)) {
  }
  if (!can_move(graph_, thread, operation)) differs(name + " should do \"" + step.operation + "\", but has to wait");
  Event event = prepare(graph_, thread, operation);
  event.operation.site = asked_at;
  event.choice = step.choice;
  Position source = none;
  if (event.reads || event.writes) source = graph_.location(operation.location).last;
  const bool older = (event.reads || event.writes) && step.reads_from != ScheduleStep::newest;
  if (older) {
    source = step.reads_from == ScheduleStep::initial ? none : static_cast<Position>(step.reads_from);
    if (source >= graph_.size() ||
        (source != none && (!graph_[source].writes || graph_[source].operation.location != operation.location)))
      differs(name + " should read a write that is not there");
  }
  if (event.reads && !read_from(graph_, event, source)) differs(name + " cannot read what the schedule says");
  if (step.choice >= event.choices) differs(name + " has fewer choices than the schedule says");
  if (older && (!model_.admits_from_newest(graph_, thread, event.operation, source) ||
                !stays_consistent(model_, graph_, event, source)))
    differs(name + " should read an older write than the memory model " + model_.name() + " allows");
  const Position at = graph_.add(event, event.writes ? source : none);
  model_.added(graph_);
  rows_.push_back({.event = at, .thread = thread, .site = asked_at});
  execution_.deliver(thread, delivery_of(graph_, at), at);
  have_moved_.set(thread);
  run_on(thread);
}

}  // namespace heddle::search
