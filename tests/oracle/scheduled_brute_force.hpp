// All that a small program can do under a scheduler model, by an interpreter that knows nothing of the engine.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "oracle/program.hpp"

namespace heddle::oracle {

/// Traces as text, without the rounds of loops that change nothing.
struct ScheduledTraces {
  std::set<std::string> complete;
  std::set<std::string> deadlocks;
  std::set<std::string> blocked;
  /// Of each set of states that the scheduler can go round in for ever: the traces that lead there.
  std::vector<std::set<std::string>> cycles;
  bool race = false;
};

/// False where there are too many states.
bool brute_force(const Program& program, const std::string& scheduler, std::size_t most_states,
                 ScheduledTraces& traces);

}  // namespace heddle::oracle
