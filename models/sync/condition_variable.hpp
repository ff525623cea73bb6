// heddle::condition_variable, spelled as in std ([thread.condition.condvar]).
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#include "models/sync/condition.hpp"
#include "models/sync/mutex.hpp"

namespace heddle {

using std::cv_status;

/// Threads wait in it, having given up a mutex, until they are notified; each notify_one wakes any one of the threads
/// that wait then. Spurious wake-ups happen as often as --spurious-wakeups=N allows each thread, timeouts as --timeouts
/// says. Happens-before: none by itself; the mutex gives it.
class condition_variable {
  using Site = source_location;

 public:
  constexpr condition_variable(Site site = Site::current()) noexcept : waiters_(site) {}
  condition_variable(const condition_variable&) = delete;
  condition_variable& operator=(const condition_variable&) = delete;

  /// Gives up the lock and waits, in one step; has the lock again when it returns. Misuse where the calling thread does
  /// not hold it, or where other threads wait with another mutex.
  [[gnu::always_inline]] void wait(std::unique_lock<mutex>& lock) { wait_at(lock, core::Site::here()); }
  /// Waits until `predicate()` holds.
  template <class Predicate>
  requires requires(Predicate predicate) { static_cast<bool>(predicate()); }
  void wait(std::unique_lock<mutex>& lock, Predicate predicate, Site site = Site::current()) {
    while (!predicate()) wait_at(lock, site);
  }

  /// As wait, until it times out. Timeout is also what is returned where the limit has passed when the lock is had
  /// again, though the thread was notified before: that notification is used up.
  template <class Rep, class Period>
  cv_status wait_for(std::unique_lock<mutex>& lock, const std::chrono::duration<Rep, Period>& duration,
                     Site site = Site::current()) {
    return timed_wait(lock, models::limit_of(duration), site);
  }
  template <class Clock, class Duration>
  cv_status wait_until(std::unique_lock<mutex>& lock, const std::chrono::time_point<Clock, Duration>& time,
                       Site site = Site::current()) {
    return timed_wait(lock, models::limit_until(time), site);
  }
  /// Waits until `predicate()` holds, or it times out; says whether it holds then.
  template <class Rep, class Period, class Predicate>
  requires requires(Predicate predicate) { static_cast<bool>(predicate()); }
  bool wait_for(std::unique_lock<mutex>& lock, const std::chrono::duration<Rep, Period>& duration, Predicate predicate,
                Site site = Site::current()) {
    const models::Deadline end(models::limit_of(duration));
    while (!predicate())
      if (wait_once(lock, end, site) == Woken::late) return predicate();
    return true;
  }
  template <class Clock, class Duration, class Predicate>
  requires requires(Predicate predicate) { static_cast<bool>(predicate()); }
  bool wait_until(std::unique_lock<mutex>& lock, const std::chrono::time_point<Clock, Duration>& time,
                  Predicate predicate, Site site = Site::current()) {
    while (!predicate())
      if (wait_once(lock, models::Deadline(models::limit_until(time)), site) == Woken::late) return predicate();
    return true;
  }

  [[gnu::always_inline]] void notify_one() noexcept { waiters_.notify(false, core::Site::here()); }
  [[gnu::always_inline]] void notify_all() noexcept { waiters_.notify(true, core::Site::here()); }

 private:
  friend void notify_all_at_thread_exit(condition_variable& condition, std::unique_lock<mutex> lock);
  using Woken = models::Woken;

  /// Whether nobody waits here, or all do with `held`.
  bool all_wait_with(const mutex& held, const core::Site& site) const {
    return waiters_.all_wait_with(held.state_.id(site), site);
  }
  void wait_at(std::unique_lock<mutex>& lock, const core::Site& site);
  cv_status timed_wait(std::unique_lock<mutex>& lock, models::TimeLimit limit, const core::Site& site);
  /// A wait with a limit that has the lock again.
  Woken wait_once(std::unique_lock<mutex>& lock, const models::Deadline& end, const core::Site& site);
  /// The first half of a wait: gives up the lock, and is found by notifications. False for a spurious wake-up.
  bool enter(std::unique_lock<mutex>& lock, const core::Site& site);
  void notify_at_thread_exit(std::unique_lock<mutex> lock, const core::Site& site);

  models::Condition<> waiters_;
};

/// When the calling thread has ended, after its thread_locals: gives up the lock, then notifies all that wait. Misuse
/// where the calling thread does not hold it, or where other threads wait with another mutex.
[[gnu::always_inline]] inline void notify_all_at_thread_exit(condition_variable& condition,
                                                             std::unique_lock<mutex> lock) {
  condition.notify_at_thread_exit(std::move(lock), core::Site::here());
}

}  // namespace heddle
