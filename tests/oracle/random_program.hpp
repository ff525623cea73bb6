// Random programs of a few threads and operations, of the families that the tests go through.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "oracle/program.hpp"

namespace heddle::oracle {

struct Family {
  const char* name;
  std::vector<std::pair<Act, unsigned>> acts;  ///< with their weights
  unsigned atomics = 2, mutexes = 2, recursive_mutexes = 1, semaphores = 1, conditions = 1, plain = 2;
  unsigned shared_mutexes = 1, latches = 1, barriers = 2, flags = 1, results = 3, stops = 1;
  unsigned fewest_threads = 2, most_threads = 3;  ///< beside the main thread
  unsigned fewest_actions = 1, most_actions = 4;  ///< of a thread
  unsigned conditional_percent = 0;               ///< of the actions, how many depend on the register
  unsigned main_percent = 0;                      ///< of the programs, in how many the main thread does something too
  unsigned most_spurious_failures = 0;            ///< of compare_exchange_weak, in each thread
  unsigned spurious_percent = 0;                  ///< in how many waits may end without a notification
  unsigned no_timeouts_percent = 0;               ///< in how many time limits are as good as none
  bool timeouts_last = false;                     ///< time passes where nobody can move
  bool any_conditions = false;                    ///< conditions are condition_variable_any
  std::vector<Ordering> orders = {};              ///< of accesses and fences; empty: seq_cst
  std::vector<std::pair<Act, unsigned>> loop_acts = {};  ///< what loops are made of
  unsigned loop_percent = 0;                             ///< of the statements, how many are loops that wait
  unsigned longest_loop = 3;                             ///< operations of a round
  unsigned several_shared = 0;                           ///< how many shared mutexes a lock_several may take
  bool nested = false;                                   ///< any thread may spawn and join others
};

using Random = std::mt19937_64;

Program random_program(const Family& family, Random& random);

}  // namespace heddle::oracle
