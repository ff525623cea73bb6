// heddle::jthread, spelled as in std ([thread.jthread.class]).
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "models/sync/stop_token.hpp"
#include "models/sync/thread.hpp"

namespace heddle {

/// A thread that is asked to stop and joined when it is destroyed. Its function gets a stop_token in front of its
/// arguments where it takes one.
class jthread {
 public:
  using id = thread::id;

  jthread() noexcept : source_(nostopstate) {}
  template <class Function, class... Arguments>
  requires(!std::is_same_v<std::remove_cvref_t<Function>, jthread>)
      [[gnu::always_inline]] explicit jthread(Function&& function, Arguments&&... arguments)
      : thread_(start(source_, std::forward<Function>(function), std::forward<Arguments>(arguments)...)) {}
  jthread(jthread&&) noexcept = default;
  jthread& operator=(jthread&& other) noexcept {
    jthread(std::move(other)).swap(*this);
    return *this;
  }
  jthread(const jthread&) = delete;
  jthread& operator=(const jthread&) = delete;
  /// Requests a stop and joins, where there is a thread to join.
  ~jthread() {
    if (!joinable()) return;
    request_stop();
    thread_.join();
  }

  void swap(jthread& other) noexcept {
    source_.swap(other.source_);
    thread_.swap(other.thread_);
  }
  friend void swap(jthread& a, jthread& b) noexcept { a.swap(b); }
  bool joinable() const noexcept { return thread_.joinable(); }
  /// As heddle::thread has them.
  [[gnu::always_inline]] void join() { thread_.join(); }
  void detach() { thread_.detach(); }
  id get_id() const noexcept { return thread_.get_id(); }
  static unsigned hardware_concurrency() noexcept { return thread::hardware_concurrency(); }

  stop_source get_stop_source() noexcept { return source_; }
  stop_token get_stop_token() const noexcept { return source_.get_token(); }
  [[gnu::always_inline]] bool request_stop() noexcept { return source_.request_stop(); }

 private:
  template <class Function, class... Arguments>
  [[gnu::always_inline]] static thread start(stop_source& source, Function&& function, Arguments&&... arguments) {
    if constexpr (std::is_invocable_v<std::decay_t<Function>, stop_token, std::decay_t<Arguments>...>)
      return thread(std::forward<Function>(function), source.get_token(), std::forward<Arguments>(arguments)...);
    else
      return thread(std::forward<Function>(function), std::forward<Arguments>(arguments)...);
  }

  stop_source source_;
  thread thread_;
};

}  // namespace heddle
