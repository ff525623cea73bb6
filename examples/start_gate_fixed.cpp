// Everything is in place before the gate is opened.
#include <heddle/heddle.hpp>

HEDDLE_TEST("workers start with the configuration") {
  heddle::latch start(1);
  heddle::var<int> workload{0};
  const auto work = [&] {
    start.wait();
    HEDDLE_ASSERT(workload == 3);
  };
  heddle::thread a(work);
  heddle::thread b(work);
  workload = 3;
  start.count_down();
  a.join();
  b.join();
}
