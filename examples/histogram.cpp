// Workers count into the plain bins of a histogram through atomic_ref. One of them adds to a bin as if it were its own.
#include <heddle/heddle.hpp>

HEDDLE_TEST("every value is counted") {
  heddle::var<int> bins[2]{{0}, {0}};
  heddle::thread worker([&] { heddle::atomic_ref(bins[1]).fetch_add(1, std::memory_order_relaxed); });
  bins[1] += 1;
  worker.join();
  HEDDLE_ASSERT(bins[1] == 2);
}
