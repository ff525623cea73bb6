// Who waits for a notification: the semantics under condition_variable, and under wait and notify of atomic<T>.
//
// The state is the set of threads that wait. To wait is two operations: *enter* puts the thread into the set, *sleep*
// lets it go on once a notification has taken it out. A notify_one has one outcome for each waiter. Which notification
// woke a thread is the only order there is between a sleep and the rest, so waking costs the search nothing.
// A wait that may time out is the same as long as it does not; to time out is to leave the set. Whoever was notified
// has used the notification up, and may still find that the limit has passed when it returns.
#pragma once

#include <condition_variable>

#include "checker/runtime/harness_interface.hpp"
#include "models/sync/time_limit.hpp"

namespace heddle::models {

class ConditionPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { enter, sleep, leave, notify_one, notify_all, sleep_for, look };

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  constexpr explicit ConditionPrimitive(bool of_atomic) : of_atomic_(of_atomic) {}
  const char* name() const override { return of_atomic_ ? "atomic wait" : "condition variable"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  bool in_use(core::Value state) const override;
  /// [thread.condition.condvar]: who was notified need not be awake yet when it is destroyed.
  bool outlives(const core::Operation& operation) const override {
    return operation.code == sleep || operation.code == sleep_for;
  }
  core::Need need(const core::Operation&) const override { return core::Need::notify; }
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;

 private:
  bool of_atomic_;
};

inline constexpr ConditionPrimitive condition_primitive{false};
inline constexpr ConditionPrimitive atomic_wait_primitive{true};

/// How a wait with a time limit has ended.
enum class Woken : std::uint8_t { notified, spuriously, late };

/// What a wait that has its lock again returns ([thread.condition.condvar]): timeout where the limit has passed by now,
/// also for a thread that was notified. That one's limit may pass here. One that woke up without a reason might as well
/// have timed out before.
std::cv_status status_of(Woken woken, const Deadline& end, const core::Site& site);

/// The threads that wait at a location of this kind.
class WaitingThreads {
 public:
  WaitingThreads(core::LocationId location, bool of_atomic) : location_(location), of_atomic_(of_atomic) {}

  /// Puts the calling thread into the set; false where others wait there with another mutex than `mutex`.
  bool enter(core::LocationId mutex, const core::Site& site) const;
  /// Whether nobody waits there, or all do with `mutex`.
  bool all_wait_with(core::LocationId mutex, const core::Site& site) const;
  /// Blocks until a notification has taken the calling thread out of the set.
  void sleep(const core::Site& site) const;
  /// The same with a time limit: notified, or late; then the thread is no longer in the set.
  Woken sleep_until(const Deadline& end, const core::Site& site) const;
  /// Takes the calling thread out again, had it not been notified.
  void leave(const core::Site& site) const;
  void notify(bool all, const core::Site& site) const;
  core::LocationId id() const { return location_; }

 private:
  core::Operation operation(core::OperationKind kind, ConditionPrimitive::Code code, const core::Site& site) const;

  core::LocationId location_;
  bool of_atomic_;
};

/// An object of a location of its own.
template <bool of_atomic = false>
class Condition {
 public:
  constexpr explicit Condition(const source_location& site) : location_(primitive(), {}, site) {}
  ~Condition() { location_.end(primitive()); }

  WaitingThreads threads(const core::Site& site) const { return {location_.id(primitive(), {}, site), of_atomic}; }
  bool enter(core::LocationId mutex, const core::Site& site) const { return threads(site).enter(mutex, site); }
  void sleep(const core::Site& site) const { threads(site).sleep(site); }
  Woken sleep_until(const Deadline& end, const core::Site& site) const { return threads(site).sleep_until(end, site); }
  void leave(const core::Site& site) const { threads(site).leave(site); }
  bool all_wait_with(core::LocationId mutex, const core::Site& site) const {
    return threads(site).all_wait_with(mutex, site);
  }
  void notify(bool all, const core::Site& site) const { threads(site).notify(all, site); }

 private:
  static constexpr const ConditionPrimitive& primitive() {
    return of_atomic ? atomic_wait_primitive : condition_primitive;
  }

  runtime::Location location_;
};

}  // namespace heddle::models
