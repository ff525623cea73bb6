// What a search that samples says that it has covered.
#include "checker/search/coverage.hpp"

#include <catch2/catch.hpp>

#include "checker/search/random.hpp"

using namespace heddle::search;

TEST_CASE("a tally tells new hashes from old ones, and those that came once from the others", "[search]") {
  Tally tally;
  for (std::uint64_t i = 0; i < 10'000; ++i) REQUIRE(tally.add(mixed(i)));
  CHECK(tally.size() == 10'000);
  CHECK(tally.once() == 10'000);
  for (std::uint64_t i = 0; i < 10'000; i += 4) REQUIRE_FALSE(tally.add(mixed(i)));
  for (std::uint64_t i = 0; i < 10'000; i += 4) REQUIRE_FALSE(tally.add(mixed(i)));
  CHECK(tally.size() == 10'000);
  CHECK(tally.once() == 7'500);
}

TEST_CASE("random numbers below a count come evenly, and are the same for the same seed", "[search]") {
  Random random(3);
  Random again(3);
  unsigned counts[7] = {};
  for (int i = 0; i < 70'000; ++i) {
    const std::uint64_t number = random.below(7);
    REQUIRE(number == again.below(7));
    counts[number]++;
  }
  // 10,000 each is expected; six standard deviations are 556.
  for (const unsigned count : counts) CHECK((count > 9'444 && count < 10'556));
  CHECK(random.choices() == again.choices());
  CHECK(random.bits() == Approx(70'000 * std::log2(7.0)));
  CHECK(Random(4).next() != Random(3).next());
}

TEST_CASE("shares are never rounded to all or nothing", "[search]") {
  CHECK(percent(0.125) == "12.5 %");
  CHECK(percent(0) == "0.0 %");
  CHECK(percent(1e-9) == "less than 0.1 %");
  CHECK(percent(1 - 1e-9) == "more than 99.9 %");
  CHECK(percent(1) == "100.0 %");
  CHECK(power_of_ten(-0.30103) == "0.5");
  CHECK(power_of_ten(-4) == "1.0e-4");
  CHECK(power_of_ten(-1234.5) == "3.2e-1235");
}
