// What a promise and its futures share ([futures.state]): the semantics under models/sync/future.hpp.
//
// The state is whether there is a result: none, one that is claimed (its value comes at the end of a thread, or a
// deferred function is at it), or one that is ready. Waiting follows the write that makes it ready: there is just one.
// Who destroys the result is no matter of chance: the consumers do, the last of them; only where they had left before
// it was set, whoever sets it.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "checker/runtime/harness_interface.hpp"
#include "models/sync/shared_count.hpp"
#include "models/sync/time_limit.hpp"

namespace heddle::models {

class FuturePrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { set, claim, publish, wait, timed_wait, look, abandon };

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "future"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  core::Need need(const core::Operation& operation) const override {
    return awaited(operation) == core::no_thread ? core::Need::post : core::Need::end_of_thread;
  }
  /// That of an async makes the result.
  core::ThreadId awaited(const core::Operation& operation) const override {
    return static_cast<core::ThreadId>(operation.expected.low);
  }
  const char* waking(const core::Operation&) const override { return "make it ready"; }
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
};

inline constexpr FuturePrimitive future_primitive{};

/// How many shared_futures there are, where the last one has something to do.
class ConsumersPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { copy, destroy };

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "shared_futures"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override { return std::to_string(state.low); }
};

inline constexpr ConsumersPrimitive consumers_primitive{};

class FutureState {
 public:
  enum class Status { ready, timeout, deferred };

  explicit FutureState(const source_location& site)
      : site_(site), result_(future_primitive, {}, site), consumers_(consumers_primitive, {1, 0}, site) {}
  FutureState(const FutureState&) = delete;
  FutureState& operator=(const FutureState&) = delete;
  virtual ~FutureState() = default;

  // --- who makes the result ---
  /// Takes note of the first future, or throws future_already_retrieved.
  void retrieve();
  /// Throws promise_already_satisfied where there is a result, or a claim to one.
  void claim(const core::Site& site);
  /// Makes the result, which was claimed, ready.
  void publish(const core::Site& site);
  /// Has `state` made ready when the calling thread has ended, after its thread_locals.
  static void publish_at_thread_exit(Unwatched<FutureState> state);
  void set_error(std::exception_ptr error, const core::Site& site);
  void put_error(std::exception_ptr error) { error_ = std::move(error); }
  /// Leaves: a broken promise, where there is no result and somebody may wait for it.
  void leave_as_producer(const core::Site& site);
  /// Whoever waits joins `thread`, which makes the result.
  void made_by(core::ThreadId thread) { maker_ = thread; }

  // --- who waits for it ---
  void wait(const core::Site& site);
  Status wait_for(TimeLimit limit, const core::Site& site);
  const std::exception_ptr& error() const { return error_; }
  /// The consumer leaves; `waited`: it knows that there is a result.
  void leave_as_consumer(bool waited, const core::Site& site) noexcept;
  void add_consumer(const core::Site& site);
  /// One of several leaves.
  void leave_as_one_consumer(bool waited, const core::Site& site) noexcept;

  virtual void destroy_value() noexcept = 0;

 protected:
  /// Where there is no result yet, makes that one which `store` puts there; else throws promise_already_satisfied.
  template <class Store>
  void set_with(FuturePrimitive::Code code, Store store, const core::Site& site) {
    take(code, site);
    store();
    satisfied_ = true;
    if (abandoned_) destroy_value();
  }
  void take(FuturePrimitive::Code code, const core::Site& site);

  virtual bool value_needs_care() const = 0;  ///< the value's destructor may matter to others
  virtual bool is_deferred() const { return false; }
  virtual void run() {}  ///< the deferred function

 private:
  core::Delivery ask(core::OperationKind kind, FuturePrimitive::Code code, const core::Site& site,
                     std::optional<TimeLimit> limit = {});
  core::Delivery ask_consumers(ConsumersPrimitive::Code code, const core::Site& site);
  bool last_has_work() const { return value_needs_care() || maker_ != core::no_thread; }
  void join_maker(const core::Site& site);

  source_location site_;
  runtime::Location result_;  ///< not ended: the last owner need not come after the others
  runtime::Location consumers_;
  std::exception_ptr error_;
  core::ThreadId maker_ = core::no_thread;
  // Of the producer's side only.
  bool retrieved_ = false;
  bool satisfied_ = false;
  bool abandoned_ = false;
};

}  // namespace heddle::models
