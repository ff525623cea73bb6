// polite_philosophers.cpp where each takes the fork of the lower number first, and keeps it. Verified under
// --search=liveness.
#include <algorithm>
#include <array>
#include <heddle/heddle.hpp>
#include <mutex>
#include <vector>

HEDDLE_TEST("the philosophers eat again and again") {
  constexpr int seats = 2;
  std::array<heddle::mutex, seats> forks;
  auto dine = [&](int seat) {
    const auto [first, second] = std::minmax({seat, (seat + 1) % seats});
    for (;;) {
      std::lock_guard one(forks[first]);
      std::lock_guard other(forks[second]);
      heddle::progress();  // eats
    }
  };
  std::vector<heddle::thread> philosophers;
  for (int seat = 0; seat < seats; ++seat) philosophers.emplace_back(dine, seat);
  for (heddle::thread& philosopher : philosophers) philosopher.join();
}
