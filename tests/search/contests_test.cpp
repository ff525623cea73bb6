// How likely series of contests are, against all orders of the numbers.
#include "checker/search/contests.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

using heddle::search::Contests;

namespace {

struct Held {
  unsigned winner;
  std::vector<unsigned> standing;
};

/// The share of the orders of `drawn` numbers under which all contests go so.
double share_of(const std::vector<Held>& held, unsigned drawn) {
  std::vector<unsigned> rank(drawn);
  std::iota(rank.begin(), rank.end(), 0U);
  unsigned all = 0;
  unsigned so = 0;
  do {
    all++;
    so += std::all_of(held.begin(), held.end(),
                      [&](const Held& contest) {
                        return std::all_of(contest.standing.begin(), contest.standing.end(),
                                           [&](unsigned number) { return rank[number] <= rank[contest.winner]; });
                      })
              ? 1
              : 0;
  } while (std::next_permutation(rank.begin(), rank.end()));
  return static_cast<double>(so) / all;
}

}  // namespace

TEST_CASE("contests go as they did at least as often as is said", "[search]") {
  std::mt19937_64 random(1);
  unsigned exact = 0;
  unsigned longest = 0;
  for (int i = 0; i < 400; ++i) {
    Contests contests;
    std::vector<Held> held;
    std::vector<unsigned> standing;
    unsigned drawn = 0;
    while (drawn < 8) {
      const auto threads = 1 + random() % 3;
      while (standing.size() < threads && drawn < 8) {
        standing.push_back(contests.draw());
        drawn++;
      }
      const std::size_t best = random() % standing.size();
      contests.won(standing[best], standing);
      held.push_back({standing[best], standing});
      standing.erase(standing.begin() + static_cast<std::ptrdiff_t>(best));
      if (!standing.empty() && random() % 3 == 0) standing.erase(standing.begin());  // drawn again
    }
    const double share = share_of(held, drawn);
    const double said = std::exp2(-contests.bits());
    REQUIRE(share > 0);
    REQUIRE(said <= share * (1 + 1e-9));
    exact += said >= share * (1 - 1e-9) ? 1 : 0;
    longest = std::max(longest, static_cast<unsigned>(held.size()));
  }
  CHECK(exact > 150);  // forests
  CHECK(longest == 8);
}

TEST_CASE("who wins against two, of which one has beaten the other's winner, is larger than all of them", "[search]") {
  Contests contests;
  const auto a = contests.draw();
  const auto b = contests.draw();
  contests.won(a, {a, b});  // 1/2
  const auto c = contests.draw();
  contests.won(c, {b, c});  // c > b; a and c are not compared: 2 of 6 orders have b lowest
  CHECK(std::exp2(-contests.bits()) == Approx(1.0 / 4));
  contests.clear();
  CHECK(contests.bits() == 0);
}

TEST_CASE("many numbers: less is said, and no more than there is", "[search]") {
  Contests contests;
  for (int i = 0; i < 3000; ++i) contests.won(contests.draw(), {});
  CHECK(contests.bits() > 0);
}
