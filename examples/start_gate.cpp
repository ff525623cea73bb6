// Workers wait at a gate until what they need is there. The gate is opened one line too early.
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
  start.count_down();
  workload = 3;  // wrong: the workers may be reading it
  a.join();
  b.join();
}
