// The two readings of several mutexes locked at once, by brute force: one after another, as the search has it, and in
// one step, as the standard has it. What a thread sees must be the same, but for tries that fail because another thread
// has got one mutex and waits for the next; real ones fail like that too.
#include <algorithm>
#include <catch2/catch.hpp>

#include "oracle/brute_force.hpp"
#include "oracle/engine.hpp"
#include "oracle/families.hpp"
#include "oracle/fresh_seed.hpp"

using heddle::Options;
using namespace heddle::oracle;

namespace {

using Set = std::map<std::string, unsigned>;

bool includes(const Set& larger, const Set& smaller) {
  return std::all_of(smaller.begin(), smaller.end(), [&](const auto& each) { return larger.contains(each.first); });
}

struct Tally {
  std::size_t complete = 0, deadlocks = 0, only_in_turn = 0;
};

Tally compare_readings(const Family& family, std::uint64_t seed, unsigned count, bool tries) {
  Tally tally;
  Random random(seed);
  for (unsigned i = 0; i < count; ++i) {
    const Program program = random_program(family, random);
    Traces in_turn;
    Traces at_once;
    if (!brute_force(program, {.commuting = true}, in_turn) ||
        !brute_force(program, {.several_at_once = true, .commuting = true}, at_once))
      continue;
    INFO(family.name << ", seed " << seed << ", program " << i << ":\n" << as_harness(program));
    REQUIRE(includes(in_turn.complete, at_once.complete));
    REQUIRE(includes(in_turn.deadlocks_without_parts, at_once.deadlocks));
    if (!tries) {
      REQUIRE(in_turn.complete.size() == at_once.complete.size());
      REQUIRE(in_turn.deadlocks_without_parts.size() == at_once.deadlocks.size());
    }
    tally.complete += at_once.complete.size();
    tally.deadlocks += at_once.deadlocks.size();
    tally.only_in_turn += in_turn.complete.size() - at_once.complete.size();
  }
  return tally;
}

}  // namespace

TEST_CASE("several mutexes locked one after another, or in one step: the same traces and deadlocks", "[oracle]") {
  compare_readings(family("several at once"), fresh_seed(), 250, false);
  const Tally tally = compare_readings(family("several at once"), 1, 500, false);
  CHECK(tally.complete > 1'000);
  CHECK(tally.deadlocks > 50);
}

TEST_CASE("several shared mutexes locked one after another, or in one step: the same", "[oracle]") {
  const Family& shared = family("several at once, some of them shared");
  compare_readings(shared, fresh_seed(), 250, false);
  const Tally tally = compare_readings(shared, 1, 500, false);
  CHECK(tally.complete > 1'000);
  CHECK(tally.deadlocks > 50);
}

TEST_CASE("several mutexes locked one after another: more tries fail", "[oracle]") {
  compare_readings(family("several at once, and try_lock"), fresh_seed(), 250, true);
  const Tally tally = compare_readings(family("several at once, and try_lock"), 1, 500, true);
  CHECK(tally.deadlocks > 50);
  CHECK(tally.only_in_turn > 0);
}

TEST_CASE(
    "several mutexes locked at once: under every model, and with a bound that grows, the same; samples show no more",
    "[oracle]") {
  std::size_t compared = 0;
  for (const char* name :
       {"several at once", "several at once, and try_lock", "several at once, some of them shared"}) {
    Random random(3);
    for (unsigned i = 0; i < 60; ++i) {
      const Program program = random_program(family(name), random);
      Traces all;
      if (!brute_force(program, {.most_states = 5'000, .commuting = true}, all)) continue;
      INFO(as_harness(program));
      for (const Options& options : {Options{.model = "sc", .preemption_bound = "auto"}, Options{.model = "tso"},
                                     Options{.model = "ra"}, Options{.model = "rc11"}}) {
        const Exploration found = explore(program, true, options, all.commuting);
        CHECK(found.faults.empty());
        REQUIRE(includes(found.traces.complete, all.complete));
        REQUIRE(includes(all.complete, found.traces.complete));
        REQUIRE(includes(found.traces.deadlocks, all.deadlocks));
        REQUIRE(includes(all.deadlocks, found.traces.deadlocks));
      }
      const Options random_walks{.model = "sc", .search = "random", .max_executions = 100};
      const Exploration sample = explore(program, true, random_walks, all.commuting);
      REQUIRE(includes(all.complete, sample.traces.complete));
      REQUIRE(includes(all.deadlocks, sample.traces.deadlocks));
      compared++;
    }
  }
  CHECK(compared > 60);
}
