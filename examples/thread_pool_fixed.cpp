// thread_pool.cpp with the flag set under the lock: the worker sees it, or waits already and is notified. Verified.
#include <deque>
#include <functional>
#include <heddle/heddle.hpp>
#include <mutex>
#include <utility>

namespace {

class Pool {
 public:
  void submit(std::function<void()> task) {
    std::lock_guard lock(m_);
    tasks_.write().push_back(std::move(task));
    changed_.notify_one();
  }
  ~Pool() {
    {
      std::lock_guard lock(m_);
      stop_ = true;
    }
    changed_.notify_all();
    worker_.join();
  }

 private:
  void work() {
    std::unique_lock lock(m_);
    while (true) {
      changed_.wait(lock, [&] { return stop_ || !tasks_->empty(); });
      if (tasks_->empty()) return;
      auto task = std::move(tasks_.write().front());
      tasks_.write().pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  heddle::mutex m_;
  heddle::condition_variable changed_;
  heddle::var<std::deque<std::function<void()>>> tasks_;
  heddle::var<bool> stop_{false};
  heddle::thread worker_{&Pool::work, this};
};

}  // namespace

HEDDLE_TEST("a pool does what it was given, and shuts down") {
  heddle::var<int> done{0};
  {
    Pool pool;
    pool.submit([&] { ++done; });
  }
  HEDDLE_ASSERT(done == 1);
}
