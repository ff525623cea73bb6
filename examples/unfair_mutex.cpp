// A mutex promises nothing about who is next. Under a scheduler that is only weakly fair (--fairness=weak) a thread
// that waits may be passed over each time the mutex is free. A starvation. Cured in unfair_mutex_fixed.cpp.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("every thread has the mutex again and again") {
  heddle::mutex m;
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
