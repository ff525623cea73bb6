// Peterson's lock without the turn: each thread says that it wants to enter, and waits until the other does not. Both
// may want to, and wait for each other for ever. A livelock: they spin. Cured in peterson_fixed.cpp.
#include <array>
#include <heddle/heddle.hpp>

HEDDLE_TEST("both threads enter again and again, one at a time") {
  std::array<heddle::atomic<bool>, 2> wants{false, false};
  heddle::var<int> inside{0};
  auto work = [&](int me) {
    for (;;) {
      wants[me].store(true);
      while (wants[1 - me].load()) {
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
