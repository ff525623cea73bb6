#include "models/sync/condition.hpp"

#include "models/sync/thread_set.hpp"

namespace heddle::models {

// State: the waiting threads; beside them the location of the mutex that they gave up.

core::Outcome ConditionPrimitive::apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                                        std::uint32_t choice) const {
  const ThreadSet waiting{state};
  ThreadSet next = waiting;
  // Condition variables order nothing by themselves ([thread.condition]); the mutex does.
  core::Outcome outcome{.acquires = false, .releases = false};
  switch (operation.code) {
    case enter:
      outcome.writes = waiting.empty() || waiting.rest() == operation.operand.low;
      next.set_rest(operation.operand.low);
      next.set(thread, true);
      break;
    case sleep:
      outcome.enabled = !waiting.has(thread);
      break;
    case sleep_for:
      outcome.enabled = !waiting.has(thread) || operation.operand.low != 0;
      [[fallthrough]];
    case leave:
      outcome.writes = waiting.has(thread);
      next.set(thread, false);
      break;
    case look:
      break;
    case notify_one:
      outcome.writes = !waiting.empty();
      if (!outcome.writes) break;
      outcome.choices = waiting.size();
      next.set(waiting.nth(choice), false);
      break;
    default:
      outcome.writes = !waiting.empty();
      next = {};
      break;
  }
  if (!next.empty()) outcome.next = next.bits;
  return outcome;
}

const char* ConditionPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"begin waiting", "wait",       "stop waiting",  "notify_one",
                                          "notify_all",    "timed wait", "look who waits"};
  return names[operation.code];
}

std::string ConditionPrimitive::show(core::Value state) const {
  const ThreadSet waiting{state};
  return waiting.empty() ? "nobody waits" : "waiting:" + waiting.names();
}

bool ConditionPrimitive::in_use(core::Value state) const { return !ThreadSet{state}.empty(); }

std::string ConditionPrimitive::outcome(const core::Operation& operation, core::Value, bool wrote) const {
  if (operation.code == enter && !wrote) return "others wait with another mutex";
  if (operation.code != sleep_for) return {};
  return wrote ? "timed out" : "was notified";
}

std::cv_status status_of(Woken woken, const Deadline& end, const core::Site& site) {
  const bool late = woken == Woken::late || (woken == Woken::notified && end.passes_now(site));
  return late ? std::cv_status::timeout : std::cv_status::no_timeout;
}

core::Operation WaitingThreads::operation(core::OperationKind kind, ConditionPrimitive::Code code,
                                          const core::Site& site) const {
  const bool notifies = code == ConditionPrimitive::notify_one || code == ConditionPrimitive::notify_all;
  return {.kind = kind,
          .code = code,
          .location = location_,
          .waits_at = of_atomic_ && notifies ? location_ : 0,
          .primitive = of_atomic_ ? &atomic_wait_primitive : &condition_primitive,
          .site = site};
}

bool WaitingThreads::enter(core::LocationId mutex, const core::Site& site) const {
  core::Operation enter = operation(core::OperationKind::update, ConditionPrimitive::enter, site);
  enter.operand.low = mutex;
  return runtime::perform(enter).wrote;
}
bool WaitingThreads::all_wait_with(core::LocationId mutex, const core::Site& site) const {
  const ThreadSet waiting{
      runtime::perform(operation(core::OperationKind::update, ConditionPrimitive::look, site)).value};
  return waiting.empty() || waiting.rest() == mutex;
}
void WaitingThreads::sleep(const core::Site& site) const {
  runtime::perform(operation(core::OperationKind::follow, ConditionPrimitive::sleep, site));
}
Woken WaitingThreads::sleep_until(const Deadline& end, const core::Site& site) const {
  const TimeLimit limit = end.rest();
  if (waits_for_ever(limit)) {
    sleep(site);
    return Woken::notified;
  }
  const core::Operation wait = operation(core::OperationKind::update, ConditionPrimitive::sleep_for, site);
  if (!runtime::perform(limited(wait, limit)).wrote) return Woken::notified;
  timed_out(limit);
  return Woken::late;
}
void WaitingThreads::leave(const core::Site& site) const {
  runtime::perform(operation(core::OperationKind::update, ConditionPrimitive::leave, site));
}
void WaitingThreads::notify(bool all, const core::Site& site) const {
  const auto code = all ? ConditionPrimitive::notify_all : ConditionPrimitive::notify_one;
  runtime::perform(operation(core::OperationKind::update, code, site));
}

}  // namespace heddle::models
