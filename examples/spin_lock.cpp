// A test-and-set lock: whoever exchanges first has it. A thread may look at just the wrong moments for ever, however
// fair the scheduler is: a starvation. Cured in spin_lock_fixed.cpp, by a ticket lock.
#include <heddle/heddle.hpp>

namespace {

class SpinLock {
 public:
  void lock() {
    while (taken_.exchange(true)) {
    }
  }
  void unlock() { taken_.store(false); }

 private:
  heddle::atomic<bool> taken_{false};
};

}  // namespace

HEDDLE_TEST("every thread has the lock again and again") {
  SpinLock lock;
  auto work = [&] {
    for (;;) {
      lock.lock();
      heddle::progress();
      lock.unlock();
    }
  };
  heddle::thread a(work);
  heddle::thread b(work);
  a.join();
  b.join();
}
