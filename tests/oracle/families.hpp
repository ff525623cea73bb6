// The families of random programs that the oracle goes through.
#pragma once

#include "oracle/random_program.hpp"

namespace heddle::oracle {

const std::vector<Family>& families();
/// Those with memory orders, for the memory models.
const std::vector<Family>& weak_families();
/// Those that lock several mutexes at once.
const std::vector<Family>& families_of_several();
/// Those in which time passes where nobody can move; the last of them with loops that wait.
const std::vector<Family>& time_families();
/// Those with loops that wait, which only the exhaustive search recognises.
const std::vector<Family>& loop_families();
/// Those in which operations commute, and mostly none of them fails.
const std::vector<Family>& commuting_families();
/// Those with promises, tasks and futures.
const std::vector<Family>& future_families();
/// Those with stop sources, and waits that a stop ends.
const std::vector<Family>& stop_families();
/// Loops of one read, and memory orders.
const Family& loops_and_orders();
const Family& family(const std::string& name);

}  // namespace heddle::oracle
