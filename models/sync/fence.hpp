// heddle::atomic_thread_fence and heddle::atomic_signal_fence, spelled as in std ([atomics.fences]).
#pragma once

#include "models/sync/memory_order.hpp"

namespace heddle {

/// Orders the calling thread's atomic accesses around it. Happens-before: a fence that releases, before a store that is
/// read, synchronizes with the acquire that reads it, or with a fence that acquires after the read. A relaxed one does
/// nothing.
void atomic_thread_fence(memory_order order, source_location site = source_location::current()) noexcept;

/// Orders a thread and a signal handler in it, of which there is none here: does nothing.
inline void atomic_signal_fence(memory_order) noexcept {}

}  // namespace heddle
