// heddle::timed_mutex and heddle::recursive_timed_mutex, spelled as in std ([thread.timedmutex.class],
// [thread.timedmutex.recursive]).
#pragma once

#include "models/sync/mutex.hpp"

namespace heddle {

namespace models {

/// The members that both have.
template <MutexKind kind>
class TimedMutex {
  using Site = source_location;

 public:
  /// Blocks while another thread holds it.
  [[gnu::always_inline]] void lock() { state_.lock(core::Site::here()); }
  /// Takes it if nobody holds it; never blocks, and never fails spuriously.
  [[gnu::always_inline]] bool try_lock() { return state_.try_lock(core::Site::here()); }
  /// Takes it, or times out while another thread holds it; as --timeouts has it.
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& duration, Site site = Site::current()) {
    return state_.try_lock_for(limit_of(duration), site);
  }
  /// The same until a point in time.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& time, Site site = Site::current()) {
    return state_.try_lock_for(limit_until(time), site);
  }
  [[gnu::always_inline]] void unlock() { state_.unlock(core::Site::here()); }

 protected:
  explicit TimedMutex(const Site& site) noexcept : state_(site) {}
  ~TimedMutex() = default;

 private:
  friend class OneOfSeveral;
  BasicMutex<kind> state_;
};

}  // namespace models

/// A mutex that can be tried for a time. Misuse and happens-before are those of heddle::mutex; an attempt that times
/// out synchronizes with nothing.
class timed_mutex : public models::TimedMutex<models::MutexKind::timed> {
 public:
  timed_mutex(source_location site = source_location::current()) noexcept : TimedMutex(site) {}
};

/// The same for a recursive mutex.
class recursive_timed_mutex : public models::TimedMutex<models::MutexKind::recursive_timed> {
 public:
  recursive_timed_mutex(source_location site = source_location::current()) noexcept : TimedMutex(site) {}
};

}  // namespace heddle
