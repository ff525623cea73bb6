// All interleavings of a small program, one step at a time, by an interpreter that knows nothing of the engine.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "oracle/program.hpp"
#include "oracle/trace.hpp"

namespace heddle::oracle {

/// What there is to find in a program: traces as text, and how often each was met.
struct Traces {
  std::map<std::string, unsigned> complete;
  std::map<std::string, unsigned> deadlocks;  ///< some thread waits and none can move
  /// These without the locks that threads had got of several when they came to wait, but for those that others have
  /// seen. By brute force only.
  std::map<std::string, unsigned> deadlocks_without_parts;
  std::map<std::string, unsigned> livelocks;  ///< likewise, and some thread goes round in a loop; with its last round
  std::map<std::string, unsigned> blocked;    ///< some thread made an assumption that does not hold
  unsigned in_vain = 0;                       ///< a thread waited in a loop that it could have left, or with locks
                                              ///< that it would have given back
  bool race = false;
  Commuting commuting;  ///< what the texts do not tell
};

struct BruteForce {
  std::size_t most_states = 20'000;  ///< gives up beyond
  int most_preemptions = -1;         ///< switches away from a thread that could move; below 0: no bound
  bool several_at_once = false;      ///< several mutexes are locked in one step, when all are free
  bool merge = true;                 ///< interleavings that lead to the same trace so far go on as one
  bool commuting = false;            ///< traces do not tell the order of operations that commute
  bool commuting_events = false;     ///< nor that of those which do, where others fail
};

/// False where there are too many states.
bool brute_force(const Program& program, const BruteForce& how, Traces& traces);

}  // namespace heddle::oracle
