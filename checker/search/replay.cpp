#include "checker/search/replay.hpp"

#include <algorithm>

#include "checker/core/error.hpp"

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
    case OperationKind::block:
      return "assume";
    case OperationKind::fault:
      return "fault";
    default:
      return operation.primitive->operation_name(operation);
  }
}

Replay::Replay(const graph::MemoryModel& model, runtime::Execution& execution, runtime::SourceLines& lines)
    : model_(model), execution_(execution), lines_(lines), asking_(core::max_threads) {
  graph_.set_has_orders(!model.interleaves());
  execution_.use(graph_);
  execution_.set_journal(this);
}

Replay::~Replay() { execution_.set_journal(nullptr); }

void Replay::asks(ThreadId thread, const runtime::CallChain& from) {
  show_written();
  asking_[thread] = from;
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

core::Site Replay::pending_site(ThreadId thread) const {
  return lines_.in_harness(execution_.thread(thread).pending.site, asking_[thread]);
}

core::Site Replay::in_harness(const core::Site& site) const {
  for (auto i = moved_.rbegin(); i != moved_.rend(); ++i)
    if (i->first == site) return i->second;
  return site;
}

void Replay::run_on(ThreadId thread) {
  const runtime::ThreadStatus status = execution_.thread(thread).status;
  if (status == runtime::ThreadStatus::ready || status == runtime::ThreadStatus::delivered) execution_.advance(thread);
  const bool raced = execution_.thread(thread).status == runtime::ThreadStatus::pending &&
                     execution_.thread(thread).pending.kind == OperationKind::fault &&
                     execution_.fault().kind == FindingKind::data_race;
  if (raced) written_.reset();  // it did not happen
  show_written();
}

void Replay::run(const Schedule& schedule, const std::function<void()>& before_last) {
  // A fault happens while its thread runs on from the step before.
  const std::size_t steps = schedule.steps.size();
  const bool faults = steps != 0 && schedule.steps.back().operation == operation_word({.kind = OperationKind::fault});
  const std::size_t stop_before = steps - std::min<std::size_t>(steps, faults ? 2 : 1);
  execution_.start();
  if (steps < 2 && before_last) before_last();
  run_on(0);
  for (std::size_t number = 0; number < schedule.steps.size(); ++number) {
    if (steps > 1 && number == stop_before && before_last) before_last();
    step(schedule.steps[number], number);
  }
}

void Replay::step(const ScheduleStep& step, std::size_t number) {
  const auto differs = [&](const std::string& what) {
    throw Error("the harness does not follow the schedule: at step " + std::to_string(number + 1) + " of it " + what +
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
  if (!can_move(graph_, thread, operation)) differs(name + " should do \"" + step.operation + "\", but has to wait");
  Event event = prepare(graph_, thread, operation);
  event.operation.site = asked_at;
  event.choice = step.choice;
  Position source = none;
  if (event.reads || event.writes) source = graph_.location(operation.location).last;
  if (event.reads && step.reads_from != ScheduleStep::newest) {
    if (step.reads_from < -2 || step.reads_from >= graph_.size()) differs("a write is read that is not there");
    source = static_cast<Position>(step.reads_from);
  }
  if (event.reads && !read_from(graph_, event, source)) differs(name + " cannot read what the schedule says");
  if (step.choice >= event.choices) differs(name + " has fewer choices than the schedule says");
  const Position at = graph_.add(event, event.writes ? source : none);
  model_.added(graph_);
  rows_.push_back({.event = at, .thread = thread, .site = asked_at});
  execution_.deliver(thread, delivery_of(graph_, at), at);
  run_on(thread);
}

}  // namespace heddle::search
