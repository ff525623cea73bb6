// Random programs of processes that die: the engine comes to the same outcomes as the interpreter, and visits each
// trace once.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

#include "oracle/fresh_seed.hpp"
#include "process/program.hpp"

using namespace heddle::process_oracle;

namespace {

struct Tally {
  std::uint64_t programs = 0, too_large = 0, executions = 0, blocked = 0;
};
Tally tally;

/// What is wrong with the program's exploration; empty where nothing is, or where it is too large.
std::string difference(const Program& program) {
  std::set<std::string> expected;
  if (!interpret(program, expected)) return "";
  const Explored found = explore(program);
  tally.programs++;
  tally.executions += found.executions;
  tally.blocked += found.blocked;
  if (found.too_large) tally.too_large++;
  if (!found.error.empty()) return "error: " + found.error;
  if (found.twice != 0) return std::to_string(found.twice) + " traces were visited more than once";
  std::string text;
  for (const std::string& outcome : expected)
    if (!found.too_large && found.outcomes.count(outcome) == 0) text += "missing: " + outcome + "\n";
  for (const std::string& outcome : found.outcomes)
    if (expected.count(outcome) == 0) text += "too many: " + outcome + "\n";
  return text;
}

/// The smallest program that is left when what does not matter is taken out.
Program shrink(Program program) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    const auto try_out = [&](const Program& candidate) {
      if (candidate == program || difference(candidate).empty()) return false;
      program = candidate;
      smaller = true;
      return true;
    };
    for (std::size_t p = 0; p < program.processes.size(); ++p) {
      for (std::size_t t = 0; t < 2; ++t) {
        for (std::size_t i = 0; i < program.processes[p].threads[t].size();) {
          Program candidate = program;
          auto& actions = candidate.processes[p].threads[t];
          actions.erase(actions.begin() + static_cast<std::ptrdiff_t>(i));
          if (!try_out(candidate)) i++;
        }
      }
      Program candidate = program;
      candidate.processes[p].may_crash = false;
      try_out(candidate);
    }
  }
  return program;
}

void check_programs(unsigned count, std::uint64_t seed) {
  for (const Family& family : families()) {
    std::mt19937_64 random(seed);
    tally = {};
    for (unsigned i = 0; i < count; ++i) {
      const Program program = random_program(family, random);
      if (difference(program).empty()) continue;
      const Program small = shrink(program);
      INFO(family.name << ", seed " << seed << ", program " << i << "\n" << to_text(small) << difference(small));
      FAIL();
    }
    if (std::getenv("HEDDLE_ORACLE_TALLY") != nullptr)
      std::cout << family.name << ": " << tally.programs << " programs, " << tally.too_large << " too large, "
                << tally.executions << " executions, " << tally.blocked << " blocked\n";
    CHECK((count < 50 || tally.too_large * 5 < tally.programs));
  }
}

}  // namespace

TEST_CASE("processes that die come to the outcomes of brute force", "[process]") { check_programs(60, 1); }

TEST_CASE("processes that die, with a fresh seed", "[process]") { check_programs(20, heddle::oracle::fresh_seed()); }

TEST_CASE("a signal that is sent once more while it is pending is taken once", "[process]") {
  Program program;
  program.processes.resize(2);
  program.processes[0].threads[0] = {{Act::start, 1}, {Act::kill, 1}, {Act::load}, {Act::kill, 1}};
  program.processes[1].threads[0] = {{Act::handle, 0, 1}, {Act::read}};
  program.processes[1].killable = true;
  CHECK(difference(program) == "");
}

TEST_CASE("processes that die, many of them", "[process][soak]") {
  for (std::uint64_t seed = 2; seed < 12; ++seed) check_programs(1000, seed);
}
