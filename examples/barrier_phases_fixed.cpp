// One barrier when all have read, and one when all have written.
#include <heddle/heddle.hpp>

HEDDLE_TEST("each phase starts from the one before") {
  heddle::barrier phase(2);
  heddle::var<int> cells[2]{0, 8};
  const auto work = [&](int mine) {
    for (int round = 0; round < 2; ++round) {
      const int average = (cells[0] + cells[1]) / 2;
      phase.arrive_and_wait();
      cells[mine] = average;
      phase.arrive_and_wait();
    }
  };
  heddle::thread a(work, 0);
  heddle::thread b(work, 1);
  a.join();
  b.join();
  HEDDLE_ASSERT(cells[0] == cells[1]);
}
