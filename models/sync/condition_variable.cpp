#include "models/sync/condition_variable.hpp"

namespace heddle {

void condition_variable::wait(std::unique_lock<mutex>& lock, Site site) {
  if (!lock.owns_lock()) runtime::misuse("wait with a lock that is not held", site);
  mutex& held = *lock.mutex();
  // A spurious wake-up is a wait that nobody notices: the mutex is given up and taken again.
  const bool spurious = runtime::take_spurious_wakeup(site);
  if (!spurious && !waiters_.enter(held.state_.id(site), site))
    runtime::misuse("wait with a mutex other than the one that other threads wait with on this condition variable",
                    site);
  held.unlock(site);
  if (!spurious) waiters_.sleep(site);
  held.lock(site);
}

}  // namespace heddle
