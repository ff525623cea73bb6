// The shutdown of a thread pool: the flag is atomic, so the destructor takes no lock to set it. Between the worker's
// look at the flag and its wait there is then room for both the flag and the notification, and the worker sleeps for
// ever. Heddle reports the deadlock. Cured in thread_pool_fixed.cpp.
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
    stop_ = true;
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
  heddle::atomic<bool> stop_{false};
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
