// A lost update: the counter is atomic, so there is no data race; but to load and to store are two steps, and what
// another thread stores between them is overwritten. Heddle finds the assertion failed. Cured in lost_update_fixed.cpp.
#include <heddle/heddle.hpp>

HEDDLE_TEST("two visitors are counted") {
  heddle::atomic<int> visitors{0};
  auto visit = [&] { visitors.store(visitors.load() + 1); };
  heddle::thread a(visit);
  heddle::thread b(visit);
  a.join();
  b.join();
  HEDDLE_ASSERT(visitors.load() == 2);
}
