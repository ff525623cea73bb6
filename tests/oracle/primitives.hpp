// Shared mutexes, latches, barriers and flags, as the standard has them. Each function makes one step of an action of
// thread `t` and returns how many outcomes it has: 0 where the thread must wait.
#pragma once

#include "oracle/state.hpp"

namespace heddle::oracle {

int lock_shared(const Program& program, State& state, unsigned t, const Action& action);
int unlock_shared(State& state, unsigned t, const Action& action);
int use_latch(const Program& program, State& state, unsigned t, const Action& action);
int step_of_arrival(State& state, unsigned t, const Action& action);
int step_of_call_once(State& state, unsigned t, const Action& action);

}  // namespace heddle::oracle
