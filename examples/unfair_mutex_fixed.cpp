// unfair_mutex.cpp with a mutex that is handed over in the order in which threads asked for it. Verified under
// --search=liveness --fairness=weak.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("every thread has the mutex again and again") {
  heddle::fair_mutex m;
  auto work = [&] {
    for (;;) {
      std::lock_guard lock(m);
      heddle::progress();
    }
  };
  heddle::thread a(work);
  heddle::thread b(work);
  a.join();
  b.join();
}
