// A data race: two threads add to one counter, and nothing orders one addition before the other. Heddle names both
// accesses, and needs no unlucky result to see them: that they are not ordered is enough. Cured in
// race_counter_fixed.cpp.
#include <heddle/heddle.hpp>

HEDDLE_TEST("two visitors are counted") {
  heddle::var<int> visitors{0};
  auto visit = [&] { ++visitors; };
  heddle::thread a(visit);
  heddle::thread b(visit);
  a.join();
  b.join();
  HEDDLE_ASSERT(visitors == 2);
}
