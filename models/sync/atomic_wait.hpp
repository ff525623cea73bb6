// How a thread waits for an atomic's value to change ([atomics.wait]): under heddle::atomic and heddle::atomic_ref.
#pragma once

#include "models/sync/atomic_primitive.hpp"
#include "models/sync/condition.hpp"

namespace heddle::models {

/// Blocks until the value is not `old` and the thread was notified, or found it so at once. `waiters()` are those who
/// wait for the same; it is asked only where the thread has to.
template <class T, class Waiters>
void atomic_wait(core::LocationId location, Waiters waiters, T old, memory_order order, const source_location& site) {
  const core::Value unwanted = to_value(old);
  const core::Order read = load_order(order, site);
  while (to_value(atomic_load<T>(location, read, site)) == unwanted) {
    const WaitingThreads threads = waiters();
    threads.enter(0, site);
    // The thread is about to sleep, and makes sure that it has to.
    if (to_value(atomic_load<T>(location, read, site, threads.id())) == unwanted)
      threads.sleep(site);
    else
      threads.leave(site);
  }
}

}  // namespace heddle::models
