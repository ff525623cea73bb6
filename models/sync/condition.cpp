#include "models/sync/condition.hpp"

#include <bit>

namespace heddle::models {

namespace {

// State: 96 bits of waiting threads, and in the upper half of `high` the location of the mutex that they gave up.
static_assert(core::max_threads <= 96);
constexpr std::uint64_t high_mask = 0xFFFF'FFFF;

bool waits(const core::Value& state, unsigned thread) {
  return ((thread < 64 ? state.low >> thread : state.high >> (thread - 64)) & 1) != 0;
}
void set(core::Value& state, unsigned thread, bool waiting) {
  std::uint64_t& word = thread < 64 ? state.low : state.high;
  const std::uint64_t bit = std::uint64_t{1} << (thread % 64);
  word = waiting ? word | bit : word & ~bit;
}
unsigned count(const core::Value& state) {
  return static_cast<unsigned>(std::popcount(state.low) + std::popcount(state.high & high_mask));
}
unsigned nth(const core::Value& state, std::uint32_t n) {
  for (unsigned thread = 0;; ++thread)
    if (waits(state, thread) && n-- == 0) return thread;
}

}  // namespace

core::Outcome ConditionPrimitive::apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                                        std::uint32_t choice) const {
  // Condition variables order nothing by themselves ([thread.condition]); the mutex does.
  core::Outcome outcome{.acquires = false, .releases = false, .next = state};
  switch (operation.code) {
    case enter:
      outcome.writes = count(state) == 0 || state.high >> 32 == operation.operand.low;
      outcome.next.high = (outcome.next.high & high_mask) | operation.operand.low << 32;
      set(outcome.next, thread, true);
      break;
    case sleep:
      outcome.enabled = !waits(state, thread);
      break;
    case leave:
      outcome.writes = waits(state, thread);
      set(outcome.next, thread, false);
      break;
    case notify_one:
      outcome.writes = count(state) != 0;
      if (!outcome.writes) break;
      outcome.choices = count(state);
      set(outcome.next, nth(state, choice), false);
      break;
    default:
      outcome.writes = count(state) != 0;
      outcome.next = {};
      break;
  }
  if (count(outcome.next) == 0) outcome.next = {};
  return outcome;
}

const char* ConditionPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"begin waiting", "wait", "stop waiting", "notify_one", "notify_all"};
  return names[operation.code];
}

std::string ConditionPrimitive::show(core::Value state) const {
  if (count(state) == 0) return "nobody waits";
  std::string text = "waiting:";
  for (unsigned thread = 0; thread < core::max_threads; ++thread)
    if (waits(state, thread)) text += (thread == 0 ? std::string(" main") : " T" + std::to_string(thread));
  return text;
}

bool ConditionPrimitive::in_use(core::Value state) const { return count(state) != 0; }

core::Delivery Condition::ask(core::OperationKind kind, ConditionPrimitive::Code code, core::LocationId mutex,
                              const source_location& site) const {
  return runtime::perform({.kind = kind,
                           .code = code,
                           .location = location_.id(primitive(), {}, site),
                           .primitive = &primitive(),
                           .site = {site},
                           .operand = {mutex, 0}});
}

bool Condition::enter(core::LocationId mutex, const source_location& site) const {
  return ask(core::OperationKind::update, ConditionPrimitive::enter, mutex, site).wrote;
}
void Condition::sleep(const source_location& site) const {
  ask(core::OperationKind::follow, ConditionPrimitive::sleep, 0, site);
}
void Condition::leave(const source_location& site) const {
  ask(core::OperationKind::update, ConditionPrimitive::leave, 0, site);
}
void Condition::notify(bool all, const source_location& site) const {
  ask(core::OperationKind::update, all ? ConditionPrimitive::notify_all : ConditionPrimitive::notify_one, 0, site);
}

}  // namespace heddle::models
