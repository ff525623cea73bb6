#include "models/sync/mutex.hpp"

namespace heddle::models {

core::Outcome MutexPrimitive::apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                                    std::uint32_t) const {
  const bool free = state.low == 0;
  const bool mine = state.low == thread + 1u;
  core::Outcome outcome;
  if (operation.code == unlock) {
    outcome.acquires = false;
    outcome.writes = mine;
    outcome.lock_change = mine && state.high == 1 ? -1 : 0;
    outcome.next = state.high > 1 ? core::Value{state.low, state.high - 1} : core::Value{};
    return outcome;
  }
  // A lock by its holder is let through, unchanged, so that the caller can call it the misuse that it is.
  outcome.enabled = free || mine || operation.code == try_lock || operation.operand.low != 0;
  outcome.releases = false;
  outcome.writes = free || (mine && recursive_);
  outcome.acquires = outcome.writes;
  outcome.lock_change = free ? 1 : 0;
  outcome.next = {thread + 1u, free ? 1 : state.high + 1};
  return outcome;
}

const char* MutexPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"lock", "try_lock", "unlock", "timed lock"};
  return names[operation.code];
}

std::string MutexPrimitive::show(core::Value state) const {
  if (state.low == 0) return "free";
  std::string text = "held by " + (state.low == 1 ? std::string("main") : "T" + std::to_string(state.low - 1));
  return state.high > 1 ? text + " " + std::to_string(state.high) + " times" : text;
}

std::vector<core::ThreadId> MutexPrimitive::holders(core::Value state) const {
  if (state.low == 0) return {};
  return {static_cast<core::ThreadId>(state.low - 1)};
}

std::string MutexPrimitive::outcome(const core::Operation& operation, core::Value before, bool wrote) const {
  return operation.code == try_lock_for && !wrote ? "timed out: " + show(before) : "";
}

template <MutexKind kind>
core::Operation BasicMutex<kind>::operation(MutexPrimitive::Code code, const core::Site& site) const {
  return {
      .kind = core::OperationKind::update, .code = code, .location = id(site), .primitive = &primitive(), .site = site};
}

namespace {
void require_taken(const core::Delivery& delivery, const core::Site& site) {
  if (!delivery.wrote)
    runtime::misuse("lock of a mutex that this thread already holds: it would wait for itself for ever", site);
}
}  // namespace

template <MutexKind kind>
void BasicMutex<kind>::lock(const core::Site& site) {
  require_taken(runtime::perform(operation(MutexPrimitive::lock, site)), site);
}

template <MutexKind kind>
void BasicMutex<kind>::lock_among(const core::SeveralLocks& all, std::uint32_t number, const core::Site& site) {
  core::Operation lock = operation(MutexPrimitive::lock, site);
  core::set_several(lock, all, number);
  require_taken(runtime::perform(lock), site);
}

template <MutexKind kind>
core::LockOfSeveral BasicMutex<kind>::as_one_of_several(const core::Site& site) const {
  return {&primitive(), runtime::unmarked(id(site)), MutexPrimitive::lock, MutexPrimitive::unlock};
}

template <MutexKind kind>
bool BasicMutex<kind>::try_lock(const core::Site& site) {
  const core::Delivery& delivery = runtime::perform(operation(MutexPrimitive::try_lock, site));
  if (!delivery.wrote && delivery.value.low == runtime::current_thread() + 1u)
    runtime::misuse("try_lock of a mutex that this thread already holds", site);
  return delivery.wrote;
}

template <MutexKind kind>
bool BasicMutex<kind>::try_lock_for(TimeLimit limit, const source_location& site) {
  const core::Delivery& delivery =
      runtime::perform(limited(operation(MutexPrimitive::try_lock_for, {site, __builtin_return_address(0)}), limit));
  if (delivery.wrote) return true;
  if (delivery.value.low == runtime::current_thread() + 1u)
    runtime::misuse("timed lock of a mutex that this thread already holds", site);
  timed_out(limit);
  return false;
}

template <MutexKind kind>
void BasicMutex<kind>::unlock(const core::Site& site) {
  if (!runtime::perform(operation(MutexPrimitive::unlock, site)).wrote)
    runtime::misuse("unlock of a mutex that this thread does not hold", site);
}

template class BasicMutex<MutexKind::plain>;
template class BasicMutex<MutexKind::recursive>;
template class BasicMutex<MutexKind::timed>;
template class BasicMutex<MutexKind::recursive_timed>;
template class BasicMutex<MutexKind::priority>;

}  // namespace heddle::models
