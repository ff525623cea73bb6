#include "models/sync/fair_mutex.hpp"

namespace heddle {

namespace models {

namespace {

constexpr unsigned bits = 7;  // of a thread's number + 1
constexpr unsigned in_word = 9;
constexpr std::uint64_t mask = (1u << bits) - 1;

/// Who is `place`-th in the queue, + 1; 0 where nobody is.
unsigned at(const core::Value& state, unsigned place) {
  const std::uint64_t word = place < in_word ? state.low : state.high;
  return static_cast<unsigned>(word >> (place % in_word * bits) & mask);
}

unsigned length(const core::Value& state) {
  unsigned count = 0;
  while (count < FairMutexPrimitive::most_threads && at(state, count) != 0) ++count;
  return count;
}

void join_queue(core::Value& state, core::ThreadId thread) {
  const unsigned place = length(state);
  std::uint64_t& word = place < in_word ? state.low : state.high;
  word |= std::uint64_t{thread + 1u} << (place % in_word * bits);
}

void leave_queue(core::Value& state) {
  state.low = state.low >> bits | (state.high & mask) << (bits * (in_word - 1));
  state.high >>= bits;
}

}  // namespace

core::Outcome FairMutexPrimitive::apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                                        std::uint32_t) const {
  const bool free = state.low == 0;
  const bool mine = at(state, 0) == thread + 1u;
  core::Outcome outcome{.next = state};
  switch (operation.code) {
    case have:
      outcome.enabled = mine;
      outcome.releases = false;
      return outcome;
    case unlock:
      outcome.acquires = false;
      outcome.writes = mine;
      outcome.lock_change = mine ? -1 : 0;
      leave_queue(outcome.next);
      return outcome;
    default:
      // One who stands in the queue already is let through, unchanged, so that the caller can call it the misuse it is.
      outcome.writes = free || (operation.code == lock && !mine && length(state) < most_threads);
      outcome.acquires = free;
      outcome.releases = false;
      outcome.lock_change = outcome.writes ? 1 : 0;
      if (outcome.writes) join_queue(outcome.next, thread);
      return outcome;
  }
}

const char* FairMutexPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"lock", "wait for", "try_lock", "unlock"};
  return names[operation.code];
}

std::string FairMutexPrimitive::show(core::Value state) const {
  const auto name = [&](unsigned place) {
    return at(state, place) == 1 ? std::string("main") : "T" + std::to_string(at(state, place) - 1);
  };
  const unsigned count = length(state);
  if (count == 0) return "free";
  std::string text = "held by " + name(0);
  for (unsigned place = 1; place < count; ++place) text += (place == 1 ? ", next " : ", ") + name(place);
  return text;
}

std::vector<core::ThreadId> FairMutexPrimitive::holders(core::Value state) const {
  if (state.low == 0) return {};
  return {static_cast<core::ThreadId>(at(state, 0) - 1)};
}

}  // namespace models

using models::FairMutexPrimitive;

core::Delivery fair_mutex::ask(core::OperationKind kind, FairMutexPrimitive::Code code, const core::Site& site) {
  return runtime::perform({.kind = kind,
                           .code = code,
                           .location = location_.id(models::fair_mutex_primitive, {}, site),
                           .primitive = &models::fair_mutex_primitive,
                           .site = site});
}

void fair_mutex::lock_at(const core::Site& site) {
  const core::Delivery before = ask(core::OperationKind::update, FairMutexPrimitive::lock, site);
  if (!before.wrote) {
    const bool mine = models::at(before.value, 0) == runtime::current_thread() + 1u;
    runtime::misuse(mine ? "lock of a fair mutex that this thread already holds: it would wait for itself for ever"
                         : "more than 18 threads at one fair mutex",
                    site);
  }
  if (before.value.low != 0) ask(core::OperationKind::follow, FairMutexPrimitive::have, site);
}

bool fair_mutex::try_lock_at(const core::Site& site) {
  const core::Delivery before = ask(core::OperationKind::update, FairMutexPrimitive::try_lock, site);
  if (!before.wrote && models::at(before.value, 0) == runtime::current_thread() + 1u)
    runtime::misuse("try_lock of a fair mutex that this thread already holds", site);
  return before.wrote;
}

void fair_mutex::unlock_at(const core::Site& site) {
  if (!ask(core::OperationKind::update, FairMutexPrimitive::unlock, site).wrote)
    runtime::misuse("unlock of a fair mutex that this thread does not hold", site);
}

}  // namespace heddle
