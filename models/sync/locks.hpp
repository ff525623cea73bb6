// std's locks under heddle's name: they take any lockable type, heddle's too ([thread.lock]). And how several of
// heddle's mutexes are locked at once.
//
// std::lock may lock its arguments "via a sequence of calls to lock(), try_lock(), or unlock()" that does not deadlock
// and "is otherwise unspecified" ([thread.lock.algorithm]). Those of the libraries try, give back and begin again: a
// loop without bound, of which a search would have to go through every number of rounds. Ours locks one after another,
// in the order of their addresses, and never gives back: what a search makes of a thread that waits for one while it
// holds another is in docs/search.md.
#pragma once

#include <array>
#include <concepts>
#include <mutex>
#include <shared_mutex>
#include <system_error>
#include <tuple>

#include "models/sync/mutex.hpp"
#include "models/sync/priority_mutex.hpp"
#include "models/sync/shared_mutex.hpp"
#include "models/sync/timed_mutex.hpp"

namespace heddle {

namespace models {

template <class Type, class... Types>
concept IsOneOf = (std::same_as<Type, Types> || ...);

template <class Mutex>
concept SharedMutex = IsOneOf<Mutex, shared_mutex, shared_timed_mutex>;
template <class Mutex>
concept AnyMutex =
    SharedMutex<Mutex> || IsOneOf<Mutex, mutex, recursive_mutex, timed_mutex, recursive_timed_mutex, priority_mutex>;

/// The mutex that a lockable stands for, and what becomes of the lockable when that is locked.
template <class Lockable>
struct Standing {};

template <AnyMutex Mutex>
struct Standing<Mutex> {
  static constexpr bool shares = false;
  static Mutex& mutex_of(Mutex& mutex) { return mutex; }
  static void has_locked(Mutex&) {}
};

/// [thread.lock.unique.locking], [thread.lock.shared.locking]
template <class Lock, bool shared>
struct StandingForMutex {
  static constexpr bool shares = shared;
  static auto& mutex_of(Lock& lock) {
    if (lock.mutex() == nullptr) throw std::system_error(std::make_error_code(std::errc::operation_not_permitted));
    if (lock.owns_lock()) throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur));
    return *lock.mutex();
  }
  static void has_locked(Lock& lock) { lock = Lock(*lock.release(), std::adopt_lock); }
};
template <AnyMutex Mutex>
struct Standing<std::unique_lock<Mutex>> : StandingForMutex<std::unique_lock<Mutex>, false> {};
template <SharedMutex Mutex>
struct Standing<std::shared_lock<Mutex>> : StandingForMutex<std::shared_lock<Mutex>, true> {};

/// What several may be locked of at once: heddle's mutexes, but those whose order of waiting, or whose result, matters
/// (fair_mutex, robust_mutex), and std's locks of them. All else is left to std.
template <class Lockable>
concept LockedWithOthers = requires {
  Standing<Lockable>::shares;
};

/// One of several lockables, as the algorithm sees it.
class OneOfSeveral {
 public:
  template <LockedWithOthers Lockable>
  explicit OneOfSeveral(Lockable& lockable, const source_location& site)
      : address_(&Standing<Lockable>::mutex_of(lockable)), lockable_(&lockable) {
    auto& state = Standing<Lockable>::mutex_of(lockable).state_;
    if constexpr (std::same_as<decltype(state), BasicSharedMutex&>)
      lock_ = state.as_one_of_several(Standing<Lockable>::shares, site);
    else
      lock_ = state.as_one_of_several(site);
    take_ = [](void* given, const core::SeveralLocks& all, std::uint32_t number, const core::Site& at) {
      auto& mine = *static_cast<Lockable*>(given);
      auto& locked = Standing<Lockable>::mutex_of(mine).state_;
      if constexpr (std::same_as<decltype(locked), BasicSharedMutex&>)
        locked.take_among(Standing<Lockable>::shares, all, number, at);
      else
        locked.lock_among(all, number, at);
      Standing<Lockable>::has_locked(mine);
    };
    give_back_ = [](void* given) { static_cast<Lockable*>(given)->unlock(); };
  }

  const void* address() const { return address_; }
  const core::LockOfSeveral& lock() const { return lock_; }
  void take(const core::SeveralLocks& all, std::uint32_t number, const core::Site& site) const {
    take_(lockable_, all, number, site);
  }
  void give_back() const { give_back_(lockable_); }

 private:
  const void* address_;
  void* lockable_;
  core::LockOfSeveral lock_;
  void (*take_)(void*, const core::SeveralLocks&, std::uint32_t, const core::Site&);
  void (*give_back_)(void*);
};

/// Locks `count` of them, which it sorts; `locks` has room for as many. `site` may have no line: then the place is that
/// of the call. Where one throws, those that were locked are unlocked again.
void lock_several(OneOfSeveral* all, core::LockOfSeveral* locks, std::uint32_t count, const source_location& site);

template <LockedWithOthers... Lockables>
[[gnu::always_inline]] inline void lock_at(const source_location& site, Lockables&... lockables) {
  OneOfSeveral all[] = {OneOfSeveral(lockables, site)...};
  core::LockOfSeveral locks[sizeof...(lockables)] = {};
  lock_several(all, locks, sizeof...(lockables), site);
}

}  // namespace models

using std::adopt_lock;
using std::adopt_lock_t;
using std::defer_lock;
using std::defer_lock_t;
using std::lock_guard;
using std::scoped_lock;
using std::shared_lock;
using std::swap;
using std::try_lock;
using std::try_to_lock;
using std::try_to_lock_t;
using std::unique_lock;

}  // namespace heddle

/// A partial specialisation for types of ours, which std allows ([namespace.std]).
/// Locks all without deadlock; a thread that waits here keeps none of them from others for ever.
/// Happens-before: that of each mutex.
template <heddle::models::LockedWithOthers First, heddle::models::LockedWithOthers Second,
          heddle::models::LockedWithOthers... Others>
class std::scoped_lock<First, Second, Others...> {
 public:
  [[nodiscard]] explicit scoped_lock(First& first, Second& second, Others&... others,
                                     heddle::source_location site = heddle::source_location::current())
      : held_(first, second, others...) {
    heddle::models::lock_at(site, first, second, others...);
  }
  /// The calling thread has locked them already.
  [[nodiscard]] explicit scoped_lock(std::adopt_lock_t, First& first, Second& second, Others&... others) noexcept
      : held_(first, second, others...) {}
  scoped_lock(const scoped_lock&) = delete;
  scoped_lock& operator=(const scoped_lock&) = delete;
  [[gnu::always_inline]] ~scoped_lock() {
    std::apply([](auto&... each) { (each.unlock(), ...); }, held_);
  }

 private:
  std::tuple<First&, Second&, Others&...> held_;
};

namespace std {

/// The same for std::lock. [namespace.std] leaves overloads of std's functions to the implementation. This one stands
/// in for a part of it, as heddle's classes do, and there is no other way to get hold of code that calls std::lock by
/// its name. It is chosen for types of ours only, being more constrained.
template <heddle::models::LockedWithOthers First, heddle::models::LockedWithOthers Second,
          heddle::models::LockedWithOthers... Others>
[[gnu::always_inline]] inline void lock(First& first, Second& second, Others&... others) {
  heddle::models::lock_at({}, first, second, others...);
}

}  // namespace std

namespace heddle {
using std::lock;
}
