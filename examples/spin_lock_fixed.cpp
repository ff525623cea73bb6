// spin_lock.cpp with tickets: threads have the lock in the order in which they drew one. Verified under
// --search=liveness. (Tickets are numbered in steps of 64, so that a number comes back after four of them, and
// the states are few.)
#include <heddle/heddle.hpp>

namespace {

class TicketLock {
 public:
  void lock() {
    const unsigned char mine = next_.fetch_add(64);
    while (serving_.load() != mine) {
    }
  }
  void unlock() { serving_.fetch_add(64); }

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
