// A program under the engine and under brute force.
#pragma once

#include <string>

#include "oracle/engine.hpp"

namespace heddle::oracle {

struct Comparison {
  bool too_large = false;     ///< for brute force: nothing was compared
  std::string difference;     ///< empty where both agree
  Traces traces;              ///< what there is to find
  std::uint64_t in_vain = 0;  ///< executions that the search began and gave up
};

/// Adds to `difference` what of `expected` was not found, what was found beside it, and what was found more than once.
void compare_sets(const char* what, const std::map<std::string, unsigned>& expected,
                  const std::map<std::string, unsigned>& found, std::string& difference);

/// Complete traces, deadlocks and executions given up must be the same under both, each found once; a data race must be
/// reported if and only if there is one, and then traces are not compared.
Comparison compare(const Program& program, const BruteForce& how = {});

/// The engine under each of these memory models, with all candidate executions that are consistent: likewise.
std::map<std::string, Comparison> compare_under(const std::vector<std::string>& models, const Program& program,
                                                std::size_t most_candidates = 20'000);

}  // namespace heddle::oracle
