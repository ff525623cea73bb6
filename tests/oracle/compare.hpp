// A program under the engine and under brute force.
#pragma once

#include <string>

#include "oracle/engine.hpp"

namespace heddle::oracle {

struct Comparison {
  bool too_large = false;  ///< for brute force: nothing was compared
  std::string difference;  ///< empty where both agree
  Traces traces;           ///< what there is to find
};

/// Complete traces, deadlocks and executions given up must be the same under both, each found once; a data race must be
/// reported if and only if there is one, and then traces are not compared.
Comparison compare(const Program& program, const BruteForce& how = {});

}  // namespace heddle::oracle
