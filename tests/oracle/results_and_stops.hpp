// The promises, futures and stop sources of a program, through the engine.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "oracle/any_atomic.hpp"
#include "oracle/program.hpp"

namespace heddle::oracle {

/// A promise, a task or a deferred function, and a future for each thread.
class AnyResult {
 public:
  AnyResult(unsigned number, std::size_t threads, Atomics& atomics) : maker_(maker_of(number)) {
    const auto function = [&atomics] { return atomics[0].fetch_add(1, memory_order_seq_cst); };
    shared_future<int> shared;
    switch (maker_) {
      case Maker::promise:
        shared = promise_.emplace().get_future();
        break;
      case Maker::task:
        shared = task_.emplace(function).get_future();
        break;
      case Maker::deferred:
        shared = heddle::async(launch::deferred, function);
        break;
    }
    for (std::size_t t = 0; t < threads; ++t) futures_.push_back(shared);
  }

  void perform(const Action& a, unsigned thread, Local& local) {
    if (is_makers(a.act)) return make(a, local);
    const shared_future<int>& future = futures_[thread];
    switch (a.act) {
      case Act::get_result:
        try {
          local.reg = future.get();
        } catch (const std::future_error&) {
          local.reg = broken_result;
        } catch (int) {
          local.reg = exception_result;
        }
        break;
      case Act::wait_result:
        future.wait();
        break;
      default:
        switch (future.wait_for(std::chrono::seconds(limit_of(a)))) {
          case std::future_status::timeout:
            local.reg = 0;
            break;
          case std::future_status::ready:
            local.reg = 1;
            break;
          case std::future_status::deferred:
            local.reg = 2;
            break;
        }
        break;
    }
  }

 private:
  void make(const Action& a, Local& local) {
    if (a.act == Act::break_promise) {
      local.broken[a.object] = true;
      promise_.reset();
      task_.reset();
      return;
    }
    try {
      const bool promise = maker_ == Maker::promise;
      if (a.act == Act::make_exception)
        promise_->set_exception(std::make_exception_ptr(0));
      else if (a.act == Act::make_at_exit)
        promise ? promise_->set_value_at_thread_exit(a.value) : task_->make_ready_at_thread_exit();
      else
        promise ? promise_->set_value(a.value) : (*task_)();
      local.reg = 1;
    } catch (const std::future_error&) {
      local.reg = 0;
    }
  }

  Maker maker_;
  std::optional<promise<int>> promise_;
  std::optional<packaged_task<int()>> task_;
  std::vector<shared_future<int>> futures_;  ///< by thread
};

/// A stop source, and a callback for each thread.
struct StopAndCallbacks {
  explicit StopAndCallbacks(std::size_t threads) : callbacks(threads) {}

  void perform(const Action& a, unsigned thread, Local& local, Atomics& atomics) {
    switch (a.act) {
      case Act::request_stop:
        local.reg = source.request_stop() ? 1 : 0;
        break;
      case Act::stop_requested:
        local.reg = source.stop_requested() ? 1 : 0;
        break;
      case Act::make_callback:
        callbacks[thread].emplace(source.get_token(), [&atomics, a] {
          if (a.value != 0) atomics[a.other].fetch_add(1, memory_order_seq_cst);
        });
        break;
      default:
        callbacks[thread].reset();
        break;
    }
    if (a.act == Act::make_callback || a.act == Act::drop_callback)
      local.has_callback[a.object] = a.act == Act::make_callback;
  }

  stop_source source;
  std::deque<std::optional<stop_callback<std::function<void()>>>> callbacks;  ///< by thread
};

}  // namespace heddle::oracle
