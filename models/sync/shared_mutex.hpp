// heddle::shared_mutex and heddle::shared_timed_mutex, spelled as in std ([thread.sharedmutex.class],
// [thread.sharedtimedmutex.class]).
//
// The state is the set of threads that share it, and who holds it alone. Whoever waits is not in the state: neither
// readers nor writers come first, as the standard leaves it. Readers are not ordered among each other. Where some try
// of a harness fails they are, and an unlock_shared is taken to synchronize with a lock_shared after it too. No race is
// missed by that: where it made the difference, the two shared sections also overlap in some execution, and nothing
// orders them there.
#pragma once

#include "checker/core/several.hpp"
#include "checker/runtime/harness_interface.hpp"
#include "models/sync/time_limit.hpp"

namespace heddle {

namespace models {

class SharedMutexPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t {
    lock,
    try_lock,
    try_lock_for,
    unlock,
    lock_shared,
    try_lock_shared,
    try_lock_shared_for,
    unlock_shared
  };

  constexpr SharedMutexPrimitive() : Primitive(true) {}
  /// Who shares it commutes with who else does.
  bool commute(const core::Operation& a, const core::Operation& b) const override {
    return a.code >= lock_shared && b.code >= lock_shared;
  }

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "shared mutex"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  bool in_use(core::Value state) const override { return state != core::Value{}; }
  std::vector<core::ThreadId> holders(core::Value state) const override;
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
};

inline constexpr SharedMutexPrimitive shared_mutex_primitive{};

class BasicSharedMutex {
 public:
  explicit BasicSharedMutex(const source_location& site) : location_(shared_mutex_primitive, {}, site) {}
  BasicSharedMutex(const BasicSharedMutex&) = delete;
  BasicSharedMutex& operator=(const BasicSharedMutex&) = delete;
  ~BasicSharedMutex() { location_.end(shared_mutex_primitive); }

  /// Blocks until it is taken.
  void take(bool shared, const core::Site& site);
  /// As the `number`-th of `all`; `caller` is in the harness's code.
  void take_among(bool shared, const core::SeveralLocks& all, std::uint32_t number, const core::Site& site);
  core::LockOfSeveral as_one_of_several(bool shared, const core::Site& site) const;
  bool try_take(bool shared, const core::Site& site);
  bool try_take_for(bool shared, TimeLimit limit, const source_location& site);
  void give_back(bool shared, const core::Site& site);

 private:
  const core::Delivery& ask(SharedMutexPrimitive::Code code, const core::Site& site) const;
  core::Operation operation(SharedMutexPrimitive::Code code, const core::Site& site) const;

  runtime::Location location_;
};

class OneOfSeveral;  // locks.hpp

/// The members that both have.
class SharedMutexMembers {
 public:
  /// Blocks while any other thread holds it.
  [[gnu::always_inline]] void lock() { state_.take(false, core::Site::here()); }
  /// Takes it if nobody holds it; never blocks, and never fails spuriously.
  [[gnu::always_inline]] bool try_lock() { return state_.try_take(false, core::Site::here()); }
  [[gnu::always_inline]] void unlock() { state_.give_back(false, core::Site::here()); }
  /// Blocks while another thread holds it alone.
  [[gnu::always_inline]] void lock_shared() { state_.take(true, core::Site::here()); }
  /// Shares it if no other thread holds it alone; never blocks, and never fails spuriously.
  [[gnu::always_inline]] bool try_lock_shared() { return state_.try_take(true, core::Site::here()); }
  [[gnu::always_inline]] void unlock_shared() { state_.give_back(true, core::Site::here()); }

 protected:
  explicit SharedMutexMembers(const source_location& site) noexcept : state_(site) {}
  ~SharedMutexMembers() = default;

  friend class OneOfSeveral;
  BasicSharedMutex state_;
};

}  // namespace models

/// A lock that one thread holds alone, or any number share. Misuse is a finding: to lock it in any mode while holding
/// it in any mode, to unlock what is not held in that mode, to destroy it while it is held.
/// Happens-before: an unlock synchronizes with the locks of either kind after it, an unlock_shared with those that are
/// not shared.
class shared_mutex : public models::SharedMutexMembers {
 public:
  shared_mutex(source_location site = source_location::current()) noexcept : SharedMutexMembers(site) {}
};

/// The same, and it can be tried for a time, in either mode.
class shared_timed_mutex : public models::SharedMutexMembers {
  using Site = source_location;

 public:
  shared_timed_mutex(Site site = Site::current()) noexcept : SharedMutexMembers(site) {}

  /// Takes it, or times out while another thread holds it; as --timeouts has it.
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& duration, Site site = Site::current()) {
    return state_.try_take_for(false, models::limit_of(duration), site);
  }
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& time, Site site = Site::current()) {
    return state_.try_take_for(false, models::limit_until(time), site);
  }
  /// Shares it, or times out while another thread holds it alone.
  template <class Rep, class Period>
  bool try_lock_shared_for(const std::chrono::duration<Rep, Period>& duration, Site site = Site::current()) {
    return state_.try_take_for(true, models::limit_of(duration), site);
  }
  template <class Clock, class Duration>
  bool try_lock_shared_until(const std::chrono::time_point<Clock, Duration>& time, Site site = Site::current()) {
    return state_.try_take_for(true, models::limit_until(time), site);
  }
};

}  // namespace heddle
