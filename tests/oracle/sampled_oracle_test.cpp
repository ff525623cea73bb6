// The searches that sample, against all interleavings: they show nothing that cannot be, and, given enough executions
// of a small program, all that can be.
#include <catch2/catch.hpp>

#include "oracle/engine.hpp"
#include "oracle/families.hpp"

using namespace heddle::oracle;

namespace {

std::size_t traces_in(const Traces& traces) {
  return traces.complete.size() + traces.deadlocks.size() + traces.blocked.size();
}

bool within(const std::map<std::string, unsigned>& found, const std::map<std::string, unsigned>& all) {
  return std::all_of(found.begin(), found.end(), [&](const auto& trace) { return all.contains(trace.first); });
}

struct Tally {
  std::size_t programs = 0, to_find = 0, found = 0, races = 0, races_found = 0;
};

/// 300 executions of `program`, of which `all` is what there is to find.
void sample(const Program& program, const Traces& all, const std::string& search, std::uint64_t seed, Tally& tally) {
  const Exploration shown =
      explore(program, true, {.model = "sc", .search = search, .seed = seed, .max_executions = 300});
  INFO(search << " --seed=" << seed << ":\n" << as_harness(program));
  for (const std::string& fault : shown.faults) FAIL(fault);
  tally.programs++;
  tally.races += all.race ? 1 : 0;
  tally.races_found += shown.traces.race ? 1 : 0;
  if (shown.traces.race) REQUIRE(all.race);
  if (all.race) return;
  REQUIRE(shown.violated == 0);
  REQUIRE(within(shown.traces.complete, all.complete));
  REQUIRE(within(shown.traces.deadlocks, all.deadlocks));
  REQUIRE(within(shown.traces.blocked, all.blocked));
  tally.to_find += traces_in(all);
  tally.found += traces_in(shown.traces);
}

}  // namespace

TEST_CASE("samples show only what can be, and most of what small programs have", "[oracle]") {
  const std::string searches[] = {"random", "pct", "pos"};
  Tally tallies[3];
  std::vector<Family> all_families = families();
  all_families.insert(all_families.end(), time_families().begin(), time_families().end() - 1);
  for (const Family& family : all_families) {
    Random random(7);
    const unsigned programs = family.name == std::string("plain data") ? 120 : 16;
    for (unsigned i = 0; i < programs; ++i) {
      const Program program = random_program(family, random);
      Traces all;
      if (!brute_force(program, {.most_states = 5'000}, all)) continue;
      for (std::size_t s = 0; s < 3; ++s) sample(program, all, searches[s], i, tallies[s]);
    }
  }
  for (std::size_t s = 0; s < 3; ++s) {
    INFO(searches[s]);
    const Tally& tally = tallies[s];
    CHECK(tally.programs > 200);
    CHECK(tally.races > 10);
    CHECK(tally.races_found * 10 >= tally.races * 9);
    CHECK(tally.found * 100 >= tally.to_find * 75);
  }
}
