#include "models/process/robust_mutex.hpp"

namespace heddle {

namespace models {

core::Outcome RobustMutexPrimitive::apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                                          std::uint32_t) const {
  const bool free = state.low == 0;
  const bool mine = state.low == operation.operand.low + 1;
  const bool lost = (state.high & not_recoverable) != 0;
  core::Outcome outcome{.next = state};
  switch (operation.code) {
    case unlock:
    case owner_died:
      outcome.acquires = false;
      outcome.writes = mine;
      outcome.lock_change = mine && thread == operation.operand.low ? -1 : 0;
      outcome.next.low = 0;
      if (operation.code == owner_died) outcome.next.high = inconsistent;
      if (operation.code == unlock && state.high != 0) outcome.next.high = not_recoverable;
      return outcome;
    case make_consistent:
      outcome.acquires = false;
      outcome.writes = mine && state.high == inconsistent;
      outcome.next.high = 0;
      return outcome;
    default:
      // A lock by its holder is let through, unchanged, so that it can be called the misuse that it is.
      outcome.enabled = free || mine || operation.code == try_lock;
      outcome.releases = false;
      outcome.writes = free && !lost;
      outcome.acquires = outcome.writes;
      outcome.lock_change = outcome.writes ? 1 : 0;
      outcome.next.low = thread + 1u;
      return outcome;
  }
}

const char* RobustMutexPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"lock", "try_lock", "unlock", "make_consistent", "leave to the next"};
  return names[operation.code];
}

std::string RobustMutexPrimitive::show(core::Value state) const {
  if ((state.high & not_recoverable) != 0) return "not recoverable";
  std::string text = "free";
  if (state.low != 0) text = "held by " + (state.low == 1 ? std::string("main") : "T" + std::to_string(state.low - 1));
  return state.high == inconsistent ? text + ", owner dead" : text;
}

std::string RobustMutexPrimitive::outcome(const core::Operation& operation, core::Value before, bool wrote) const {
  if (operation.code > try_lock || !wrote) return {};
  return before.high == inconsistent ? "owner_dead" : "locked";
}

std::vector<core::ThreadId> RobustMutexPrimitive::holders(core::Value state) const {
  if (state.low == 0) return {};
  return {static_cast<core::ThreadId>(state.low - 1)};
}

namespace {

/// Ends the list of a thread that has held a robust mutex: its end is watched.
char watched_end;

}  // namespace

void give_up_robust_mutexes(core::ThreadId thread, const core::Site& site) {
  void*& list = runtime::robust_list(thread);
  while (list != nullptr && list != &watched_end) {
    auto* const held = static_cast<robust_mutex*>(list);
    held->ask(RobustMutexPrimitive::owner_died, thread, site);
    list = held->next_;
  }
}

}  // namespace models

using models::RobustMutexPrimitive;

core::Delivery robust_mutex::ask(RobustMutexPrimitive::Code code, core::ThreadId owner, const core::Site& site) {
  return runtime::perform({.kind = core::OperationKind::update,
                           .code = code,
                           .location = location_.id(models::robust_mutex_primitive, {}, site.location),
                           .primitive = &models::robust_mutex_primitive,
                           .site = site,
                           .operand = {owner, 0}});
}

std::errc robust_mutex::locked(const core::Delivery& delivery, const Site& site) {
  if (!delivery.wrote) {
    if (delivery.value.low == runtime::current_thread() + 1u)
      runtime::misuse("lock of a robust mutex that this thread already holds", site);
    if (delivery.value.low != 0) return std::errc::device_or_resource_busy;
    throw std::system_error(std::make_error_code(std::errc::state_not_recoverable),
                            "lock of a robust mutex whose data nobody has made consistent");
  }
  void*& list = runtime::robust_list(runtime::current_thread());
  if (list == nullptr) {
    runtime::at_thread_exit([](void*) { models::give_up_robust_mutexes(runtime::current_thread(), {}); }, nullptr);
    list = &models::watched_end;
  }
  next_ = static_cast<robust_mutex*>(list);
  list = this;
  return delivery.value.high == RobustMutexPrimitive::inconsistent ? std::errc::owner_dead : std::errc{};
}

std::errc robust_mutex::lock(Site site) {
  const runtime::OneOperation in_one_go(site);
  return locked(ask(RobustMutexPrimitive::lock, runtime::current_thread(), {site}), site);
}
std::errc robust_mutex::try_lock(Site site) {
  const runtime::OneOperation in_one_go(site);
  return locked(ask(RobustMutexPrimitive::try_lock, runtime::current_thread(), {site}), site);
}

void robust_mutex::unlock(Site site) {
  const runtime::OneOperation in_one_go(site);
  if (!ask(RobustMutexPrimitive::unlock, runtime::current_thread(), {site}).wrote)
    runtime::misuse("unlock of a robust mutex that this thread does not hold", site);
  void** at = &runtime::robust_list(runtime::current_thread());
  while (*at != this) at = reinterpret_cast<void**>(&static_cast<robust_mutex*>(*at)->next_);
  *at = next_;
}

void robust_mutex::make_consistent(Site site) {
  if (!ask(RobustMutexPrimitive::make_consistent, runtime::current_thread(), {site}).wrote)
    runtime::misuse("make_consistent of a robust mutex that this thread does not hold, or that is consistent", site);
}

}  // namespace heddle
