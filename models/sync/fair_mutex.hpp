// heddle::fair_mutex: a mutex that is handed over in the order in which threads asked for it.
#pragma once

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

namespace models {

/// State: the queue of threads, 7 bits each (thread + 1), nine in each word; the first holds the mutex. To lock is to
/// join the queue, an update that never waits, and then to follow the object until one stands first. The place in the
/// queue is what others can see of a thread that waits, so that there is no race for the mutex when it is given back.
class FairMutexPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { lock, have, try_lock, unlock };
  static constexpr unsigned most_threads = 18;

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "fair mutex"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  bool in_use(core::Value state) const override { return state.low != 0; }
  std::vector<core::ThreadId> holders(core::Value state) const override;
};

inline constexpr FairMutexPrimitive fair_mutex_primitive{};

}  // namespace models

/// A lock that one thread at a time holds, and that whoever asked first gets next: nobody who waits is overtaken.
/// std has none; a ticket lock is one. Misuse is a finding, as of heddle::mutex. At most 18 threads at a time.
/// Happens-before: an unlock synchronizes with the locks after it, and with each try_lock that succeeds.
class fair_mutex {
 public:
  constexpr fair_mutex(source_location site = source_location::current()) noexcept
      : location_(models::fair_mutex_primitive, {}, site) {}
  fair_mutex(const fair_mutex&) = delete;
  fair_mutex& operator=(const fair_mutex&) = delete;
  ~fair_mutex() { location_.end(models::fair_mutex_primitive); }

  /// Blocks until every thread that asked before has given it back.
  [[gnu::always_inline]] void lock() { lock_at(core::Site::here()); }
  /// Takes it if nobody holds it; never blocks, and never fails spuriously.
  [[gnu::always_inline]] bool try_lock() { return try_lock_at(core::Site::here()); }
  [[gnu::always_inline]] void unlock() { unlock_at(core::Site::here()); }

 private:
  void lock_at(const core::Site& site);
  bool try_lock_at(const core::Site& site);
  void unlock_at(const core::Site& site);
  core::Delivery ask(core::OperationKind kind, models::FairMutexPrimitive::Code code, const core::Site& site);

  runtime::Location location_;
};

}  // namespace heddle
