// heddle::condition_variable_any, spelled as in std ([thread.condition.condvarany]).
#pragma once

#include <condition_variable>
#include <optional>
#include <utility>

#include "models/sync/condition.hpp"
#include "models/sync/stop_token.hpp"

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

  /// As wait, until it times out; as --timeouts has it. Timeout is also what is returned where the limit has passed
  /// when the lock is had again, though the thread was notified before: that notification is used up.
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
    const models::Deadline end(models::limit_of(duration));
    while (!predicate())
      if (wait_once(lock, end, site) == Woken::late) return predicate();
    return true;
  }
  template <class Lock, class Clock, class Duration, class Predicate>
  requires requires(Predicate predicate) { static_cast<bool>(predicate()); }
  bool wait_until(Lock& lock, const std::chrono::time_point<Clock, Duration>& time, Predicate predicate,
                  Site site = Site::current()) {
    while (!predicate())
      if (wait_once(lock, models::Deadline(models::limit_until(time)), site) == Woken::late) return predicate();
    return true;
  }

  // Waits that end when a stop is requested, too ([thread.condvarany.intwait]); they say whether `predicate()` holds.
  template <class Lock, class Predicate>
  bool wait(Lock& lock, stop_token token, Predicate predicate, Site site = Site::current()) {
    return stoppable_wait(
        lock, token, predicate, [] { return std::optional<models::Deadline>(); }, site);
  }
  template <class Lock, class Clock, class Duration, class Predicate>
  bool wait_until(Lock& lock, stop_token token, const std::chrono::time_point<Clock, Duration>& time,
                  Predicate predicate, Site site = Site::current()) {
    const auto end = [&] { return std::optional(models::Deadline(models::limit_until(time))); };
    return stoppable_wait(lock, token, predicate, end, site);
  }
  template <class Lock, class Rep, class Period, class Predicate>
  bool wait_for(Lock& lock, stop_token token, const std::chrono::duration<Rep, Period>& duration, Predicate predicate,
                Site site = Site::current()) {
    const std::optional end = models::Deadline(models::limit_of(duration));
    return stoppable_wait(
        lock, token, predicate, [&] { return end; }, site);
  }

  [[gnu::always_inline]] void notify_one() noexcept { waiters_.notify(false, core::Site::here()); }
  [[gnu::always_inline]] void notify_all() noexcept { waiters_.notify(true, core::Site::here()); }

 private:
  using Woken = models::Woken;

  /// The first half of a wait: gives up the lock, and is found by notifications. False for a spurious wake-up.
  template <class Lock>
  bool enter(Lock& lock, const Site& site) {
    const bool spurious = runtime::take_spurious_wakeup(site);
    if (!spurious) waiters_.enter(0, site);
    lock.unlock();
    return !spurious;
  }

  /// A wait with a limit that has the lock again.
  template <class Lock>
  Woken wait_once(Lock& lock, const models::Deadline& end, const Site& site) {
    const Woken woken = enter(lock, site) ? waiters_.sleep_until(end, site) : Woken::spuriously;
    lock.lock();
    return end.has_passed() ? Woken::late : woken;
  }

  template <class Lock>
  std::cv_status timed_wait(Lock& lock, models::TimeLimit limit, const Site& site) {
    const models::Deadline end(limit);
    return models::status_of(wait_once(lock, end, site), end, site);
  }

  /// `when_to_end` says when the wait that begins now ends, if ever.
  template <class Lock, class Predicate, class WhenToEnd>
  bool stoppable_wait(Lock& lock, const stop_token& token, Predicate& predicate, WhenToEnd when_to_end,
                      const Site& site) {
    bool registered = false;
    bool stopped = false;  // before: by a callback that this thread has called itself
    const stop_callback wakes(
        token,
        [&] {
          if (!registered) stopped = true;
          waiters_.notify(true, site);
        },
        site);
    registered = true;
    if (stopped) return predicate();
    while (!predicate()) {
      const std::optional<models::Deadline> end = when_to_end();
      const bool waits = !runtime::take_spurious_wakeup(site);
      if (waits) waiters_.enter(0, site);
      // Looked at only now: a stop that is requested after this finds the thread waiting.
      if (token.state_ && token.state_->settle(site)) {
        if (waits) waiters_.leave(site);
        return predicate();
      }
      lock.unlock();
      Woken woken = Woken::spuriously;
      if (waits && end) woken = waiters_.sleep_until(*end, site);
      if (waits && !end) waiters_.sleep(site);
      lock.lock();
      if (woken == Woken::late || (end && end->has_passed())) return predicate();
    }
    return true;
  }

  models::Condition<> waiters_;
};

}  // namespace heddle
