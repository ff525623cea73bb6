// The mutex that cures race_counter.cpp: each addition comes before the next. Verified.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("two visitors are counted") {
  heddle::mutex m;
  heddle::var<int> visitors{0};
  auto visit = [&] {
    std::lock_guard lock(m);
    ++visitors;
  };
  heddle::thread a(visit);
  heddle::thread b(visit);
  a.join();
  b.join();
  HEDDLE_ASSERT(visitors == 2);
}
