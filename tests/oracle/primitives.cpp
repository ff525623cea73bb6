#include "oracle/primitives.hpp"

namespace heddle::oracle {

/// [thread.sharedmutex.requirements]
int lock_shared(const Program& program, State& state, unsigned t, const Action& action) {
  Object& w = object(state, Kind::shared_mutex, action.object);
  const bool alone = action.act == Act::lock_alone || action.act == Act::try_lock_alone;
  const bool timed = action.act == Act::try_lock_shared_for;
  const bool tries = timed ? gives_up(program, state, t, action)
                           : action.act == Act::try_lock_alone || action.act == Act::try_lock_shared;
  const bool takes = w.owner < 0 && (!alone || w.waiting == 0);
  if (!takes && !tries) return 0;
  Local& local = state.runners[t].local;
  if (takes && alone) w.owner = static_cast<int>(t);
  if (takes && !alone) w.waiting |= 1u << t;
  (alone ? local.held_alone : local.held_shared)[action.object] = takes ? 1 : 0;
  if (tries || timed) local.reg = takes ? 1 : 0;
  const Step step = alone   ? tries ? Step::try_lock : Step::lock
                    : timed ? Step::timed_lock_shared
                    : tries ? Step::try_lock_shared
                            : Step::lock_shared;
  add(state, t, {.step = step, .kind = Kind::shared_mutex, .object = action.object, .reads = true, .writes = takes});
  if (timed && !takes) time_out(state, t, action);
  return 1;
}

int unlock_shared(State& state, unsigned t, const Action& action) {
  Object& w = object(state, Kind::shared_mutex, action.object);
  const bool alone = action.act == Act::unlock_alone;
  if (alone)
    w.owner = -1;
  else
    w.waiting &= ~(1u << t);
  Local& local = state.runners[t].local;
  (alone ? local.held_alone : local.held_shared)[action.object] = 0;
  add(state, t,
      {.step = alone ? Step::unlock : Step::unlock_shared,
       .kind = Kind::shared_mutex,
       .object = action.object,
       .reads = true,
       .writes = true});
  return 1;
}

/// [thread.latch.class]
int use_latch(const Program& program, State& state, unsigned t, const Action& action) {
  Object& latch = object(state, Kind::latch, action.object);
  TraceEvent event{.kind = Kind::latch, .object = action.object, .reads = true};
  if (action.act == Act::count_down) {
    latch.value -= action.value;
    event.step = Step::count_down;
    event.writes = true;
    add(state, t, event);
    if (latch.value == 0) latch.opened.push_back(latch.newest);
    return 1;
  }
  const bool open = latch.value == 0;
  if (action.act == Act::latch_wait && !open) return 0;
  if (action.act == Act::try_wait || program.counts[action.object] == 0) {  // nothing has opened that
    event.step = Step::try_wait;
    event.value = open ? 1 : 0;
    if (action.act == Act::try_wait) state.runners[t].local.reg = event.value;
  } else {
    event.step = Step::sleep;
    event.reads = false;
    event.source = latch.opened.front();
  }
  add(state, t, event);
  return 1;
}

/// A thread that waits where it arrives sees that all have arrived.
bool meets(State& state, unsigned t, const Action& action) {
  const Runner& me = state.runners[t];
  Object& barrier = object(state, Kind::barrier, action.object);
  if (barrier.met.size() <= me.phase) return false;
  add(state, t,
      {.step = Step::sleep,
       .kind = Kind::barrier,
       .object = action.object,
       .value = static_cast<std::int16_t>(me.phase),
       .source = barrier.met[me.phase]});
  return true;
}

/// … and takes the completion function, or finds it taken.
bool take_completion(State& state, unsigned t, const Action& action) {
  Object& open = object(state, Kind::completion, action.object);
  const bool mine = open.value == static_cast<int>(state.runners[t].phase);
  add(state, t,
      {.step = Step::take_completion,
       .kind = Kind::completion,
       .object = action.object,
       .reads = true,
       .writes = mine});
  if (mine) open.value++;
  return mine;
}

/// [thread.barrier.class]: arrives; waits for the phase. The completion function "is executed on one of the threads
/// that arrived": on one of those that wait where they arrive, or the last.
int step_of_arrival(State& state, unsigned t, const Action& action) {
  Runner& me = state.runners[t];
  Object& barrier = object(state, Kind::barrier, action.object);
  TraceEvent event{.kind = Kind::barrier, .object = action.object, .reads = true, .writes = true};
  const auto end_phase = [&] {
    barrier.value = barrier.expected;
    barrier.opened.push_back(barrier.newest);
  };
  enum Stage { arriving, meeting, taking, completing, waiting };
  const bool waits = action.act == Act::arrive_and_wait;
  switch (static_cast<Stage>(me.stage)) {
    case arriving:
      event.step = action.act == Act::arrive_and_drop ? Step::arrive_and_drop : Step::arrive;
      event.value = static_cast<std::int16_t>(barrier.opened.size());
      event.is_told = has_completion(action.object) && !waits;
      add(state, t, event);
      me.phase = barrier.opened.size();
      barrier.value--;
      if (action.act == Act::arrive_and_drop) barrier.expected--;
      if (barrier.value == 0) barrier.met.push_back(barrier.newest);
      me.stage = waiting;
      if (has_completion(action.object) && waits) me.stage = meeting;
      if (has_completion(action.object) && !waits && barrier.value == 0) me.stage = taking;
      if (!has_completion(action.object) && barrier.value == 0) end_phase();
      break;
    case meeting:
      if (!meets(state, t, action)) return 0;
      me.stage = taking;
      break;
    case taking:
      me.stage = take_completion(state, t, action) ? completing : waiting;
      break;
    case completing:
      event.step = Step::complete;
      add(state, t, event);
      end_phase();
      me.stage = waiting;
      break;
    case waiting:
      if (barrier.opened.size() <= me.phase) return 0;
      add(state, t,
          {.step = Step::sleep,
           .kind = Kind::barrier,
           .object = action.object,
           .value = static_cast<std::int16_t>(me.phase + 1),
           .source = barrier.opened[me.phase]});
      me.stage = 0;
      me.next++;
      return 1;
  }
  if (me.stage == waiting && !waits) {
    me.local.left_barrier[action.object] = true;
    me.stage = 0;
    me.next++;
  }
  return 1;
}

/// [thread.once.callonce]
int step_of_call_once(State& state, unsigned t, const Action& action) {
  Runner& me = state.runners[t];
  Object& flag = object(state, Kind::flag, action.object);
  TraceEvent event{.kind = Kind::flag, .object = action.object, .reads = true};
  const bool throws = action.value == 2;
  if (me.stage == 1) {
    event.step = throws ? Step::thrown : Step::called;
    event.writes = true;
    flag.owner = -1;
    flag.value = throws ? 0 : 1;
  } else {
    if (flag.owner >= 0) return 0;
    event.step = Step::call_once;
    event.writes = flag.value == 0;
    if (event.writes) flag.owner = static_cast<int>(t);
  }
  add(state, t, event);
  me.stage = me.stage == 0 && event.writes ? 1 : 0;
  if (me.stage == 0) me.next++;
  return 1;
}

}  // namespace heddle::oracle
