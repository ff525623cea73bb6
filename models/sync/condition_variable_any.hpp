// heddle::condition_variable_any, spelled as in std ([thread.condition.condvarany]).
#pragma once

#include <condition_variable>
#include <utility>

#include "models/sync/condition.hpp"

namespace heddle {

/// A condition variable for locks of any type that has lock() and unlock(); else as condition_variable. Threads may
/// wait in it with different locks.
class condition_variable_any {
  using Site = source_location;

 public:
  condition_variable_any(Site site = Site::current()) : waiters_(site) {}
  condition_variable_any(const condition_variable_any&) = delete;
  condition_variable_any& operator=(const condition_variable_any&) = delete;

  /// Gives up the lock and waits, in one step; has the lock again when it returns.
  template <class Lock>
  void wait(Lock& lock, Site site = Site::current()) {
    const bool waits = enter(lock, site);
    if (waits) waiters_.sleep(site);
    lock.lock();
  }
  /// Waits until `predicate()` holds.
  template <class Lock, class Predicate>
  requires requires(Predicate predicate) { static_cast<bool>(predicate()); }
  void wait(Lock& lock, Predicate predicate, Site site = Site::current()) {
    while (!predicate()) wait(lock, site);
  }

  /// As wait, until it times out; as --timeouts has it.
  template <class Lock, class Rep, class Period>
  std::cv_status wait_for(Lock& lock, const std::chrono::duration<Rep, Period>& duration, Site site = Site::current()) {
    return timed_wait(lock, models::limit_of(duration), site);
  }
  template <class Lock, class Clock, class Duration>
  std::cv_status wait_until(Lock& lock, const std::chrono::time_point<Clock, Duration>& time,
                            Site site = Site::current()) {
    return timed_wait(lock, models::limit_until(time), site);
  }
  /// Waits until `predicate()` holds, or it times out; says whether it holds then.
  template <class Lock, class Rep, class Period, class Predicate>
  requires requires(Predicate predicate) { static_cast<bool>(predicate()); }
  bool wait_for(Lock& lock, const std::chrono::duration<Rep, Period>& duration, Predicate predicate,
                Site site = Site::current()) {
    return wait_until(lock, models::deadline(duration), std::move(predicate), site);
  }
  template <class Lock, class Clock, class Duration, class Predicate>
  requires requires(Predicate predicate) { static_cast<bool>(predicate()); }
  bool wait_until(Lock& lock, const std::chrono::time_point<Clock, Duration>& time, Predicate predicate,
                  Site site = Site::current()) {
    while (!predicate())
      if (wait_until(lock, time, site) == std::cv_status::timeout) return predicate();
    return true;
  }

  void notify_one(Site site = Site::current()) noexcept { waiters_.notify(false, site); }
  void notify_all(Site site = Site::current()) noexcept { waiters_.notify(true, site); }

 private:
  /// The first half of a wait: gives up the lock, and is found by notifications. False for a spurious wake-up.
  template <class Lock>
  bool enter(Lock& lock, const Site& site) {
    const bool spurious = runtime::take_spurious_wakeup(site);
    if (!spurious) waiters_.enter(0, site);
    lock.unlock();
    return !spurious;
  }

  template <class Lock>
  std::cv_status timed_wait(Lock& lock, models::TimeLimit limit, const Site& site) {
    const bool waits = enter(lock, site);
    const bool in_time = !waits || waiters_.sleep_for(limit, site);
    lock.lock();
    return in_time ? std::cv_status::no_timeout : std::cv_status::timeout;
  }

  models::Condition waiters_;
};

}  // namespace heddle
