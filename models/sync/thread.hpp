// heddle::thread and heddle::this_thread, spelled as in std ([thread.thread.class], [thread.thread.this]).
#pragma once

#include <chrono>
#include <compare>
#include <functional>
#include <iosfwd>
#include <tuple>
#include <utility>

#include "checker/runtime/harness_interface.hpp"
#include "models/sync/time_limit.hpp"

namespace heddle {

/// A thread of the harness. At most 95 can be started in one execution.
/// Happens-before: starting a thread comes before its first step; its last step comes before the join that waits for
/// it.
class thread {
 public:
  /// Names a thread, or none.
  class id {
   public:
    constexpr id() noexcept = default;
    constexpr auto operator<=>(const id&) const noexcept = default;

    template <class Char, class Traits>
    friend std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& stream, id value) {
      return value.number_ == core::no_thread ? stream << "no thread"
                                              : stream << 'T' << static_cast<unsigned>(value.number_);
    }

   private:
    friend class thread;
    friend struct std::hash<id>;
    friend id this_thread_id() noexcept;
    constexpr explicit id(core::ThreadId number) noexcept : number_(number) {}
    core::ThreadId number_ = core::no_thread;
  };

  thread() noexcept = default;
  /// Starts a thread that calls `function` with copies of `arguments`.
  template <class Function, class... Arguments>
  requires(!std::is_same_v<std::remove_cvref_t<Function>, thread>)
      [[gnu::always_inline]] explicit thread(Function&& function, Arguments&&... arguments) {
    using Call = std::tuple<std::decay_t<Function>, std::decay_t<Arguments>...>;
    auto* call = new Call(std::forward<Function>(function), std::forward<Arguments>(arguments)...);
    number_ = runtime::spawn(&run<Call>, call, source_location{});
  }
  thread(thread&& other) noexcept : number_(std::exchange(other.number_, core::no_thread)) {}
  thread& operator=(thread&& other) noexcept;
  thread(const thread&) = delete;
  thread& operator=(const thread&) = delete;
  /// Destroying a joinable thread calls std::terminate in std; here it is a finding.
  ~thread();

  void swap(thread& other) noexcept { std::swap(number_, other.number_); }
  bool joinable() const noexcept { return number_ != core::no_thread; }
  /// Blocks until the thread has ended. Throws std::system_error: invalid_argument where it is not joinable,
  /// resource_deadlock_would_occur where it is the calling thread.
  [[gnu::always_inline]] void join() { join_at(core::Site::here()); }
  /// Lets the thread run on by itself. Throws std::system_error (invalid_argument) where it is not joinable.
  void detach();
  id get_id() const noexcept { return id(number_); }
  static unsigned hardware_concurrency() noexcept { return 2; }

 private:
  void join_at(const core::Site& site);

  template <class Call>
  static void run(void* argument) {
    auto* call = static_cast<Call*>(argument);
    struct Owner {
      Call* call;
      ~Owner() { delete call; }
    } owner{call};
    std::apply([](auto&&... part) { std::invoke(std::move(part)...); }, std::move(*call));
  }

  core::ThreadId number_ = core::no_thread;
};

inline void swap(thread& a, thread& b) noexcept { a.swap(b); }
inline thread::id this_thread_id() noexcept { return thread::id(runtime::current_thread()); }

namespace this_thread {

inline thread::id get_id() noexcept { return this_thread_id(); }
/// A hint to real schedulers; every schedule is tried anyway.
inline void yield() noexcept {}
/// The calling thread has this priority from now on; a thread begins with its parent's, the main thread with 0, and
/// higher is more urgent. Only --scheduler=fixed-priority takes notice.
inline void set_priority(int priority) { runtime::set_priority(priority); }
/// Returns at once, with the thread's clock that much further: other threads may run at any moment anyway. With
/// --timeouts=last it blocks until no thread can move and time has gone on so far. Synchronizes with nothing.
template <class Rep, class Period>
void sleep_for(const std::chrono::duration<Rep, Period>& duration, source_location site = source_location::current()) {
  models::sleep(models::limit_of(duration), site);
}
template <class Clock, class Duration>
void sleep_until(const std::chrono::time_point<Clock, Duration>& time,
                 source_location site = source_location::current()) {
  models::sleep(models::limit_until(time), site);
}

}  // namespace this_thread

}  // namespace heddle

template <>
struct std::hash<heddle::thread::id> {
  std::size_t operator()(heddle::thread::id id) const noexcept { return id.number_; }
};
