// heddle::condition_variable, spelled as in std ([thread.condition.condvar]).
#pragma once

#include <mutex>

#include "models/sync/condition.hpp"
#include "models/sync/mutex.hpp"

namespace heddle {

/// Threads wait in it, having given up a mutex, until they are notified; each notify_one wakes any one of the threads
/// that wait then. Spurious wake-ups happen as often as --spurious-wakeups=N allows each thread. Happens-before: none
/// by itself; the mutex gives it.
class condition_variable {
  using Site = source_location;

 public:
  constexpr condition_variable(Site site = Site::current()) : waiters_(site) {}
  condition_variable(const condition_variable&) = delete;
  condition_variable& operator=(const condition_variable&) = delete;

  /// Gives up the lock and waits, in one step; has the lock again when it returns. Misuse where the calling thread does
  /// not hold it, or where other threads wait with another mutex.
  void wait(std::unique_lock<mutex>& lock, Site site = Site::current());
  /// Waits until `predicate()` holds.
  template <class Predicate>
  requires requires(Predicate predicate) { static_cast<bool>(predicate()); }
  void wait(std::unique_lock<mutex>& lock, Predicate predicate, Site site = Site::current()) {
    while (!predicate()) wait(lock, site);
  }
  void notify_one(Site site = Site::current()) noexcept { waiters_.notify(false, site); }
  void notify_all(Site site = Site::current()) noexcept { waiters_.notify(true, site); }

 private:
  models::Condition waiters_;
};

}  // namespace heddle
