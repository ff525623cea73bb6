#include "models/sync/shared_mutex.hpp"

#include "models/sync/thread_set.hpp"

namespace heddle::models {

// State: the threads that share it; beside them who holds it alone (thread + 1).

core::Outcome SharedMutexPrimitive::apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                                          std::uint32_t) const {
  const ThreadSet sharing{state};
  const std::uint64_t writer = sharing.rest();
  const bool mine_shared = sharing.has(thread);
  const bool mine_alone = writer == thread + 1u;
  ThreadSet next = sharing;
  core::Outcome outcome;
  if (operation.code == unlock || operation.code == unlock_shared) {
    outcome.acquires = false;
    outcome.writes = operation.code == unlock ? mine_alone : mine_shared;
    outcome.lock_change = outcome.writes ? -1 : 0;
    if (operation.code == unlock)
      next.set_rest(0);
    else
      next.set(thread, false);
    outcome.next = next.bits;
    return outcome;
  }
  const bool shares = operation.code >= lock_shared;
  const bool tries = operation.code == try_lock || operation.code == try_lock_shared || operation.operand.low != 0;
  const bool mine = mine_shared || mine_alone;
  outcome.releases = false;
  outcome.writes = outcome.acquires = !mine && writer == 0 && (shares || sharing.empty());
  // A lock by who holds it is let through, unchanged, so that the caller can call it the misuse that it is.
  outcome.enabled = outcome.writes || tries || mine;
  outcome.lock_change = outcome.writes ? 1 : 0;
  if (shares)
    next.set(thread, true);
  else
    next.set_rest(thread + 1u);
  outcome.next = next.bits;
  return outcome;
}

const char* SharedMutexPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"lock",        "try_lock",        "timed lock",        "unlock",
                                          "lock_shared", "try_lock_shared", "timed lock_shared", "unlock_shared"};
  return names[operation.code];
}

std::string SharedMutexPrimitive::show(core::Value state) const {
  const ThreadSet sharing{state};
  if (sharing.rest() == 1) return "held by main";
  if (sharing.rest() != 0) return "held by T" + std::to_string(sharing.rest() - 1);
  return sharing.empty() ? "free" : "shared by" + sharing.names();
}

std::vector<core::ThreadId> SharedMutexPrimitive::holders(core::Value state) const {
  const ThreadSet sharing{state};
  std::vector<core::ThreadId> threads;
  if (sharing.rest() != 0) threads.push_back(static_cast<core::ThreadId>(sharing.rest() - 1));
  for (unsigned thread = 0; thread < core::max_threads; ++thread)
    if (sharing.has(thread)) threads.push_back(static_cast<core::ThreadId>(thread));
  return threads;
}

std::string SharedMutexPrimitive::outcome(const core::Operation& operation, core::Value before, bool wrote) const {
  const bool timed = operation.code == try_lock_for || operation.code == try_lock_shared_for;
  return timed && !wrote ? "timed out: " + show(before) : "";
}

core::Operation BasicSharedMutex::operation(SharedMutexPrimitive::Code code, const core::Site& site) const {
  return {.kind = core::OperationKind::update,
          .code = code,
          .location = location_.id(shared_mutex_primitive, {}, site),
          .primitive = &shared_mutex_primitive,
          .site = site};
}

namespace {
/// Of a lock in any mode.
const core::Delivery& checked(const core::Delivery& delivery, const core::Site& site) {
  if (delivery.wrote) return delivery;
  const ThreadSet sharing{delivery.value};
  const unsigned me = runtime::current_thread();
  if (sharing.has(me))
    runtime::misuse("lock of a shared mutex that this thread already shares: it would wait for itself for ever", site);
  if (sharing.rest() == me + 1u)
    runtime::misuse("lock of a shared mutex that this thread already holds: it would wait for itself for ever", site);
  return delivery;
}
}  // namespace

const core::Delivery& BasicSharedMutex::ask(SharedMutexPrimitive::Code code, const core::Site& site) const {
  return checked(runtime::perform(operation(code, site)), site);
}

void BasicSharedMutex::take(bool shared, const core::Site& site) {
  ask(shared ? SharedMutexPrimitive::lock_shared : SharedMutexPrimitive::lock, site);
}

void BasicSharedMutex::take_among(bool shared, const core::SeveralLocks& all, std::uint32_t number,
                                  const core::Site& site) {
  core::Operation lock = operation(shared ? SharedMutexPrimitive::lock_shared : SharedMutexPrimitive::lock, site);
  core::set_several(lock, all, number);
  checked(runtime::perform(lock), site);
}

core::LockOfSeveral BasicSharedMutex::as_one_of_several(bool shared, const core::Site& site) const {
  return {&shared_mutex_primitive, runtime::unmarked(location_.id(shared_mutex_primitive, {}, site)),
          shared ? SharedMutexPrimitive::lock_shared : SharedMutexPrimitive::lock,
          shared ? SharedMutexPrimitive::unlock_shared : SharedMutexPrimitive::unlock};
}

bool BasicSharedMutex::try_take(bool shared, const core::Site& site) {
  return ask(shared ? SharedMutexPrimitive::try_lock_shared : SharedMutexPrimitive::try_lock, site).wrote;
}

bool BasicSharedMutex::try_take_for(bool shared, TimeLimit limit, const source_location& site) {
  const auto code = shared ? SharedMutexPrimitive::try_lock_shared_for : SharedMutexPrimitive::try_lock_for;
  const core::Operation lock = operation(code, {site, __builtin_return_address(0)});
  if (checked(runtime::perform(limited(lock, limit)), site).wrote) return true;
  timed_out(limit);
  return false;
}

void BasicSharedMutex::give_back(bool shared, const core::Site& site) {
  const core::Delivery& delivery =
      runtime::perform(operation(shared ? SharedMutexPrimitive::unlock_shared : SharedMutexPrimitive::unlock, site));
  if (delivery.wrote) return;
  const ThreadSet sharing{delivery.value};
  const unsigned me = runtime::current_thread();
  if (shared)
    runtime::misuse(sharing.rest() == me + 1u
                        ? "unlock_shared of a shared mutex that this thread holds alone: call unlock"
                        : "unlock_shared of a shared mutex that this thread does not share",
                    site);
  runtime::misuse(sharing.has(me) ? "unlock of a shared mutex that this thread only shares: call unlock_shared"
                                  : "unlock of a shared mutex that this thread does not hold",
                  site);
}

}  // namespace heddle::models
