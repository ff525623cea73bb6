// philosophers.cpp with one left-handed philosopher, who breaks the circle: each takes the fork of the lower number
// first. Or with philosophers who take both forks at once. Verified.
#include <algorithm>
#include <array>
#include <heddle/heddle.hpp>
#include <mutex>
#include <vector>

HEDDLE_TEST("every philosopher eats") {
  constexpr int seats = 3;
  std::array<heddle::mutex, seats> forks;
  auto dine = [&](int seat) {
    const auto [first, second] = std::minmax({seat, (seat + 1) % seats});
    std::lock_guard one(forks[first]);
    std::lock_guard other(forks[second]);
  };
  std::vector<heddle::thread> philosophers;
  for (int seat = 0; seat < seats; ++seat) philosophers.emplace_back(dine, seat);
  for (heddle::thread& philosopher : philosophers) philosopher.join();
}

HEDDLE_TEST("every philosopher who takes both forks at once eats") {
  constexpr int seats = 4;
  std::array<heddle::mutex, seats> forks;
  auto dine = [&](int seat) { std::scoped_lock both(forks[seat], forks[(seat + 1) % seats]); };
  std::vector<heddle::thread> philosophers;
  for (int seat = 0; seat < seats; ++seat) philosophers.emplace_back(dine, seat);
  for (heddle::thread& philosopher : philosophers) philosopher.join();
}
