#include "checker/search/state_hashes.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <set>

#include "checker/search/interner.hpp"

using namespace heddle::search;

TEST_CASE("states are numbered in the order in which their hashes came", "[search]") {
  StateHashes hashes;
  for (unsigned round = 0; round < 2; ++round)
    for (unsigned i = 0; i < 10'000; ++i) REQUIRE(hashes.add(StateHashes::hash_of(&i, sizeof i)) == i);
  CHECK(hashes.size() == 10'000);
  const unsigned long long wider = 3;
  CHECK(hashes.add(StateHashes::hash_of(&wider, sizeof wider)) == 10'000);
  // 16 bytes a state, and a table of numbers that is half full on average.
  CHECK(hashes.memory() < 10'000 * 64);
}

TEST_CASE("the chance of a collision is n * n / 2^129", "[search]") {
  CHECK(chance_of_collision(std::uint64_t{1} << 32) == std::ldexp(1.0, -65));
  CHECK(chance_of_collision(10'000'000) < 1e-24);
}

TEST_CASE("what follows the same bytes is known by the same number as what was looked for", "[search]") {
  Interner interner;
  std::set<Interner::Id> ids;
  // Hints that are wrong half of the time: what followed last time is not what comes now.
  for (unsigned round = 0; round < 3; ++round) {
    Interner::Id before = Interner::unknown;
    for (unsigned i = 0; i < 3000; ++i) {
      const unsigned value = i * (i % 2 == 0 ? 1 : round + 1) % 1000;
      const Interner::Id id = interner.intern_after(before, i % 3, &value, sizeof value);
      REQUIRE(id == interner.intern(&value, sizeof value));
      unsigned known = 0;
      std::memcpy(&known, interner[id].data(), sizeof known);
      REQUIRE(known == value);
      ids.insert(id);
      before = id;
    }
  }
  CHECK(ids.size() == interner.size());
  CHECK(interner.intern("", 0) == interner.intern_after(0, 0, nullptr, 0));
}
