// A worker looks for work until it is told to stop, and is told so whether work is left or not.
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
  void shut_down() { stop_.store(true, std::memory_order_release); }

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
