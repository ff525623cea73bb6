// heddle::promise, future, shared_future, packaged_task and async, spelled as in std ([futures]).
//
// Errors are std's: std::future_error with no_state, promise_already_satisfied, future_already_retrieved and
// broken_promise. Happens-before: making the result synchronizes with whoever waits for it; the end of an async thread
// with the first who sees the result, and with who destroys the last future ([futures.async]).
// async with both policies runs a thread, as the standard libraries do; launch::deferred tries the other.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "models/sync/future_state.hpp"
#include "models/sync/thread.hpp"

namespace heddle {

using std::future_category;
using std::future_errc;
using std::future_error;
using std::future_status;
using std::launch;
using std::make_error_code;
using std::make_error_condition;

template <class R>
class future;
template <class R>
class shared_future;

namespace models {

[[noreturn]] inline void no_state() { throw std::future_error(std::future_errc::no_state); }

/// A result, as it is kept: a value, a pointer for a reference, nothing for void.
template <class R>
struct Kept {
  R value;
  R take() { return std::move(value); }
  const R& look() const { return value; }
};
template <class R>
struct Kept<R&> {
  R& value;
  R& take() { return value; }
  R& look() const { return value; }
};
template <>
struct Kept<void> {
  void take() {}
  void look() const {}
};

template <class R>
class State : public FutureState {
 public:
  using FutureState::FutureState;
  ~State() override { delete value_; }

  /// Makes the result; it is there before it is ready.
  template <class... Value>
  void set(const core::Site& site, Value&&... value) {
    auto result = std::unique_ptr<Kept<R>>(new Kept<R>{std::forward<Value>(value)...});
    set_with(
        FuturePrimitive::set, [&] { value_ = result.release(); }, site);
  }
  /// Claims the result and puts it there; it is made before that, which may throw.
  template <class... Value>
  void claim_and_put(const core::Site& site, Value&&... value) {
    auto result = std::unique_ptr<Kept<R>>(new Kept<R>{std::forward<Value>(value)...});
    this->claim(site);
    value_ = result.release();
  }
  /// Puts it there; it was claimed.
  template <class... Value>
  void put(Value&&... value) {
    value_ = new Kept<R>{std::forward<Value>(value)...};
  }
  /// Calls `function`, and puts its result or what it throws.
  template <class Function>
  void put_result_of(Function&& function) {
    try {
      if constexpr (std::is_void_v<R>) {
        std::forward<Function>(function)();
        put();
      } else {
        put(std::forward<Function>(function)());
      }
    } catch (...) {
      this->put_error(std::current_exception());
    }
  }
  /// The same, and makes it ready: nobody else does.
  template <class Function>
  void set_result_of(Function&& function) {
    put_result_of(std::forward<Function>(function));
    set_with(FuturePrimitive::set, [] {}, {});
  }
  Kept<R>& value() { return *value_; }
  void destroy_value() noexcept override {
    delete value_;
    value_ = nullptr;
  }

 protected:
  bool value_needs_care() const override { return !std::is_trivially_destructible_v<Kept<R>>; }

 private:
  Kept<R>* value_ = nullptr;
};

/// A state whose result is made by who waits for it first.
template <class R, class Function>
class DeferredState final : public State<R> {
 public:
  DeferredState(Function function, const source_location& site) : State<R>(site), function_(std::move(function)) {}

 protected:
  bool is_deferred() const override { return true; }
  void run() override { this->put_result_of(std::move(*function_)); }

 private:
  std::optional<Function> function_;
};

struct FromState {};

/// What future and shared_future have in common.
template <class R>
class BasicFuture {
  using Site = source_location;

 public:
  bool valid() const noexcept { return state_ != nullptr; }
  /// Blocks until there is a result.
  [[gnu::always_inline]] void wait() const { wait_at(core::Site::here()); }
  /// The same with a time limit, as --timeouts has it; deferred where the function was not called yet.
  template <class Rep, class Period>
  std::future_status wait_for(const std::chrono::duration<Rep, Period>& duration, Site site = Site::current()) const {
    return timed_wait(limit_of(duration), site);
  }
  template <class Clock, class Duration>
  std::future_status wait_until(const std::chrono::time_point<Clock, Duration>& time,
                                Site site = Site::current()) const {
    return timed_wait(limit_until(time), site);
  }

 protected:
  BasicFuture() noexcept = default;
  explicit BasicFuture(models::Unwatched<State<R>> state) noexcept : state_(std::move(state)) {}
  ~BasicFuture() = default;

  void wait_at(const core::Site& site) const {
    if (!state_) no_state();
    state_->wait(site);
    waited_ = true;
  }
  std::future_status timed_wait(TimeLimit limit, const core::Site& site) const {
    if (!state_) no_state();
    switch (state_->wait_for(limit, site)) {
      case FutureState::Status::deferred:
        return std::future_status::deferred;
      case FutureState::Status::timeout:
        return std::future_status::timeout;
      case FutureState::Status::ready:
        break;
    }
    waited_ = true;
    return std::future_status::ready;
  }

  models::Unwatched<State<R>> state_;
  /// Some thread has seen through this future that there is a result: whoever destroys it comes after that. Those who
  /// wait may not know of each other ([res.on.data.races]).
  mutable bool waited_ = false;
};

}  // namespace models

/// Waits for a result, and takes it.
template <class R>
class future : public models::BasicFuture<R> {
  using Site = source_location;
  using Base = models::BasicFuture<R>;

 public:
  future() noexcept = default;
  future(future&& other) noexcept { swap(other); }
  future& operator=(future&& other) noexcept {
    future(std::move(other)).swap(*this);
    return *this;
  }
  future(const future&) = delete;
  future& operator=(const future&) = delete;
  /// Blocks until the thread of an async has ended.
  ~future() {
    if (this->state_) this->state_->leave_as_consumer(this->waited_, {});
  }

  /// Blocks until there is a result; takes it, or throws what was set instead. Then valid() is false.
  [[gnu::always_inline]] R get() { return get_at(core::Site::here()); }
  shared_future<R> share() noexcept { return shared_future<R>(std::move(*this)); }

  /// Of a state that others make ready.
  future(models::FromState, models::Unwatched<models::State<R>> state) noexcept : Base(std::move(state)) {}

 private:
  friend class shared_future<R>;

  R get_at(const core::Site& site) {
    this->wait_at(site);
    const future taken(std::move(*this));
    if (taken.state_->error()) std::rethrow_exception(taken.state_->error());
    return taken.state_->value().take();
  }
  void swap(future& other) noexcept {
    std::swap(this->state_, other.state_);
    std::swap(this->waited_, other.waited_);
  }
};

/// Waits for a result that several may look at.
template <class R>
class shared_future : public models::BasicFuture<R> {
  using Site = source_location;

 public:
  shared_future() noexcept = default;
  shared_future(future<R>&& other) noexcept {
    std::swap(this->state_, other.state_);
    std::swap(this->waited_, other.waited_);
  }
  shared_future(const shared_future& other, Site site = Site::current()) noexcept
      : models::BasicFuture<R>(other.state_) {
    if (this->state_) this->state_->add_consumer(site);
  }
  shared_future(shared_future&& other) noexcept { swap(other); }
  shared_future& operator=(const shared_future& other) noexcept {
    shared_future(other).swap(*this);
    return *this;
  }
  shared_future& operator=(shared_future&& other) noexcept {
    shared_future(std::move(other)).swap(*this);
    return *this;
  }
  ~shared_future() {
    if (this->state_) this->state_->leave_as_one_consumer(this->waited_, {});
  }

  /// Blocks until there is a result; looks at it, or throws what was set instead.
  [[gnu::always_inline]] decltype(auto) get() const { return get_at(core::Site::here()); }

 private:
  decltype(auto) get_at(const core::Site& site) const {
    this->wait_at(site);
    if (this->state_->error()) std::rethrow_exception(this->state_->error());
    return static_cast<const models::Kept<R>&>(this->state_->value()).look();
  }
  void swap(shared_future& other) noexcept {
    std::swap(this->state_, other.state_);
    std::swap(this->waited_, other.waited_);
  }
};

namespace models {

/// What promises of all results have in common.
template <class R>
class BasicPromise {
  using Site = source_location;

 public:
  explicit BasicPromise(const Site& site) : state_(models::make_unwatched<State<R>>(site)) {}
  template <class Allocator>
  BasicPromise(const Allocator& allocator, const Site& site)
      : state_(models::allocate_unwatched<State<R>>(allocator, site)) {}
  BasicPromise(BasicPromise&& other) noexcept : state_(std::move(other.state_)) {}
  BasicPromise& operator=(BasicPromise&& other) noexcept {
    BasicPromise(std::move(other)).swap(*this);
    return *this;
  }
  BasicPromise(const BasicPromise&) = delete;
  BasicPromise& operator=(const BasicPromise&) = delete;

  void swap(BasicPromise& other) noexcept { state_.swap(other.state_); }
  /// Throws future_already_retrieved the second time.
  future<R> get_future();
  /// Makes an exception the result. Throws promise_already_satisfied where there is one already. Misuse where there is
  /// no exception.
  [[gnu::always_inline]] void set_exception(std::exception_ptr error) {
    const core::Site here = core::Site::here();
    require(error, here);
    state().set_error(std::move(error), here);
  }
  /// The same, ready when the calling thread has ended.
  [[gnu::always_inline]] void set_exception_at_thread_exit(std::exception_ptr error) {
    const core::Site here = core::Site::here();
    require(error, here);
    state().claim(here);
    state_->put_error(std::move(error));
    FutureState::publish_at_thread_exit(state_);
  }

 protected:
  /// Leaves a broken promise behind where there is no result.
  ~BasicPromise() {
    if (state_) state_->leave_as_producer({});
  }
  State<R>& state() const {
    if (!state_) no_state();
    return *state_;
  }
  template <class... Value>
  void set_later(const core::Site& site, Value&&... value) {
    state().claim_and_put(site, std::forward<Value>(value)...);
    FutureState::publish_at_thread_exit(state_);
  }

 private:
  static void require(const std::exception_ptr& error, const core::Site& site) {
    if (!error) runtime::misuse("set_exception without an exception: the exception_ptr is null", site);
  }

  models::Unwatched<State<R>> state_;
};

}  // namespace models

/// Makes the result of a future. Each set function throws promise_already_satisfied where there is one already, or a
/// claim to one; those at_thread_exit claim it, and make it ready when the calling thread has ended.
template <class R>
class promise : public models::BasicPromise<R> {
  using Site = source_location;

 public:
  promise(Site site = Site::current()) : models::BasicPromise<R>(site) {}
  template <class Allocator>
  promise(std::allocator_arg_t, const Allocator& allocator, Site site = Site::current())
      : models::BasicPromise<R>(allocator, site) {}

  [[gnu::always_inline]] void set_value(const R& value) { this->state().set(core::Site::here(), value); }
  [[gnu::always_inline]] void set_value(R&& value) { this->state().set(core::Site::here(), std::move(value)); }
  [[gnu::always_inline]] void set_value_at_thread_exit(const R& value) { this->set_later(core::Site::here(), value); }
  [[gnu::always_inline]] void set_value_at_thread_exit(R&& value) {
    this->set_later(core::Site::here(), std::move(value));
  }
};

template <class R>
class promise<R&> : public models::BasicPromise<R&> {
  using Site = source_location;

 public:
  promise(Site site = Site::current()) : models::BasicPromise<R&>(site) {}
  template <class Allocator>
  promise(std::allocator_arg_t, const Allocator& allocator, Site site = Site::current())
      : models::BasicPromise<R&>(allocator, site) {}

  [[gnu::always_inline]] void set_value(R& value) { this->state().set(core::Site::here(), value); }
  [[gnu::always_inline]] void set_value_at_thread_exit(R& value) { this->set_later(core::Site::here(), value); }
};

template <>
class promise<void> : public models::BasicPromise<void> {
  using Site = source_location;

 public:
  promise(Site site = Site::current()) : models::BasicPromise<void>(site) {}
  template <class Allocator>
  promise(std::allocator_arg_t, const Allocator& allocator, Site site = Site::current())
      : models::BasicPromise<void>(allocator, site) {}

  [[gnu::always_inline]] void set_value() { state().set(core::Site::here()); }
  [[gnu::always_inline]] void set_value_at_thread_exit() { set_later(core::Site::here()); }
};

template <class R>
void swap(promise<R>& a, promise<R>& b) noexcept {
  a.swap(b);
}

namespace models {

/// What a function of this type takes and returns.
template <class Signature>
Signature* signature_of(const std::function<Signature>&);
template <class Function>
using SignatureOf = std::remove_pointer_t<decltype(signature_of(std::function(std::declval<Function>())))>;

/// A function of any type.
template <class R, class... Arguments>
struct Callable {
  virtual ~Callable() = default;
  virtual R call(Arguments&&... arguments) = 0;
};
template <class Function, class R, class... Arguments>
struct Holder final : Callable<R, Arguments...> {
  explicit Holder(Function of) : function(std::move(of)) {}
  R call(Arguments&&... arguments) override { return std::invoke(function, std::forward<Arguments>(arguments)...); }
  Function function;
};

}  // namespace models

/// A function whose result goes to a future.
template <class Signature>
class packaged_task;

template <class R, class... Arguments>
class packaged_task<R(Arguments...)> {
  using Site = source_location;

 public:
  packaged_task() noexcept = default;
  template <class Function>
  requires(!std::is_same_v<std::remove_cvref_t<Function>, packaged_task>) explicit packaged_task(
      Function&& function, Site site = Site::current())
      : state_(models::make_unwatched<models::State<R>>(site)),
        function_(std::make_unique<models::Holder<std::decay_t<Function>, R, Arguments...>>(
            std::forward<Function>(function))) {}
  packaged_task(packaged_task&& other) noexcept = default;
  packaged_task& operator=(packaged_task&& other) noexcept {
    packaged_task(std::move(other)).swap(*this);
    return *this;
  }
  packaged_task(const packaged_task&) = delete;
  packaged_task& operator=(const packaged_task&) = delete;
  /// Leaves a broken promise behind where it was not called.
  ~packaged_task() {
    if (state_) state_->leave_as_producer({});
  }

  void swap(packaged_task& other) noexcept {
    state_.swap(other.state_);
    function_.swap(other.function_);
  }
  bool valid() const noexcept { return state_ != nullptr; }
  /// Throws future_already_retrieved the second time.
  future<R> get_future() {
    state().retrieve();
    return {models::FromState(), state_};
  }
  /// Calls the function; its result, or what it throws, is the future's. Throws promise_already_satisfied the second
  /// time.
  [[gnu::always_inline]] void operator()(Arguments... arguments) {
    const core::Site here = core::Site::here();
    call(here, std::forward<Arguments>(arguments)...);
    state_->publish(here);
  }
  /// The same, ready when the calling thread has ended.
  [[gnu::always_inline]] void make_ready_at_thread_exit(Arguments... arguments) {
    call(core::Site::here(), std::forward<Arguments>(arguments)...);
    models::FutureState::publish_at_thread_exit(state_);
  }
  /// Begins anew, with a future of its own; leaves a broken promise behind where it was not called.
  [[gnu::always_inline]] void reset() {
    state().leave_as_producer(core::Site::here());
    state_ = models::make_unwatched<models::State<R>>(source_location{});
  }

 private:
  models::State<R>& state() const {
    if (!state_) models::no_state();
    return *state_;
  }
  void call(const core::Site& site, Arguments&&... arguments) {
    state().claim(site);
    state_->put_result_of([&]() -> R { return function_->call(std::forward<Arguments>(arguments)...); });
  }

  models::Unwatched<models::State<R>> state_;
  std::unique_ptr<models::Callable<R, Arguments...>> function_;
};

template <class Function>
packaged_task(Function) -> packaged_task<models::SignatureOf<Function>>;

template <class R, class... Arguments>
void swap(packaged_task<R(Arguments...)>& a, packaged_task<R(Arguments...)>& b) noexcept {
  a.swap(b);
}

template <class R>
future<R> models::BasicPromise<R>::get_future() {
  state().retrieve();
  return {FromState(), state_};
}

namespace models {

/// A function with its arguments, to be called once.
template <class Function, class... Arguments>
struct Call {
  std::tuple<Function, Arguments...> parts;

  decltype(auto) operator()() {
    return std::apply([](auto&&... part) -> decltype(auto) { return std::invoke(std::move(part)...); },
                      std::move(parts));
  }
};

/// What the thread of an async has to do.
template <class R, class Work>
struct Task {
  models::Unwatched<State<R>> state;
  Work work;

  static void run(void* task) {
    const std::unique_ptr<Task> mine(static_cast<Task*>(task));
    mine->state->set_result_of(mine->work);
  }
};

}  // namespace models

/// Calls `function(arguments...)` in a thread of its own, or (launch::deferred) in the one that first waits for it.
template <class Function, class... Arguments>
[[nodiscard, gnu::always_inline]] inline auto async(launch policy, Function&& function, Arguments&&... arguments) {
  using R = std::invoke_result_t<std::decay_t<Function>, std::decay_t<Arguments>...>;
  using Work = models::Call<std::decay_t<Function>, std::decay_t<Arguments>...>;
  Work work{{std::forward<Function>(function), std::forward<Arguments>(arguments)...}};
  models::Unwatched<models::State<R>> state;
  if ((policy & launch::async) == launch::async) {
    state = models::make_unwatched<models::State<R>>(source_location{});
    auto* task = new models::Task<R, Work>{state, std::move(work)};
    state->made_by(runtime::spawn(&models::Task<R, Work>::run, task, source_location{}));
  } else {
    state = models::make_unwatched<models::DeferredState<R, Work>>(std::move(work), source_location{});
  }
  return future<R>(models::FromState(), std::move(state));
}

template <class Function, class... Arguments>
requires(!std::is_same_v<std::remove_cvref_t<Function>, launch>)
    [[nodiscard, gnu::always_inline]] inline auto async(Function&& function, Arguments&&... arguments) {
  return heddle::async(launch::async | launch::deferred, std::forward<Function>(function),
                       std::forward<Arguments>(arguments)...);
}

}  // namespace heddle

template <class R, class Allocator>
struct std::uses_allocator<heddle::promise<R>, Allocator> : std::true_type {};
