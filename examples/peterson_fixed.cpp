// Peterson's lock (Peterson, "Myths about the mutual exclusion problem", 1981): whoever said last that it wants to
// enter lets the other go first. Verified under --search=liveness: one at a time, and nobody starves.
#include <array>
#include <heddle/heddle.hpp>

HEDDLE_TEST("both threads enter again and again, one at a time") {
  std::array<heddle::atomic<bool>, 2> wants{false, false};
  heddle::atomic<int> turn{0};
  heddle::var<int> inside{0};
  auto work = [&](int me) {
    for (;;) {
      wants[me].store(true);
      turn.store(1 - me);
      while (wants[1 - me].load() && turn.load() == 1 - me) {
      }
      HEDDLE_ASSERT(inside == 0);
      inside = 1;
      inside = 0;
      heddle::progress();
      wants[me].store(false);
    }
  };
  heddle::thread a(work, 0);
  heddle::thread b(work, 1);
  a.join();
  b.join();
}
