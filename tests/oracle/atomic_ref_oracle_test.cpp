// Atomics through heddle::atomic_ref: the programs of the other families, whose atomics are plain ints now, have the
// same traces, each found once, under brute force and under each memory model's axioms.
#include <catch2/catch.hpp>

#include "oracle/compare.hpp"
#include "oracle/families.hpp"
#include "oracle/fresh_seed.hpp"
#include "oracle/shrink.hpp"

using namespace heddle::oracle;

namespace {

using Compare = std::map<std::string, Comparison> (*)(const Program&);

std::map<std::string, Comparison> with_brute_force(const Program& program) { return {{"sc", compare(program)}}; }
std::map<std::string, Comparison> with_axioms(const Program& program) {
  return compare_under({"sc", "tso", "ra", "rc11"}, program);
}

std::string difference(Compare compare, const Program& program) {
  for (const auto& [model, comparison] : compare(program))
    if (!comparison.too_large && !comparison.difference.empty()) return model + ":\n" + comparison.difference;
  return {};
}

/// How many traces there are in `count` random programs of the family.
std::size_t traces_through_refs(const Family& family, std::uint64_t seed, unsigned count, Compare compare) {
  std::size_t traces = 0;
  Random random(seed);
  for (unsigned i = 0; i < count; ++i) {
    Program program = random_program(family, random);
    program.through_refs = true;
    for (const auto& [model, comparison] : compare(program)) {
      if (comparison.too_large) continue;
      if (!comparison.difference.empty()) {
        const Program small = shrink(program, [&](const Program& p) { return !difference(compare, p).empty(); });
        UNSCOPED_INFO(family.name << ", seed " << seed << ", program " << i << ":\n"
                                  << as_harness(small) << '\n'
                                  << difference(compare, small));
        FAIL();
      }
      traces += comparison.traces.complete.size();
    }
  }
  return traces;
}

/// Of a fixed seed; programs of a fresh one are compared too.
std::size_t traces_through_refs(const Family& family, Compare compare, unsigned count) {
  traces_through_refs(family, fresh_seed(), count / 2, compare);
  return traces_through_refs(family, 1, count, compare);
}

}  // namespace

TEST_CASE("references to atomics: all interleavings", "[oracle]") {
  CHECK(traces_through_refs(family("atomics"), with_brute_force, 100) > 2'000);
  CHECK(traces_through_refs(family("weak compare_exchange"), with_brute_force, 100) > 2'000);
  CHECK(traces_through_refs(family("branches"), with_brute_force, 100) > 1'000);
  CHECK(traces_through_refs(family("atomic waits"), with_brute_force, 100) > 400);
  CHECK(traces_through_refs(family("loops that read"), with_brute_force, 100) > 400);
  CHECK(traces_through_refs(family("loops that update"), with_brute_force, 100) > 400);
}

TEST_CASE("references to atomics: memory models", "[oracle][models]") {
  for (const Family& family : weak_families()) CHECK(traces_through_refs(family, with_axioms, 20) > 100);
}
