// All four accesses are seq_cst: they stand in one order, in which one of the two comes second, and sees the other.
#include <heddle/heddle.hpp>

HEDDLE_TEST("never are both inside") {
  heddle::atomic<bool> wants[2];
  heddle::atomic<int> inside{0};
  const auto enter = [&](int me) {
    wants[me].store(true, std::memory_order_seq_cst);
    if (wants[1 - me].load(std::memory_order_seq_cst)) return;
    HEDDLE_ASSERT(inside.fetch_add(1) == 0);
    inside.fetch_sub(1);
    wants[me].store(false, std::memory_order_seq_cst);
  };
  heddle::thread other([&] { enter(1); });
  enter(0);
  other.join();
}
