// The search with a bound on preemptions against all interleavings with so many: the same traces, each exactly once.
#include <catch2/catch.hpp>

#include "oracle/engine.hpp"
#include "oracle/families.hpp"

using namespace heddle::oracle;

namespace {

/// Each trace must be there once.
void compare_sets(const std::map<std::string, unsigned>& found, const std::map<std::string, unsigned>& expected) {
  for (const auto& [trace, times] : found) {
    INFO("found " << times << " times, expected " << expected.count(trace) << ":\n" << trace);
    REQUIRE((times == 1 && expected.contains(trace)));
  }
  for (const auto& [trace, times] : expected) {
    INFO("not found:\n" << trace);
    REQUIRE(found.contains(trace));
  }
}

struct Tally {
  std::size_t programs = 0, traces = 0, deadlocks = 0, complete = 0;
};

/// `program` under the bound, 0 to 3, and under `auto`.
void compare_bounds(const Program& program, Tally& tally) {
  Traces all;
  if (!brute_force(program, {.most_states = 4'000, .commuting_events = true}, all) || all.race) return;
  std::size_t before = 0;
  for (int bound = 0; bound <= 3; ++bound) {
    Traces expected;
    if (!brute_force(program, {.most_states = 100'000, .most_preemptions = bound, .commuting_events = true}, expected))
      return;
    const Exploration found =
        explore(program, true, {.model = "sc", .preemption_bound = std::to_string(bound)}, Commuting::events());
    INFO("bound " << bound << ":\n" << as_harness(program));
    for (const std::string& fault : found.faults) FAIL(fault);
    compare_sets(found.traces.complete, expected.complete);
    compare_sets(found.traces.deadlocks, expected.deadlocks);
    compare_sets(found.traces.blocked, expected.blocked);
    const std::size_t traces = expected.complete.size() + expected.deadlocks.size();
    REQUIRE(traces >= before);
    before = traces;
    tally.traces += traces;
    tally.deadlocks += expected.deadlocks.size();
  }
  const Exploration found = explore(program, true, {.model = "sc", .preemption_bound = "auto"}, Commuting::events());
  INFO("auto:\n" << as_harness(program));
  compare_sets(found.traces.complete, all.complete);
  compare_sets(found.traces.deadlocks, all.deadlocks);
  compare_sets(found.traces.blocked, all.blocked);
  tally.programs++;
}

Tally compare_families(const std::vector<Family>& families, std::uint64_t seed, unsigned programs) {
  Tally tally;
  for (const Family& family : families) {
    if (!family.loop_acts.empty()) continue;  // run round by round
    Random random(seed);
    for (unsigned i = 0; i < programs; ++i) compare_bounds(random_program(family, random), tally);
  }
  return tally;
}

}  // namespace

TEST_CASE("random programs under a bound on preemptions", "[oracle]") {
  const Tally tally = compare_families(families(), 21, 30);
  CHECK(tally.programs > 200);
  CHECK(tally.traces > 3'000);
  CHECK(tally.deadlocks > 300);
}

TEST_CASE("random programs of what commutes, under a bound on preemptions", "[oracle]") {
  const Tally tally = compare_families(commuting_families(), 23, 60);
  CHECK(tally.programs > 100);
  CHECK(tally.traces > 500);
}

TEST_CASE("random programs in which time passes, under a bound on preemptions", "[oracle]") {
  const Tally tally = compare_families(time_families(), 22, 40);
  CHECK(tally.programs > 100);
  CHECK(tally.traces > 500);
}

TEST_CASE(
    "under every memory model a bound that grows comes to what the exhaustive search visits, and samples to nothing "
    "else",
    "[oracle]") {
  std::size_t traces = 0;
  for (const std::string model : {"tso", "ra", "rc11"}) {
    std::vector<Family> all_families = families();
    all_families.insert(all_families.end(), commuting_families().begin(), commuting_families().end());
    all_families.insert(all_families.end(), time_families().begin(), time_families().end() - 1);
    for (const Family& family : all_families) {
      Random random(5);
      for (unsigned i = 0; i < 12; ++i) {
        const Program program = random_program(family, random);
        const Exploration small = explore(program, false, {.model = model, .max_executions = 201});
        if (small.traces.race || small.executions > 200) continue;
        INFO(model << ":\n" << as_harness(program));
        const Commuting commuting = Commuting::events();
        const Exploration found = explore(program, false, {.model = model, .preemption_bound = "auto"}, commuting);
        // Where some fail, this one searches all orders.
        const Exploration all = explore(program, false, {.model = model}, commuting);
        compare_sets(found.traces.complete, all.traces.complete);
        compare_sets(found.traces.deadlocks, all.traces.deadlocks);
        traces += all.traces.complete.size();
        const Exploration sample =
            explore(program, false, {.model = model, .search = "random", .max_executions = 50}, commuting);
        for (const auto& [trace, times] : sample.traces.complete) {
          INFO("not to be found, " << times << " times:\n" << trace);
          REQUIRE(all.traces.complete.contains(trace));
        }
      }
    }
  }
  CHECK(traces > 500);
}

TEST_CASE("many more random programs under a bound on preemptions", "[oracle][soak][.]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    for (const auto* those : {&families(), &commuting_families()}) compare_families(*those, seed, 100);
}
