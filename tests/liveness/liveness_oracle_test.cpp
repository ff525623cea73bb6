// Random programs with loops: the liveness search against an interpreter with states of its own.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>

#include "checker/runtime/check.hpp"
#include "liveness/loop_program.hpp"
#include "oracle/fresh_seed.hpp"

using namespace heddle;
using namespace heddle::liveness_oracle;

namespace {

constexpr std::size_t most_states = 1000;

struct Tally {
  unsigned compared = 0, races = 0, deadlocks = 0, assertions = 0, livelocks = 0, starvations = 0, only_weak = 0;
};

void count(Tally& tally, const Outcomes& found) {
  tally.compared++;
  tally.races += found.race;
  if (found.race) return;
  tally.deadlocks += found.deadlock;
  tally.assertions += found.assertion;
  tally.livelocks += found.livelock[1];
  tally.starvations += found.starved[1] != 0;
  tally.only_weak += found.livelock[0] != found.livelock[1] || found.starved[0] != found.starved[1];
}

/// Compares one program; says how it differs, or nothing.
std::string compare(const Program& program, bool hashed, Tally& tally) {
  const Outcomes expected = interpret(program, most_states);
  if (expected.too_large) return {};
  count(tally, expected);
  if (search(program, hashed) == expected) return {};
  const Program smallest = shrink(program);
  return as_harness(smallest) + "expected: " + to_text(interpret(smallest, most_states)) +
         "\nfound:    " + to_text(search(smallest, hashed)) + "\n";
}

Tally compare_many(std::uint64_t seed, unsigned count) {
  std::mt19937_64 random(seed);
  Tally tally;
  for (unsigned i = 0; i < count; ++i) {
    const std::string difference = compare(random_program(random), i % 2 == 1, tally);
    INFO("seed " << seed << ", program " << i << "\n" << difference);
    REQUIRE(difference.empty());
  }
  return tally;
}

}  // namespace

TEST_CASE("the liveness search finds what an interpreter of states finds", "[liveness]") {
  const Tally tally = compare_many(1, 1500);
  UNSCOPED_INFO(tally.compared << " programs, " << tally.races << " races, " << tally.deadlocks << " deadlocks, "
                               << tally.assertions << " assertions, " << tally.livelocks << " livelocks, "
                               << tally.starvations << " starvations, " << tally.only_weak << " differ by fairness");
  // The programs are worth comparing: each kind of outcome is there many times.
  CHECK(tally.compared > 1000);
  CHECK(tally.races > 20);
  CHECK(tally.deadlocks > 40);
  CHECK(tally.assertions > 50);
  CHECK(tally.livelocks > 100);
  CHECK(tally.starvations > 20);
  CHECK(tally.only_weak > 5);
}

TEST_CASE("the liveness search finds what an interpreter of states finds: a fresh seed", "[liveness]") {
  compare_many(heddle::oracle::fresh_seed(), 500);
}

TEST_CASE("a race of two threads that both fail right after it is not seen: a fault ends an execution", "[liveness]") {
  const std::vector<Action> fails{{.act = Act::write}, {.act = Act::deny}};
  const std::vector<Action> goes_on{{.act = Act::write}};
  Tally tally;
  CHECK(compare({{fails, fails}}, false, tally) == "");
  CHECK(tally.races == 0);
  CHECK(compare({{fails, goes_on}}, false, tally) == "");
  CHECK(tally.races == 1);
}

TEST_CASE("the liveness search finds what an interpreter of states finds, for long", "[liveness][soak]") {
  compare_many(std::random_device()(), 20'000);
}

TEST_CASE("what the liveness search finds replays", "[liveness]") {
  std::mt19937_64 random(7);
  unsigned cycles = 0;
  for (unsigned i = 0; i < 60; ++i) {
    const Program program = random_program(random);
    if (interpret(program, most_states).too_large) continue;
    INFO(as_harness(program));
    Options options;
    options.search = "liveness";
    options.leaks = Leaks::off;
    options.keep_going = true;
    options.fairness = i % 2 == 0 ? Fairness::weak : Fairness::strong;
    options.state_hash = i % 3 == 0;
    const Result result = check(options, [&] { run_as_harness(program); });
    INFO(result.reason);
    REQUIRE(result.verdict != Verdict::error);
    for (const Finding& finding : result.findings) {
      const Result again = replay(options, finding.schedule, [&] { run_as_harness(program); });
      REQUIRE(again.findings.size() == 1);
      CHECK(again.findings[0].kind == finding.kind);
      cycles += finding.cycle != 0;
    }
  }
  CHECK(cycles > 20);
}

TEST_CASE("with --state-hash a proof says how likely it is to be wrong", "[liveness]") {
  Options options;
  options.search = "liveness";
  options.state_hash = true;
  options.leaks = Leaks::off;
  const Result result = check(options, [] { run_as_harness(Program{}); });
  CHECK(result.verdict == Verdict::verified);
  CHECK_THAT(result.reason, Catch::Contains("128-bit hashes") && Catch::Contains("a chance below "));
}
