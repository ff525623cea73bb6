// lost_update.cpp with the load and the store made one step. Verified: whichever thread is first, no update is lost.
#include <heddle/heddle.hpp>

HEDDLE_TEST("two visitors are counted") {
  heddle::atomic<int> visitors{0};
  auto visit = [&] { visitors.fetch_add(1); };
  heddle::thread a(visit);
  heddle::thread b(visit);
  a.join();
  b.join();
  HEDDLE_ASSERT(visitors.load() == 2);
}
