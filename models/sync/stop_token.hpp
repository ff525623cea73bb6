// heddle::stop_token, stop_source and stop_callback, spelled as in std ([thread.stoptoken]).
//
// The state is whether a stop was requested, which callbacks wait for that, which one is running, and by whom. To
// request a stop takes any of them out (std leaves the order open); when that has returned, the next; each is an
// operation. To destroy a callback takes it out, or waits while another thread is running it.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "checker/runtime/harness_interface.hpp"
#include "models/sync/shared_count.hpp"

namespace heddle {

class stop_source;
class condition_variable_any;

namespace models {

class StopPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { request, next, add, remove, settle, look };
  static constexpr unsigned most_callbacks = 64;

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "stop state"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  std::vector<core::ThreadId> holders(core::Value state) const override;
  core::Need need(const core::Operation&) const override { return core::Need::post; }
  const char* waking(const core::Operation&) const override { return "return from the callback"; }
};

inline constexpr StopPrimitive stop_primitive{};

/// How many stop_sources there are, for stop_possible.
class SourceCountPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { add, remove };

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "stop sources"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override { return std::to_string(state.low); }
};

inline constexpr SourceCountPrimitive source_count_primitive{};

/// Called when a stop is requested.
class StopCallback {
 public:
  virtual void call() noexcept = 0;

 protected:
  virtual ~StopCallback() = default;
};

/// What tokens, sources and callbacks share. It lives as long as any of them; who the last one is, is no operation.
class StopState {
 public:
  explicit StopState(const source_location& site)
      : site_(site), state_(stop_primitive, {}, site), sources_(source_count_primitive, {1, 0}, site) {}

  bool requested(const core::Site& site) const;
  bool possible(const core::Site& site) const;
  /// Whether a stop was requested; if not, a request comes after all that the caller has done, under any memory model.
  bool settle(const core::Site& site);
  /// Requests a stop, and calls the callbacks one after another; false where one was requested before.
  bool request(const core::Site& site);
  /// Has `callback` called at a request: the place it got, or none where a stop was requested already.
  int add(StopCallback& callback, const core::Site& site);
  /// Blocks while another thread is calling it.
  void remove(int place, const core::Site& site);
  void add_source(const core::Site& site);
  void remove_source(const core::Site& site);

  static constexpr int no_place = -1;

 private:
  core::Delivery ask(StopPrimitive::Code code, int place, const core::Site& site) const;
  void ask_sources(SourceCountPrimitive::Code code, const core::Site& site);

  source_location site_;
  runtime::Location state_;  ///< not ended: the last owner need not come after the others
  runtime::Location sources_;
  StopCallback* callbacks_[StopPrimitive::most_callbacks] = {};
};

}  // namespace models

/// Sees whether a stop was requested. Happens-before: a request_stop that returns true synchronizes with a
/// stop_requested that returns true, and with the callbacks ([thread.stoptoken.intro]).
class stop_token {
 public:
  stop_token() noexcept = default;

  [[gnu::always_inline]] bool stop_requested() const noexcept {
    return state_ && state_->requested(core::Site::here());
  }
  /// Whether a stop was, or can still be, requested.
  [[gnu::always_inline]] bool stop_possible() const noexcept { return state_ && state_->possible(core::Site::here()); }
  void swap(stop_token& other) noexcept { state_.swap(other.state_); }
  friend void swap(stop_token& a, stop_token& b) noexcept { a.swap(b); }
  friend bool operator==(const stop_token& a, const stop_token& b) noexcept { return a.state_ == b.state_; }

 private:
  friend class stop_source;
  friend class condition_variable_any;
  template <class Callback>
  friend class stop_callback;
  explicit stop_token(models::Unwatched<models::StopState> state) noexcept : state_(std::move(state)) {}

  models::Unwatched<models::StopState> state_;
};

struct nostopstate_t {
  explicit nostopstate_t() = default;
};
inline constexpr nostopstate_t nostopstate{};

/// Requests a stop.
class stop_source {
  using Site = source_location;

 public:
  explicit stop_source(Site site = Site::current()) : state_(models::make_unwatched<models::StopState>(site)) {}
  explicit stop_source(nostopstate_t) noexcept {}
  stop_source(const stop_source& other, Site site = Site::current()) noexcept : state_(other.state_) {
    if (state_) state_->add_source(site);
  }
  stop_source(stop_source&& other) noexcept = default;
  stop_source& operator=(const stop_source& other) noexcept {
    stop_source(other).swap(*this);
    return *this;
  }
  stop_source& operator=(stop_source&& other) noexcept {
    stop_source(std::move(other)).swap(*this);
    return *this;
  }
  ~stop_source() {
    if (state_) state_->remove_source({});
  }

  /// Requests a stop and calls the callbacks; false, and nothing done, where one was requested before.
  [[gnu::always_inline]] bool request_stop() const noexcept { return state_ && state_->request(core::Site::here()); }
  [[gnu::always_inline]] bool stop_requested() const noexcept {
    return state_ && state_->requested(core::Site::here());
  }
  bool stop_possible() const noexcept { return state_ != nullptr; }
  stop_token get_token() const noexcept { return stop_token(state_); }
  void swap(stop_source& other) noexcept { state_.swap(other.state_); }
  friend void swap(stop_source& a, stop_source& b) noexcept { a.swap(b); }
  friend bool operator==(const stop_source& a, const stop_source& b) noexcept { return a.state_ == b.state_; }

 private:
  models::Unwatched<models::StopState> state_;
};

/// Calls a function when a stop is requested, by the thread that requests it; at once where it was requested before.
/// Its destructor blocks while another thread is calling it, and comes after that call. At most 64 wait on one source.
/// Callbacks are called one after another, in every order: std leaves it open.
/// What one throws ends the program (std::terminate).
template <class Callback>
class stop_callback : private models::StopCallback {
  using Site = source_location;
  static_assert(std::is_invocable_v<Callback>);

 public:
  using callback_type = Callback;

  template <class Argument>
  requires std::is_constructible_v<Callback, Argument>
  explicit stop_callback(const stop_token& token, Argument&& callback,
                         Site site = Site::current()) noexcept(std::is_nothrow_constructible_v<Callback, Argument>)
      : callback_(std::forward<Argument>(callback)), state_(token.state_) {
    enlist(site);
  }
  template <class Argument>
  requires std::is_constructible_v<Callback, Argument>
  explicit stop_callback(stop_token&& token, Argument&& callback,
                         Site site = Site::current()) noexcept(std::is_nothrow_constructible_v<Callback, Argument>)
      : callback_(std::forward<Argument>(callback)), state_(std::move(token.state_)) {
    enlist(site);
  }
  stop_callback(const stop_callback&) = delete;
  stop_callback& operator=(const stop_callback&) = delete;
  ~stop_callback() override {
    if (state_ && place_ != models::StopState::no_place) state_->remove(place_, {});
  }

 private:
  void enlist(const Site& site) {
    if (!state_) return;
    place_ = state_->add(*this, site);
    if (place_ == models::StopState::no_place) call();
  }
  void call() noexcept override { std::forward<Callback>(callback_)(); }

  Callback callback_;
  models::Unwatched<models::StopState> state_;
  int place_ = models::StopState::no_place;
};

template <class Callback>
stop_callback(stop_token, Callback) -> stop_callback<Callback>;
template <class Callback>
stop_callback(stop_token, Callback, source_location) -> stop_callback<Callback>;

}  // namespace heddle
