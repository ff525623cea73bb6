// Loops that wait, under each memory model: a loop of one read is as good as the read and the assumption that it ends
// the loop, which have an oracle of their own. The same complete executions, each once; and the loop is endless where
// the assumption is false of the newest write.
#include <catch2/catch.hpp>

#include "oracle/compare.hpp"
#include "oracle/families.hpp"
#include "oracle/fresh_seed.hpp"
#include "oracle/shrink.hpp"

using namespace heddle::oracle;

namespace {

Program with_assumptions(Program program) {
  for (ProgramThread& thread : program.threads)
    for (Action& action : thread.actions)
      if (action.act == Act::again) action = {.act = Act::assume, .other = 1, .expected = action.expected};
  return program;
}

/// Whether each loop is one read, before which the register holds what makes it go on: so that the first round is like
/// all others.
bool is_of_one_read(const Program& program) {
  for (const ProgramThread& thread : program.threads) {
    for (std::size_t at = 0; at < thread.actions.size(); ++at) {
      const Action& again = thread.actions[at];
      if (again.act != Act::again) continue;
      if (at < 2 || again.value != 1 || again.only_if >= 0) return false;
      const Action& read = thread.actions[at - 1];
      const Action& set = thread.actions[at - 2];
      if ((read.act != Act::load && read.act != Act::compare_exchange) || read.only_if >= 0) return false;
      if (read.act == Act::compare_exchange && (read.value_is_register || read.expected == again.expected))
        return false;
      if (set.act != Act::set || set.only_if >= 0 || set.value != again.expected) return false;
    }
  }
  return true;
}

struct Tally {
  std::size_t complete = 0, livelocks = 0, weak = 0, in_vain = 0;
};

std::string difference(const Program& program, const std::string& model, Tally& tally) {
  heddle::Options options;
  options.model = model;
  options.max_events = 64;
  const Exploration loops = explore(program, true, options);
  const Exploration assumptions = explore(with_assumptions(program), false, options);
  std::string text;
  for (const Exploration* exploration : {&loops, &assumptions})
    for (const std::string& fault : exploration->faults) text += fault + "\n";
  compare_sets("complete", assumptions.traces.complete, loops.traces.complete, text);
  compare_sets("livelock", assumptions.stuck, loops.traces.livelocks, text);
  tally.complete += loops.traces.complete.size();
  tally.livelocks += loops.traces.livelocks.size();
  tally.in_vain += loops.traces.in_vain;
  return text;
}

Tally compare_programs(std::uint64_t seed, unsigned count) {
  Tally tally;
  Random random(seed);
  for (unsigned i = 0; i < count; ++i) {
    const Program program = random_program(loops_and_orders(), random);
    if (!is_of_one_read(program)) continue;
    std::size_t under_sc = 0;
    for (const char* model : {"sc", "tso", "ra", "rc11"}) {
      const std::size_t before = tally.complete;
      if (difference(program, model, tally).empty()) {
        if (model == std::string("sc")) under_sc = tally.complete - before;
        tally.weak += tally.complete - before > under_sc ? 1 : 0;
        continue;
      }
      const Program small =
          shrink(program, [&](const Program& p) { return is_of_one_read(p) && !difference(p, model, tally).empty(); });
      UNSCOPED_INFO("seed " << seed << ", program " << i << ":\n"
                            << as_harness(small) << "\nunder " << model << ":\n"
                            << difference(small, model, tally));
      FAIL();
    }
  }
  return tally;
}

}  // namespace

TEST_CASE("memory models: loops that wait", "[oracle][models]") {
  compare_programs(fresh_seed(), 150);
  const Tally tally = compare_programs(1, 300);
  CHECK(tally.complete > 2'000);
  CHECK(tally.livelocks > 200);
  CHECK(tally.weak > 30);
}
