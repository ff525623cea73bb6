// hallway.cpp with a rule: the second one steps aside, the first one waits for it. Verified under --search=liveness.
#include <array>
#include <heddle/heddle.hpp>

HEDDLE_TEST("both get through the hallway") {
  enum Side { left, right, gone };
  std::array<heddle::atomic<Side>, 2> at{left, left};
  auto walk = [&](int me) {
    Side mine = left;
    while (at[1 - me].load() == mine) {
      if (me == 0) continue;
      mine = mine == left ? right : left;
      at[me].store(mine);
    }
    at[me].store(gone);
  };
  heddle::thread a(walk, 0);
  heddle::thread b(walk, 1);
  a.join();
  b.join();
}
