// A spinlock that is taken with acquire and given back with release: who takes it next sees what was done under it.
// The loop that waits needs no annotation.
#include <heddle/heddle.hpp>
#include <mutex>

class Spinlock {
 public:
  void lock() {
    while (held_.test_and_set(std::memory_order_acquire)) heddle::this_thread::yield();
  }
  void unlock() { held_.clear(std::memory_order_release); }

 private:
  heddle::atomic_flag held_;
};

HEDDLE_TEST("a spinlock keeps deposits apart") {
  Spinlock lock;
  heddle::var<int> balance{0};
  const auto deposit = [&] {
    const std::lock_guard guard(lock);
    balance += 1;
  };
  heddle::thread first(deposit);
  heddle::thread second(deposit);
  first.join();
  second.join();
  HEDDLE_ASSERT(balance == 2);
}
