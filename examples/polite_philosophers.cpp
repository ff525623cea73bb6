// Philosophers who put the fork back: each takes the one on the left, and where the one on the right is not to be had,
// gives the first one back and begins again. Nobody waits, so there is no deadlock; but all can take and put back for
// ever. A livelock. Cured in polite_philosophers_fixed.cpp.
#include <array>
#include <heddle/heddle.hpp>
#include <vector>

HEDDLE_TEST("the philosophers eat again and again") {
  constexpr int seats = 2;
  std::array<heddle::mutex, seats> forks;
  auto dine = [&](int seat) {
    heddle::mutex& left = forks[seat];
    heddle::mutex& right = forks[(seat + 1) % seats];
    for (;;) {
      left.lock();
      if (right.try_lock()) {
        heddle::progress();  // eats
        right.unlock();
      }
      left.unlock();
    }
  };
  std::vector<heddle::thread> philosophers;
  for (int seat = 0; seat < seats; ++seat) philosophers.emplace_back(dine, seat);
  for (heddle::thread& philosopher : philosophers) philosopher.join();
}
