// heddle::priority_mutex: a mutex with priority inheritance.
#pragma once

#include "models/sync/mutex.hpp"

namespace heddle {

/// A mutex whose holder runs with the highest priority of those who wait for it (POSIX PTHREAD_PRIO_INHERIT), as far as
/// --scheduler=fixed-priority is concerned. Otherwise as heddle::mutex.
class priority_mutex {
 public:
  constexpr priority_mutex(source_location site = source_location::current()) noexcept : state_(site) {}

  /// Blocks while another thread holds it.
  [[gnu::always_inline]] void lock() { state_.lock(core::Site::here()); }
  /// Takes it if nobody holds it; never blocks, and never fails spuriously.
  [[gnu::always_inline]] bool try_lock() { return state_.try_lock(core::Site::here()); }
  [[gnu::always_inline]] void unlock() { state_.unlock(core::Site::here()); }

 private:
  friend class models::OneOfSeveral;
  models::BasicMutex<models::MutexKind::priority> state_;
};

}  // namespace heddle
