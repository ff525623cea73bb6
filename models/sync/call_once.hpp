// heddle::once_flag and heddle::call_once, spelled as in std ([thread.once]).
//
// To call is to take the flag, which waits while another thread is at it; then the function runs, and the flag is set,
// or given back where the function threw: the next one that waits tries then.
#pragma once

#include <functional>
#include <utility>

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

namespace models {

/// State (low): 0 nobody has called, 1 + thread while it calls, `done` after it.
class OncePrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { call, finish, give_up };
  static constexpr std::uint64_t done = 1000;

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "once_flag"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  std::vector<core::ThreadId> holders(core::Value state) const override;
  const char* waking(const core::Operation&) const override { return "finish its call"; }
};

inline constexpr OncePrimitive once_primitive{};

}  // namespace models

/// Remembers whether a call_once has been made.
class once_flag {
  using Site = source_location;

 public:
  constexpr once_flag(Site site = Site::current()) noexcept : location_(models::once_primitive, {}, site) {}
  once_flag(const once_flag&) = delete;
  once_flag& operator=(const once_flag&) = delete;
  ~once_flag() { location_.end(models::once_primitive); }

 private:
  template <class Callable, class... Arguments>
  friend void call_once(once_flag& flag, Callable&& callable, Arguments&&... arguments);

  /// Blocks while another thread calls; whether the caller is the one to call. Misuse where it is calling already.
  bool begin();
  void end(bool done);

  runtime::Location location_;
};

/// Calls `callable(arguments...)` if no call_once with this flag has returned yet; blocks while another thread is at
/// it. What the callable throws goes on to the caller, and the next one calls.
/// Happens-before: the end of each call synchronizes with the beginning of the next, and the one that returns with the
/// return of every other call_once.
template <class Callable, class... Arguments>
[[gnu::always_inline]] inline void call_once(once_flag& flag, Callable&& callable, Arguments&&... arguments) {
  if (!flag.begin()) return;
  struct Ending {
    once_flag& flag;
    bool done = false;
    ~Ending() { flag.end(done); }
  } ending{flag};
  std::invoke(std::forward<Callable>(callable), std::forward<Arguments>(arguments)...);
  ending.done = true;
}

}  // namespace heddle
