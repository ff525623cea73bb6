// Dining philosophers: each takes the fork on the left, then the one on the right. Where all of them have taken the
// left one, all wait for ever; Heddle finds that deadlock. Cured in philosophers_fixed.cpp.
#include <array>
#include <heddle/heddle.hpp>
#include <mutex>
#include <vector>

HEDDLE_TEST("every philosopher eats") {
  constexpr int seats = 3;
  std::array<heddle::mutex, seats> forks;
  auto dine = [&](int seat) {
    std::lock_guard left(forks[seat]);
    std::lock_guard right(forks[(seat + 1) % seats]);
  };
  std::vector<heddle::thread> philosophers;
  for (int seat = 0; seat < seats; ++seat) philosophers.emplace_back(dine, seat);
  for (heddle::thread& philosopher : philosophers) philosopher.join();
}
