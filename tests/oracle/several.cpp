#include "oracle/several.hpp"

#include <algorithm>

namespace heddle::oracle {

namespace {

Kind kind_of(OneLock lock) { return lock.mode == OneLock::plain ? Kind::mutex : Kind::shared_mutex; }

void take(State& state, unsigned t, OneLock lock) {
  Object& mutex = object(state, kind_of(lock), lock.number);
  const bool shares = lock.mode == OneLock::shared;
  if (shares)
    mutex.waiting |= 1u << t;
  else
    mutex.owner = static_cast<int>(t);
  held_of(state.runners[t].local, lock) = 1;
  add(state, t,
      {.step = shares ? Step::lock_shared : Step::lock,
       .kind = kind_of(lock),
       .object = lock.number,
       .reads = true,
       .writes = true});
}

bool is_free(const State& state, OneLock lock) {
  const Object& mutex = state.objects[static_cast<std::size_t>(kind_of(lock))][lock.number];
  return mutex.owner < 0 && (lock.mode == OneLock::shared || mutex.waiting == 0);
}

bool all_free(const State& state, const std::vector<OneLock>& locks) {
  return std::all_of(locks.begin(), locks.end(), [&](OneLock lock) { return is_free(state, lock); });
}

const Action& action_of(const Program& program, const State& state, unsigned t) {
  return program.threads[t].actions[state.runners[t].next];
}

}  // namespace

int lock_at_once(State& state, unsigned t, const Action& action) {
  if (!all_free(state, several_of(action))) return 0;
  for (const OneLock lock : several_of(action)) take(state, t, lock);
  state.runners[t].next++;
  return 1;
}

int lock_in_turn(State& state, unsigned t, const Action& action) {
  Runner& me = state.runners[t];
  const auto locks = several_of(action);
  if (!is_free(state, locks[me.stage])) return 0;
  take(state, t, locks[me.stage]);
  if (++me.stage == locks.size()) {
    me.stage = 0;
    me.next++;
  }
  return 1;
}

bool locks_several(const Program& program, const State& state, unsigned t) {
  const Runner& runner = state.runners[t];
  return runner.status == Runner::running && runner.next < program.threads[t].actions.size() &&
         action_of(program, state, t).act == Act::lock_several;
}

bool can_lock_all(const Program& program, const State& state, unsigned t) {
  return all_free(state, several_of(action_of(program, state, t)));
}

bool some_holds_part(const Program& program, const State& state) {
  for (unsigned t = 0; t < program.threads.size(); ++t)
    if (locks_several(program, state, t) && state.runners[t].stage > 0) return true;
  return false;
}

State given_back(const Program& program, State state) {
  for (unsigned t = 0; t < program.threads.size(); ++t) {
    if (!locks_several(program, state, t)) continue;
    const auto locks = several_of(action_of(program, state, t));
    for (std::size_t n = 0; n < state.runners[t].stage; ++n) {
      Object& mutex = object(state, kind_of(locks[n]), locks[n].number);
      if (locks[n].mode == OneLock::shared)
        mutex.waiting &= ~(1u << t);
      else
        mutex.owner = -1;
    }
  }
  return state;
}

namespace {

/// Takes the last event of `thread`, a lock, out of the trace, and says so: unless somebody has seen it. Who shares a
/// mutex does not see who else does.
bool take_out_last(Trace& trace, unsigned thread) {
  auto& mine = trace.threads[thread];
  const EventName last{static_cast<std::int8_t>(thread), static_cast<std::int8_t>(mine.size() - 1)};
  const TraceEvent event = mine.back();
  for (const auto& other : trace.threads)
    for (const TraceEvent& e : other)
      if (e.source == last && (event.step != Step::lock_shared || !e.writes)) return false;
  mine.pop_back();
  for (auto& other : trace.threads) {
    for (TraceEvent& e : other) {
      if (e.source == last) e.source = event.source;
      if (e.previous == last) e.previous = event.previous;
    }
  }
  return true;
}

}  // namespace

Trace without_parts(const Program& program, const State& state) {
  Trace trace = state.trace;
  for (unsigned t = 0; t < program.threads.size(); ++t)
    for (std::size_t n = locks_several(program, state, t) ? state.runners[t].stage : 0; n > 0; --n)
      if (!take_out_last(trace, t)) break;
  return trace;
}

}  // namespace heddle::oracle
