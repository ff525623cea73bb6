// The exhaustive search against all interleavings: the same traces, each exactly once, and nothing in vain.
//
// Random programs of every family, from fixed seeds and from a fresh one. HEDDLE_ORACLE_SEED=N runs one seed again.
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

bool differs(const Program& program, const BruteForce& how) {
  const Comparison comparison = compare(program, how);
  return !comparison.too_large && !comparison.difference.empty();
}

/// A program that the two disagree about, as small as it gets, and what they disagree about.
std::string explain(const Program& program, const BruteForce& how) {
  const Program small = shrink(program, [&](const Program& p) { return differs(p, how); });
  return as_harness(small) + "\n" + compare(small, how).difference;
}

struct Tally {
  std::size_t compared = 0, complete = 0, deadlocks = 0, livelocks = 0, blocked = 0, races = 0;
  std::size_t commuting = 0;  ///< programs in which the order of some operations is not told
  std::size_t in_vain = 0;    ///< executions begun and given up
};

/// Compares `count` random programs of the family.
Tally compare_programs(const Family& family, std::uint64_t seed, unsigned count, const BruteForce& how = {}) {
  Tally tally;
  Random random(seed);
  for (unsigned i = 0; i < count; ++i) {
    const Program program = random_program(family, random);
    const Comparison comparison = compare(program, how);
    if (comparison.too_large) continue;
    if (!comparison.difference.empty()) {
      UNSCOPED_INFO(family.name << ", seed " << seed << ", program " << i << ":\n" << explain(program, how));
      FAIL();
    }
    tally.compared++;
    tally.complete += comparison.traces.complete.size();
    tally.deadlocks += comparison.traces.deadlocks.size();
    tally.livelocks += comparison.traces.livelocks.size();
    tally.blocked += comparison.traces.blocked.size();
    tally.races += comparison.traces.race ? 1 : 0;
    tally.in_vain += comparison.in_vain;
    const auto& commuting = comparison.traces.commuting.by_kind;
    tally.commuting += std::find(commuting.begin(), commuting.end(), true) != commuting.end() ? 1 : 0;
  }
  return tally;
}

/// The default run of a family.
Tally compare_family(const char* name) {
  const Family& which = family(name);
  compare_programs(which, fresh_seed(), 250);
  return compare_programs(which, 1, 500);
}

}  // namespace

TEST_CASE("random programs of atomics", "[oracle]") { CHECK(compare_family("atomics").complete > 10'000); }

TEST_CASE("random programs of compare_exchange_weak that fails for no reason", "[oracle]") {
  CHECK(compare_family("weak compare_exchange").complete > 10'000);
}

TEST_CASE("random programs of locks", "[oracle]") {
  const Tally tally = compare_family("locks");
  CHECK(tally.complete > 2'000);
  CHECK(tally.deadlocks > 100);
}

TEST_CASE("random programs of semaphores", "[oracle]") {
  const Tally tally = compare_family("semaphores");
  CHECK(tally.complete > 2'000);
  CHECK(tally.deadlocks > 500);
}

TEST_CASE("random programs of condition variables", "[oracle]") {
  const Tally tally = compare_family("conditions");
  CHECK(tally.complete > 1'000);
  CHECK(tally.deadlocks > 2'000);
}

TEST_CASE("random programs that wait for atomics", "[oracle]") {
  const Tally tally = compare_family("atomic waits");
  CHECK(tally.complete > 2'000);
  CHECK(tally.deadlocks > 2'000);
}

TEST_CASE("random programs of shared mutexes", "[oracle]") {
  const Tally tally = compare_family("shared locks");
  CHECK(tally.complete > 2'000);
  CHECK(tally.deadlocks > 100);
}

TEST_CASE("random programs with time limits", "[oracle]") {
  const Tally tally = compare_family("time limits");
  CHECK(tally.complete > 2'000);
  CHECK(tally.deadlocks > 100);
}

TEST_CASE("random programs in which time passes where nobody can move", "[oracle]") {
  for (const Family& family : time_families()) {
    compare_programs(family, fresh_seed(), 150);
    const Tally tally = compare_programs(family, 1, 300);
    CAPTURE(family.name, tally.compared, tally.complete, tally.deadlocks, tally.livelocks, tally.races, tally.in_vain);
    CHECK(tally.compared > 250);
    CHECK(tally.complete > 300);
  }
}

TEST_CASE("random programs of promises, tasks and futures", "[oracle]") {
  for (const Family& family : future_families()) {
    compare_programs(family, fresh_seed(), 100);
    const Tally tally = compare_programs(family, 1, 250);
    CAPTURE(family.name, tally.compared, tally.complete, tally.deadlocks, tally.races, tally.in_vain);
    CHECK(tally.compared > 200);
    CHECK(tally.complete > 200);
    CHECK(tally.in_vain == 0);
  }
}

TEST_CASE("random programs of stop sources, callbacks and waits that are stopped", "[oracle]") {
  for (const Family& family : stop_families()) {
    compare_programs(family, fresh_seed(), 100);
    const Tally tally = compare_programs(family, 1, 250);
    CAPTURE(family.name, tally.compared, tally.complete, tally.deadlocks, tally.races, tally.in_vain);
    CHECK(tally.compared > 200);
    CHECK(tally.complete > 200);
    CHECK(tally.in_vain == 0);
  }
}

TEST_CASE("random programs of latches and barriers", "[oracle]") {
  const Tally tally = compare_family("latches and barriers");
  CHECK(tally.complete > 700);
  CHECK(tally.deadlocks > 100);
}

TEST_CASE("random programs with loops that wait for what they read", "[oracle]") {
  const Tally tally = compare_family("loops that read");
  CHECK(tally.complete > 1'000);
  CHECK(tally.livelocks > 200);
}

TEST_CASE("random programs with loops that wait for an update", "[oracle]") {
  const Tally tally = compare_family("loops that update");
  CHECK(tally.complete > 1'000);
  CHECK(tally.livelocks > 200);
}

TEST_CASE("random programs with loops that wait beside locks", "[oracle]") {
  CHECK(compare_family("loops and locks").complete > 600);
}

TEST_CASE("random programs with loops that wait beside what commutes", "[oracle]") {
  CHECK(compare_family("loops and what commutes").complete > 600);
}

TEST_CASE("random programs of readers and writers", "[oracle]") {
  const Tally tally = compare_family("readers");
  CHECK(tally.complete > 1'000);
  CHECK(tally.in_vain * 100 <= tally.complete);  // a reader inside that waits for what another does inside
  const Tally alone = compare_family("readers alone");
  CHECK(alone.complete > 700);
  CHECK(alone.in_vain * 100 <= alone.complete);
}

TEST_CASE("random programs of releases that commute", "[oracle]") {
  const Tally tally = compare_family("releases");
  CHECK(tally.complete > 1'000);
  CHECK(tally.deadlocks > 100);
  CHECK(tally.in_vain * 100 <= tally.complete);
}

TEST_CASE("random programs of arrivals that commute", "[oracle]") {
  const Tally tally = compare_family("arrivals");
  CHECK(tally.complete > 500);
  CHECK(tally.in_vain == 0);
}

TEST_CASE("random programs of all that commutes", "[oracle]") {
  const Tally tally = compare_family("all that commutes");
  CHECK(tally.complete > 500);
  CHECK(tally.deadlocks > 100);
  CHECK(tally.in_vain * 100 <= tally.complete);
}

TEST_CASE("random programs in which what commutes may fail: then nothing of its kind is taken to commute", "[oracle]") {
  const Tally tally = compare_family("what commutes and what fails");
  CHECK(tally.complete > 500);
}

TEST_CASE("random programs with plain data under shared mutexes: a race is reported where there is one", "[oracle]") {
  const Tally tally = compare_family("readers of plain data");
  CHECK(tally.races > 30);
  CHECK(tally.compared - tally.races > 100);
}

TEST_CASE("random programs that lock several mutexes at once", "[oracle]") {
  const Tally tally = compare_family("several at once");
  CHECK(tally.complete > 1'000);
  CHECK(tally.deadlocks > 100);
}

TEST_CASE("random programs that lock several mutexes at once beside tries", "[oracle]") {
  const Tally tally = compare_family("several at once, and try_lock");
  CHECK(tally.complete > 1'000);
  CHECK(tally.deadlocks > 100);
}

TEST_CASE("random programs that lock several mutexes at once, some of them shared", "[oracle]") {
  const Tally tally = compare_family("several at once, some of them shared");
  CHECK(tally.complete > 1'000);
  CHECK(tally.deadlocks > 100);
  CHECK(tally.commuting > 400);
  const Tally tries = compare_family("several at once, some of them shared, and tries");
  CHECK(tries.complete > 1'000);
  CHECK(tries.deadlocks > 100);
  const Tally races = compare_family("several at once, some of them shared, and plain data");
  CHECK(races.races > 30);
  CHECK(races.compared - races.races > 100);
}

TEST_CASE("random programs that lock several mutexes at once beside loops that wait", "[oracle]") {
  const Tally tally = compare_family("several at once, and loops");
  CHECK(tally.complete > 600);
  CHECK(tally.livelocks > 100);
}

TEST_CASE("random programs that call once", "[oracle]") { CHECK(compare_family("once").complete > 1'000); }

TEST_CASE("random programs with branches and choices", "[oracle]") {
  CHECK(compare_family("branches").complete > 4'000);
}

TEST_CASE("random programs with assumptions", "[oracle]") { CHECK(compare_family("assumptions").blocked > 500); }

TEST_CASE("random programs in which threads start and join threads", "[oracle]") {
  CHECK(compare_family("spawns").complete > 1'000);
}

TEST_CASE("random programs of everything", "[oracle]") {
  const Tally tally = compare_family("mixtures");
  CHECK(tally.complete > 1'000);
  CHECK(tally.deadlocks > 400);
}

TEST_CASE("random programs with plain data: a race is reported where there is one", "[oracle]") {
  const Tally tally = compare_family("plain data");
  CHECK(tally.races > 30);
  CHECK(tally.compared - tally.races > 200);
}

TEST_CASE("two threads that add each other's number, against all interleavings", "[oracle]") {
  const Action load_i{.act = Act::load, .object = 0};
  const Action load_j{.act = Act::load, .object = 1};
  const Action store_i{.act = Act::store, .object = 0, .value_is_register = true};
  const Action store_j{.act = Act::store, .object = 1, .value_is_register = true};
  std::vector<Action> a;
  std::vector<Action> b;
  for (int k = 0; k < 3; ++k) {
    for (const Action& action : {load_i, load_j, store_i}) a.push_back(action);
    for (const Action& action : {load_j, load_i, store_j}) b.push_back(action);
  }
  Program program = program_of({a, b});
  program.threads[0].actions.push_back(load_i);
  program.threads[0].actions.push_back(load_j);
  const Comparison comparison = compare(program, {.most_states = 1'000'000});
  REQUIRE(comparison.difference.empty());
  REQUIRE(comparison.traces.complete.size() == 1698);
}

namespace {

/// Every program of two threads of two operations each out of `alphabet`, under a third thread of one operation.
void compare_all(const std::vector<Action>& alphabet) {
  const std::size_t n = alphabet.size();
  for (std::size_t code = 0; code < n * n * n * n * n; ++code) {
    std::size_t rest = code;
    const auto next = [&] {
      const Action action = alphabet[rest % n];
      rest /= n;
      return action;
    };
    const Program program = program_of({{next(), next()}, {next(), next()}, {next()}});
    const BruteForce how{.most_states = 1'000'000};
    const Comparison comparison = compare(program, how);
    REQUIRE_FALSE(comparison.too_large);
    if (comparison.difference.empty()) continue;
    UNSCOPED_INFO(explain(program, how));
    FAIL();
  }
}

/// Larger programs of every family, for as long as HEDDLE_SOAK_SECONDS says.
void soak(const Family& family) {
  const char* given = std::getenv("HEDDLE_SOAK_SECONDS");
  const std::chrono::duration<double> limit(given != nullptr ? std::atof(given) : 60);
  const auto start = std::chrono::steady_clock::now();
  Family larger = family;
  larger.most_threads = 4;
  larger.most_actions++;
  std::uint64_t seed = fresh_seed();
  Tally total;
  while (std::chrono::steady_clock::now() - start < limit) {
    for (const Family& which : {family, larger}) {
      const Tally tally = compare_programs(which, ++seed, 50, {.most_states = 100'000});
      total.compared += tally.compared;
      total.complete += tally.complete;
      total.deadlocks += tally.deadlocks;
    }
  }
  std::cout << "oracle: " << family.name << ": " << total.compared << " programs, " << total.complete << " traces, "
            << total.deadlocks << " deadlocks" << std::endl;
}

}  // namespace

TEST_CASE("every small program of a mutex and an atomic", "[oracle][soak][.]") {
  compare_all({{.act = Act::lock},
               {.act = Act::try_lock},
               {.act = Act::unlock},
               {.act = Act::load},
               {.act = Act::store, .value = 1},
               {.act = Act::fetch_add, .value = 1}});
}

TEST_CASE("every small program of a semaphore and an atomic", "[oracle][soak][.]") {
  compare_all({{.act = Act::acquire},
               {.act = Act::try_acquire},
               {.act = Act::release, .value = 1},
               {.act = Act::load},
               {.act = Act::store, .value = 1},
               {.act = Act::compare_exchange, .value = 2, .expected = 1}});
}

TEST_CASE("every small program of waits for an atomic", "[oracle][soak][.]") {
  compare_all({{.act = Act::atomic_wait},
               {.act = Act::atomic_notify_one},
               {.act = Act::atomic_notify_all},
               {.act = Act::load},
               {.act = Act::store, .value = 1}});
}

TEST_CASE("many more random programs", "[oracle][soak][.]") {
  for (const Family& family : families()) soak(family);
  for (const Family& family : loop_families()) soak(family);
  for (const Family& family : commuting_families()) soak(family);
  for (const Family& family : families_of_several()) soak(family);
  for (const Family& family : future_families()) soak(family);
  for (const Family& family : stop_families()) soak(family);
}
