// Several mutexes locked at once ([thread.lock.algorithm]), in two readings: in one step, when all are free; or one
// after another, in ascending order, where a thread that waits keeps what it has, and an end at which somebody could
// move if such threads gave that back is no end.
#pragma once

#include "oracle/state.hpp"

namespace heddle::oracle {

/// Each makes one step of thread `t`, and returns 0 where it must wait.
int lock_at_once(State& state, unsigned t, const Action& action);
int lock_in_turn(State& state, unsigned t, const Action& action);

/// Whether the thread is about to lock several, or has begun to.
bool locks_several(const Program& program, const State& state, unsigned t);
bool can_lock_all(const Program& program, const State& state, unsigned t);
/// Whether some thread has got some of several mutexes, and waits for the others.
bool some_holds_part(const Program& program, const State& state);
/// `state`, had these threads given back what they have got.
State given_back(const Program& program, State state);
/// The trace, had they not taken those of them that nobody else has seen held.
Trace without_parts(const Program& program, const State& state);

}  // namespace heddle::oracle
