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
    case leave:
      outcome.writes = waiting.has(thread);
      next.set(thread, false);
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
  static constexpr const char* names[] = {"begin waiting", "wait",       "stop waiting",
                                          "notify_one",    "notify_all", "timed wait"};
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

const core::Delivery& WaitingThreads::ask(core::OperationKind kind, ConditionPrimitive::Code code,
                                          core::LocationId mutex, const source_location& site) const {
  const bool notifies = code == ConditionPrimitive::notify_one || code == ConditionPrimitive::notify_all;
  return runtime::perform({.kind = kind,
                           .code = code,
                           .location = location_,
                           .waits_at = of_atomic_ && notifies ? location_ : 0,
                           .primitive = of_atomic_ ? &atomic_wait_primitive : &condition_primitive,
                           .site = {site},
                           .operand = {mutex, 0}});
}

bool WaitingThreads::enter(core::LocationId mutex, const source_location& site) const {
  return ask(core::OperationKind::update, ConditionPrimitive::enter, mutex, site).wrote;
}
void WaitingThreads::sleep(const source_location& site) const {
  ask(core::OperationKind::follow, ConditionPrimitive::sleep, 0, site);
}
bool WaitingThreads::sleep_for(TimeLimit limit, const source_location& site) const {
  if (gives_up(limit) == 0) {
    sleep(site);
    return true;
  }
  if (!ask(core::OperationKind::update, ConditionPrimitive::sleep_for, 0, site).wrote) return true;
  timed_out(limit);
  return false;
}
void WaitingThreads::leave(const source_location& site) const {
  ask(core::OperationKind::update, ConditionPrimitive::leave, 0, site);
}
void WaitingThreads::notify(bool all, const source_location& site) const {
  ask(core::OperationKind::update, all ? ConditionPrimitive::notify_all : ConditionPrimitive::notify_one, 0, site);
}

}  // namespace heddle::models
