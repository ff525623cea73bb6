// heddle::robust_mutex: a mutex whose next holder learns that the one before has died, as PTHREAD_MUTEX_ROBUST of POSIX
// (IEEE Std 1003.1, pthread_mutexattr_setrobust(), pthread_mutex_lock(), pthread_mutex_consistent()).
#pragma once

#include <system_error>

#include "checker/runtime/processes.hpp"

namespace heddle {

namespace models {

/// State: who holds it (low: thread + 1, 0 for nobody); what has become of the data (high).
class RobustMutexPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { lock, try_lock, unlock, make_consistent, owner_died };
  static constexpr std::uint64_t inconsistent = 1;     ///< a holder died, and nobody has called make_consistent since
  static constexpr std::uint64_t not_recoverable = 2;  ///< it was unlocked like that: nobody gets it any more

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "robust mutex"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  bool in_use(core::Value state) const override { return state.low != 0; }
  std::vector<core::ThreadId> holders(core::Value state) const override;
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
};

inline constexpr RobustMutexPrimitive robust_mutex_primitive{};

/// Those that `thread`, which has ended or is about to, holds have lost their owner.
void give_up_robust_mutexes(core::ThreadId thread, const core::Site& site);

}  // namespace models

/// A mutex for heddle::shared_memory: where the thread that holds it ends, or its process dies, the next one gets it
/// nevertheless and is told. Misuse is a finding: a second lock by its holder, unlock of what the thread does not hold,
/// make_consistent where nothing is to be made consistent.
/// Happens-before: as mutex; what a holder did before it died comes before the lock that gets owner_dead.
class robust_mutex {
  using Site = source_location;

 public:
  robust_mutex(Site site = Site::current()) : location_(models::robust_mutex_primitive, {}, site) {}
  robust_mutex(const robust_mutex&) = delete;
  robust_mutex& operator=(const robust_mutex&) = delete;
  ~robust_mutex() { location_.end(models::robust_mutex_primitive); }

  /// Blocks while another thread holds it. Returns std::errc{}, or std::errc::owner_dead where the holder before ended
  /// with it: then the calling thread holds it, and should repair the data and call make_consistent. Throws
  /// std::system_error (state_not_recoverable) where nobody did.
  std::errc lock(Site site = Site::current());
  /// As lock; std::errc::device_or_resource_busy where it would block.
  std::errc try_lock(Site site = Site::current());
  /// Without make_consistent after owner_dead the mutex is lost: every lock from then on throws.
  void unlock(Site site = Site::current());
  /// The data is in order again.
  void make_consistent(Site site = Site::current());

 private:
  friend void models::give_up_robust_mutexes(core::ThreadId, const core::Site&);
  core::Delivery ask(models::RobustMutexPrimitive::Code code, core::ThreadId owner, const core::Site& site);
  std::errc locked(const core::Delivery& delivery, const Site& site);

  runtime::Location location_;
  robust_mutex* next_ = nullptr;  ///< of those that the same thread holds
};

}  // namespace heddle
