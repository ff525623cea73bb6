// A worker looks for work until it is told to stop. Shutting down stops it only where work is left: a worker that has
// just taken the last piece looks for ever.
#include <heddle/heddle.hpp>

class Worker {
 public:
  void run() {
    while (true) {
      while (work_.load(std::memory_order_acquire) == 0) {
        if (stop_.load(std::memory_order_acquire)) return;
        heddle::this_thread::yield();
      }
      work_.fetch_sub(1);
    }
  }
  void add_work() { work_.fetch_add(1); }
  void shut_down() {
    if (work_.load() == 0) return;  // idle: nothing to stop
    stop_.store(true, std::memory_order_release);
  }

 private:
  heddle::atomic<int> work_{0};
  heddle::atomic<bool> stop_{false};
};

HEDDLE_TEST("a worker ends when it is shut down") {
  Worker worker;
  heddle::thread thread([&] { worker.run(); });
  worker.add_work();
  worker.shut_down();
  thread.join();
}
