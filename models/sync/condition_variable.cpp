#include "models/sync/condition_variable.hpp"

namespace heddle {

bool condition_variable::enter(std::unique_lock<mutex>& lock, const Site& site) {
  if (!lock.owns_lock()) runtime::misuse("wait with a lock that is not held", site);
  mutex& held = *lock.mutex();
  // A spurious wake-up is a wait that nobody notices: the mutex is given up and taken again.
  const bool spurious = runtime::take_spurious_wakeup(site);
  if (!spurious && !waiters_.enter(held.state_.id(site), site))
    runtime::misuse("wait with a mutex other than the one that other threads wait with on this condition variable",
                    site);
  held.unlock(site);
  return !spurious;
}

void condition_variable::wait(std::unique_lock<mutex>& lock, Site site) {
  if (enter(lock, site)) waiters_.sleep(site);
  lock.mutex()->lock(site);
}

cv_status condition_variable::timed_wait(std::unique_lock<mutex>& lock, models::TimeLimit limit, const Site& site) {
  const bool in_time = !enter(lock, site) || waiters_.sleep_for(limit, site);
  lock.mutex()->lock(site);
  return in_time ? cv_status::no_timeout : cv_status::timeout;
}

}  // namespace heddle
