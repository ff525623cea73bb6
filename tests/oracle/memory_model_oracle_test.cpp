// The exhaustive search under each memory model, against all candidate executions that its axioms let pass: the same
// traces, each exactly once, and a race where there is one.
//
// Random programs of every family with orders, from a fixed seed and from a fresh one. HEDDLE_ORACLE_SEED=N runs one
// seed again.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "oracle/compare.hpp"
#include "oracle/families.hpp"
#include "oracle/fresh_seed.hpp"
#include "oracle/shrink.hpp"

using namespace heddle::oracle;

namespace {

const std::vector<std::string> models = {"sc", "tso", "ra", "rc11"};

struct Tally {
  std::size_t compared = 0, deadlocks = 0, races = 0;
  std::size_t weak = 0;  ///< programs with more traces than under sc
};

std::string explain(const std::string& model, const Program& program) {
  const auto compare = [&](const Program& p) { return compare_under({model}, p).at(model); };
  const Program small = shrink(program, [&](const Program& p) {
    const Comparison comparison = compare(p);
    return !comparison.too_large && !comparison.difference.empty();
  });
  return as_harness(small) + "\nunder " + model + ":\n" + compare(small).difference;
}

Tally compare_programs(const Family& family, std::uint64_t seed, unsigned count) {
  Tally tally;
  Random random(seed);
  for (unsigned i = 0; i < count; ++i) {
    const Program program = random_program(family, random);
    const auto comparisons = compare_under(models, program);
    const std::size_t under_sc = comparisons.at("sc").traces.complete.size();
    for (const auto& [model, comparison] : comparisons) {
      if (comparison.too_large) continue;
      if (!comparison.difference.empty()) {
        UNSCOPED_INFO(family.name << ", seed " << seed << ", program " << i << ":\n" << explain(model, program));
        FAIL();
      }
      tally.compared++;
      tally.deadlocks += comparison.traces.deadlocks.size();
      tally.races += comparison.traces.race ? 1 : 0;
      tally.weak += comparison.traces.complete.size() > under_sc ? 1 : 0;
    }
  }
  return tally;
}

Tally compare_family(const char* name) {
  for (const Family& family : weak_families()) {
    if (family.name != std::string(name)) continue;
    compare_programs(family, fresh_seed(), 60);
    return compare_programs(family, 1, 200);
  }
  FAIL("there is no such family");
  return {};
}

/// Every family for as long as HEDDLE_SOAK_SECONDS says.
void soak(const Family& family) {
  const char* given = std::getenv("HEDDLE_SOAK_SECONDS");
  const std::chrono::duration<double> limit(given != nullptr ? std::atof(given) : 60);
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t seed = fresh_seed();
  Tally total;
  while (std::chrono::steady_clock::now() - start < limit) {
    const Tally tally = compare_programs(family, ++seed, 50);
    total.compared += tally.compared;
    total.weak += tally.weak;
  }
  std::cout << "memory models: " << family.name << ": " << total.compared << " comparisons, " << total.weak
            << " with more traces than under sc" << std::endl;
}

}  // namespace

TEST_CASE("memory models: accesses of every order", "[oracle][models]") {
  const Tally tally = compare_family("orders");
  CHECK(tally.compared > 600);
  CHECK(tally.weak > 60);
}

TEST_CASE("memory models: mostly relaxed accesses", "[oracle][models]") {
  CHECK(compare_family("relaxed orders").weak > 60);
}

TEST_CASE("memory models: seq_cst accesses mixed with weaker ones", "[oracle][models]") {
  CHECK(compare_family("seq_cst and weaker").weak > 40);
}

TEST_CASE("memory models: fences of every order", "[oracle][models]") { CHECK(compare_family("fences").weak > 50); }

TEST_CASE("memory models: seq_cst fences", "[oracle][models]") { CHECK(compare_family("seq_cst fences").weak > 60); }

TEST_CASE("memory models: updates, and release sequences", "[oracle][models]") {
  CHECK(compare_family("updates").compared > 600);
}

TEST_CASE("memory models: compare_exchange_weak that fails for no reason", "[oracle][models]") {
  const Tally tally = compare_family("spurious failures");
  CHECK(tally.compared > 600);
  CHECK(tally.weak > 20);
}

TEST_CASE("memory models: locks and semaphores beside atomics", "[oracle][models]") {
  const Tally tally = compare_family("locks and orders");
  CHECK(tally.deadlocks > 50);
  CHECK(tally.weak > 10);
}

TEST_CASE("memory models: locks and semaphores beside seq_cst", "[oracle][models]") {
  CHECK(compare_family("seq_cst and locks").compared > 500);
}

TEST_CASE("memory models: a race is reported where there is one", "[oracle][models]") {
  const Tally tally = compare_family("plain data and orders");
  CHECK(tally.races > 100);
  CHECK(tally.compared - tally.races > 100);
}

TEST_CASE("memory models: many more random programs", "[oracle][models][soak][.]") {
  for (const Family& family : weak_families()) soak(family);
}
