// Two people meet in a hallway, on the same side. Each sees that the other is in the way, and steps aside: to the same
// side again, and so for ever. A livelock. Cured in hallway_fixed.cpp.
#include <array>
#include <heddle/heddle.hpp>

HEDDLE_TEST("both get through the hallway") {
  enum Side { left, right, gone };
  std::array<heddle::atomic<Side>, 2> at{left, left};
  auto walk = [&](int me) {
    Side mine = left;
    while (at[1 - me].load() == mine) {
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
