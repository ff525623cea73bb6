// Programs that end: the liveness search against brute force over their interleavings.
#include <algorithm>
#include <catch2/catch.hpp>

#include "checker/runtime/check.hpp"
#include "oracle/brute_force.hpp"
#include "oracle/engine.hpp"
#include "oracle/families.hpp"

using namespace heddle;
using namespace heddle::oracle;

namespace {

/// Whether threads may learn of each other by what orders nothing: then a race need not be between two accesses that
/// can come right after each other.
bool communicates_without_order(const Program& program) {
  using enum Act;
  static constexpr Act acts[] = {try_lock, try_lock_recursive, try_acquire, wait, wait_while, atomic_wait};
  return std::any_of(program.threads.begin(), program.threads.end(), [](const ProgramThread& thread) {
    return std::any_of(thread.actions.begin(), thread.actions.end(), [](const Action& action) {
      return std::find(std::begin(acts), std::end(acts), action.act) != std::end(acts);
    });
  });
}

bool has(const Result& result, FindingKind kind) {
  return std::any_of(result.findings.begin(), result.findings.end(),
                     [&](const Finding& finding) { return finding.kind == kind; });
}

struct Tally {
  unsigned compared = 0, races = 0, deadlocks = 0;
};

void compare(const Program& program, Tally& tally) {
  Traces traces;
  // Several mutexes are locked in one move (docs/search.md).
  if (!brute_force(program, {.most_states = 8000, .several_at_once = true}, traces)) return;
  Options options;
  options.search = "liveness";
  options.leaks = Leaks::off;
  options.keep_going = true;
  options.spurious_wakeups = program.spurious_wakeups;
  if (program.no_timeouts) options.timeouts = Timeouts::never;
  const Result result = check(options, [&] { run_as_harness(program); });
  INFO(as_harness(program) << result.reason);
  const bool nothing_ended = result.reason.find("heddle::assume") != std::string::npos;
  REQUIRE((result.verdict != Verdict::inconclusive || nothing_ended));
  REQUIRE(result.verdict != Verdict::error);
  tally.compared++;
  tally.races += traces.race;
  if (has(result, FindingKind::data_race)) REQUIRE(traces.race);
  if (traces.race && !communicates_without_order(program)) REQUIRE(has(result, FindingKind::data_race));
  if (traces.race) return;
  tally.deadlocks += !traces.deadlocks.empty();
  REQUIRE(has(result, FindingKind::deadlock) == !traces.deadlocks.empty());
  REQUIRE_FALSE(has(result, FindingKind::livelock));
  REQUIRE_FALSE(has(result, FindingKind::starvation));
}

}  // namespace

TEST_CASE("the liveness search and brute force agree on programs that end", "[liveness]") {
  Random random(1);
  Tally tally;
  std::vector<Family> all = families();
  for (const char* name : {"several at once", "several at once, and try_lock", "several at once, some of them shared"})
    all.push_back(family(name));
  for (const Family& family : all)
    for (unsigned i = 0, count = std::string(family.name) == "plain data" ? 60 : 10; i < count; ++i) {
      INFO(family.name);
      compare(random_program(family, random), tally);
    }
  UNSCOPED_INFO(tally.compared << " programs, " << tally.races << " races, " << tally.deadlocks << " deadlocks");
  CHECK(tally.compared > 100);
  CHECK(tally.races > 2);
  CHECK(tally.deadlocks > 10);
}
