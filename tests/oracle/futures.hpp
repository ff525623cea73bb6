// Promises, tasks and futures, as the standard has them ([futures]).
#pragma once

#include "oracle/state.hpp"

namespace heddle::oracle {

/// Does the action where it is no event: there is a result already when the promise is destroyed.
bool is_done_without_step(State& state, unsigned t, const Action& action);
/// One step of an action of thread `t`, as in primitives.hpp.
int step_of_result(const Program& program, State& state, unsigned t, const Action& action);
/// At the end of a thread: makes the result ready that it has kept for last. False where there is none.
bool publish_last(State& state, unsigned t);
/// Whether `t` waits for a result with a time limit.
bool waits_for_result(const Runner& runner, const Action& action);

}  // namespace heddle::oracle
