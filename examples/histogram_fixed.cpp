// Workers count into the plain bins of a histogram through atomic_ref, all of them. When they have ended, the bins are
// plain data again.
#include <heddle/heddle.hpp>

HEDDLE_TEST("every value is counted") {
  heddle::var<int> bins[2]{{0}, {0}};
  heddle::thread worker([&] { heddle::atomic_ref(bins[1]).fetch_add(1, std::memory_order_relaxed); });
  heddle::atomic_ref(bins[1]).fetch_add(1, std::memory_order_relaxed);
  worker.join();
  HEDDLE_ASSERT(bins[1] == 2);
}
