#include "models/sync/condition_variable.hpp"

#include <memory>

#include "checker/runtime/processes.hpp"

namespace heddle {

bool condition_variable::enter(std::unique_lock<mutex>& lock, const core::Site& site) {
  if (!lock.owns_lock()) runtime::misuse("wait with a lock that is not held", site);
  mutex& held = *lock.mutex();
  // A spurious wake-up is a wait that nobody notices: the mutex is given up and taken again.
  const bool spurious = runtime::take_spurious_wakeup(site);
  if (!spurious && !waiters_.enter(held.state_.id(site), site))
    runtime::misuse("wait with a mutex other than the one that other threads wait with on this condition variable",
                    site);
  const runtime::Uninterrupted in_one_step;  // no process dies with the one done and the other not
  held.state_.unlock(site);
  return !spurious;
}

void condition_variable::wait_at(std::unique_lock<mutex>& lock, const core::Site& site) {
  if (enter(lock, site)) waiters_.sleep(site);
  lock.mutex()->state_.lock(site);
}

models::Woken condition_variable::wait_once(std::unique_lock<mutex>& lock, const models::Deadline& end,
                                            const core::Site& site) {
  const Woken woken = enter(lock, site) ? waiters_.sleep_until(end, site) : Woken::spuriously;
  lock.mutex()->state_.lock(site);
  return end.has_passed() ? Woken::late : woken;
}

cv_status condition_variable::timed_wait(std::unique_lock<mutex>& lock, models::TimeLimit limit,
                                         const core::Site& site) {
  const models::Deadline end(limit);
  return models::status_of(wait_once(lock, end, site), end, site);
}

void condition_variable::notify_at_thread_exit(std::unique_lock<mutex> lock, const core::Site& site) {
  if (!lock.owns_lock()) runtime::misuse("notify_all_at_thread_exit with a lock that is not held", site);
  if (!all_wait_with(*lock.mutex(), site))
    runtime::misuse(
        "notify_all_at_thread_exit with a mutex other than the one that other threads wait with on this condition "
        "variable",
        site);
  struct LastNotification {
    condition_variable& condition;
    mutex& held;
    core::Site site;
  };
  runtime::at_thread_exit(
      [](void* argument) {
        const std::unique_ptr<LastNotification> last(static_cast<LastNotification*>(argument));
        last->held.state_.unlock(last->site);
        last->condition.waiters_.notify(true, last->site);
      },
      new LastNotification{*this, *lock.release(), site});
}

}  // namespace heddle
