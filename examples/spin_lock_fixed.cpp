// spin_lock.cpp with tickets: threads have the lock in the order in which they drew one. Verified under
// --search=liveness. (Numbers of tickets come back after 256 of them, so that there are finitely many states.)
#include <heddle/heddle.hpp>

namespace {

class TicketLock {
 public:
  void lock() {
    const unsigned char mine = next_.fetch_add(1);
    while (serving_.load() != mine) {
    }
  }
  void unlock() { serving_.fetch_add(1); }

 private:
  heddle::atomic<unsigned char> next_{0};
  heddle::atomic<unsigned char> serving_{0};
};

}  // namespace

HEDDLE_TEST("every thread has the lock again and again") {
  TicketLock lock;
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
