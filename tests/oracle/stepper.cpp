#include "oracle/stepper.hpp"

#include "oracle/futures.hpp"
#include "oracle/primitives.hpp"
#include "oracle/several.hpp"

namespace heddle::oracle {

State Stepper::first_state() const {
  State start;
  start.trace.threads.resize(program_.threads.size());
  start.trace.plain_accesses.resize(program_.threads.size());
  for (unsigned i = 0; i < most_objects; ++i) {
    const auto number = static_cast<std::uint8_t>(i);
    object(start, Kind::semaphore, number).value = program_.permits[i];
    object(start, Kind::latch, number).value = program_.counts[i];
    Object& barrier = object(start, Kind::barrier, number);
    barrier.value = barrier.expected = static_cast<int>(comers(program_, i));
  }
  start.runners[0].status = Runner::running;
  start.time_passes = program_.timeouts_last;
  return start;
}

std::string Stepper::key(const State& state) {
  std::string bytes;
  for (const auto& thread : state.trace.threads) {
    for (const TraceEvent& e : thread) {
      for (const int part : {static_cast<int>(e.step), static_cast<int>(e.kind), int{e.object}, int{e.writes},
                             int{e.is_told}, int{e.detail}, int{e.epoch}, int{e.value}, int{e.source.thread},
                             int{e.source.index}, int{e.previous.thread}, int{e.previous.index}})
        bytes += static_cast<char>(part);
    }
    bytes += '\x7f';
  }
  if (state.time_passes) bytes += static_cast<char>(state.now);
  return bytes;
}

/// Passes over the actions that the thread does not perform, and does those that are no events.
void Stepper::settle(State& state, unsigned t) {
  Runner& me = state.runners[t];
  const auto& actions = program_.threads[t].actions;
  bool went_back = false;
  while (me.status == Runner::running && me.stage == 0 && me.next < actions.size()) {
    const Action& action = actions[me.next];
    if (performs(action, me.local)) {
      if (action.act == Act::assume && !is_true(action, me.local)) return;
      if (action.act == Act::again && !went_back) {
        went_back = true;
        me.next = static_cast<std::uint8_t>(back_from(action, me.next));
        continue;
      }
      if (action.act == Act::set)
        me.local.reg = action.value;
      else if (action.act == Act::read_plain || action.act == Act::write_plain)
        plain_access(state, t, action);
      else if (action.act == Act::sleep_for && !program_.timeouts_last)
        me.clock += limit_of(action);
      else if (action.act != Act::again && action.act != Act::assume && !is_done_without_step(state, t, action) &&
               !drops_without_step(state, t, action))
        return;
    }
    me.next++;
  }
}

void Stepper::plain_access(State& state, unsigned t, const Action& action) {
  const bool write = action.act == Act::write_plain;
  Local& local = state.runners[t].local;
  state.trace.plain_accesses[t].push_back(
      {action.object, write, static_cast<std::uint8_t>(state.trace.threads[t].size())});
  if (write)
    state.plain[action.object] = operand(action, local);
  else
    local.reg = state.plain[action.object];
}

// --- one step: how many outcomes it has, 0 where the thread must wait; `state` becomes that after outcome `outcome`
// ---

int Stepper::step(State& state, unsigned t, int outcome) {
  Runner& me = state.runners[t];
  if (me.next == program_.threads[t].actions.size()) return finish(state, t);
  const Action& action = program_.threads[t].actions[me.next];
  switch (action.act) {
    case Act::atomic_wait:
      return step_of_atomic_wait(state, t, action);
    case Act::wait:
    case Act::wait_for:
      return step_of_wait(state, t, action, outcome);
    case Act::arrive:
    case Act::arrive_and_wait:
    case Act::arrive_and_drop:
      return step_of_arrival(state, t, action);
    case Act::call_once:
      return step_of_call_once(state, t, action);
    case Act::make_result:
    case Act::make_exception:
    case Act::make_at_exit:
    case Act::break_promise:
    case Act::get_result:
    case Act::wait_result:
    case Act::wait_result_for:
      return step_of_result(program_, state, t, action);
    case Act::request_stop:
    case Act::stop_requested:
    case Act::make_callback:
    case Act::drop_callback:
      return step_of_stop(state, t, action, outcome);
    case Act::wait_stop:
      return step_of_stoppable_wait(state, t, action, outcome);
    case Act::lock_several:
      return several_at_once_ ? lock_at_once(state, t, action) : lock_in_turn(state, t, action);
    case Act::wait_while:
      if (me.stage == 0) {
        if (load(state, t, action.other) == action.expected)
          me.stage = 1;
        else
          me.next++;
        return 1;
      }
      return step_of_wait(state, t, action, outcome);
    default:
      break;
  }
  const int outcomes = single_step(state, t, action, outcome);
  if (outcomes != 0) me.next++;
  return outcomes;
}

int Stepper::single_step(State& state, unsigned t, const Action& action, int outcome) {
  switch (action.act) {
    case Act::load:
    case Act::store:
    case Act::fetch_add:
    case Act::exchange:
    case Act::compare_exchange:
      return access(state, t, action);
    case Act::compare_exchange_weak:
      return compare_exchange_weak(state, t, action, outcome);
    case Act::atomic_notify_one:
      return notify(state, t, Step::notify_one, Kind::waiters_of_atomic, action.object, outcome);
    case Act::atomic_notify_all:
      return notify(state, t, Step::notify_all, Kind::waiters_of_atomic, action.object, outcome);
    case Act::notify_one:
      return notify(state, t, Step::notify_one, Kind::condition, action.object, outcome);
    case Act::notify_all:
      return notify(state, t, Step::notify_all, Kind::condition, action.object, outcome);
    case Act::lock:
      return lock(state, t, action.object);
    case Act::try_lock:
      return try_lock(state, t, action.object);
    case Act::unlock:
      return unlock(state, t, action.object);
    case Act::lock_alone:
    case Act::try_lock_alone:
    case Act::lock_shared:
    case Act::try_lock_shared:
    case Act::try_lock_shared_for:
      return lock_shared(program_, state, t, action);
    case Act::unlock_alone:
    case Act::unlock_shared:
      return unlock_shared(state, t, action);
    case Act::count_down:
    case Act::try_wait:
    case Act::latch_wait:
      return use_latch(program_, state, t, action);
    case Act::lock_recursive:
    case Act::try_lock_recursive:
    case Act::lock_recursive_for:
      return lock_recursive(state, t, action);
    case Act::unlock_recursive:
      return unlock_recursive(state, t, action.object);
    case Act::acquire:
    case Act::try_acquire:
    case Act::acquire_for:
      return acquire(state, t, action);
    case Act::release:
      return release(state, t, action);
    case Act::choose:
      state.runners[t].local.reg = outcome;
      add(state, t, {.step = Step::choose, .detail = static_cast<std::int8_t>(outcome)});
      return action.value;
    case Act::assume:
      add(state, t, {.step = Step::block});
      state.runners[t].status = Runner::stopped;
      return 1;
    case Act::sleep_for:
      if (!gives_up(program_, state, t, action)) return 0;
      add(state, t, {.step = Step::nap});
      return 1;
    case Act::spawn:
      return spawn(state, t, action.other);
    case Act::join:
      return join(state, t, action.other);
    default:
      return 0;
  }
}

// --- time ---

/// Whether `t`, which cannot move, is at an action with a limit that is not over.
bool Stepper::waits_for_time(const State& state, unsigned t) const {
  const Runner& me = state.runners[t];
  if (me.status != Runner::running || me.next == program_.threads[t].actions.size()) return false;
  const Action& action = program_.threads[t].actions[me.next];
  const bool timed = action.act == Act::sleep_for || action.act == Act::lock_recursive_for ||
                     waits_for_result(me, action) || action.act == Act::acquire_for ||
                     action.act == Act::try_lock_shared_for || (action.act == Act::wait_for && me.stage == sleeping);
  return timed && !gives_up(program_, state, t, action);
}

bool Stepper::pass_time(State& state) const {
  if (!state.time_passes) return false;
  int first = 0;
  for (unsigned t = 0; t < program_.threads.size(); ++t) {
    if (!waits_for_time(state, t)) continue;
    const Runner& me = state.runners[t];
    const int end = me.clock + limit_of(program_.threads[t].actions[me.next]);
    if (first == 0 || end < first) first = end;
  }
  if (first == 0) return false;
  state.now = first;
  state.epoch++;
  for (Runner& runner : state.runners) runner.since_change.clear();
  return true;
}

// --- threads ---

int Stepper::spawn(State& state, unsigned t, unsigned child) {
  add(state, t, {.step = Step::spawn, .detail = static_cast<std::int8_t>(child)});
  state.runners[t].local.spawned |= static_cast<std::uint8_t>(1u << child);
  state.runners[child].status = Runner::running;
  state.runners[child].clock = state.runners[t].clock;
  settle(state, child);
  return 1;
}

/// At the end of its actions: joins the children left, then ends.
int Stepper::finish(State& state, unsigned t) {
  Runner& me = state.runners[t];
  for (unsigned child = 0; child < program_.threads.size(); ++child) {
    const unsigned bit = 1u << child;
    if ((me.local.spawned & bit) != 0 && (me.local.joined & bit) == 0 && !program_.threads[child].detached)
      return join(state, t, child);
  }
  if (publish_last(state, t)) return 1;
  add(state, t, {.step = Step::end});
  me.status = Runner::ended;
  return 1;
}

int Stepper::join(State& state, unsigned t, unsigned child) {
  if (state.runners[child].status != Runner::ended) return 0;
  TraceEvent event{.step = Step::join, .detail = static_cast<std::int8_t>(child)};
  event.source = {static_cast<std::int8_t>(child), static_cast<std::int8_t>(state.trace.threads[child].size() - 1)};
  add(state, t, event);
  state.runners[t].local.joined |= static_cast<std::uint8_t>(1u << child);
  return 1;
}

// --- mutexes and semaphores ---

int Stepper::lock(State& state, unsigned t, std::uint8_t number) {
  Object& m = object(state, Kind::mutex, number);
  if (m.owner >= 0) return 0;
  m.owner = static_cast<int>(t);
  state.runners[t].local.held[number] = 1;
  add(state, t, {.step = Step::lock, .kind = Kind::mutex, .object = number, .reads = true, .writes = true});
  return 1;
}

int Stepper::try_lock(State& state, unsigned t, std::uint8_t number) {
  Object& m = object(state, Kind::mutex, number);
  const bool free = m.owner < 0;
  if (free) m.owner = static_cast<int>(t);
  Local& local = state.runners[t].local;
  local.held[number] = free ? 1 : 0;
  local.reg = free ? 1 : 0;
  add(state, t, {.step = Step::try_lock, .kind = Kind::mutex, .object = number, .reads = true, .writes = free});
  return 1;
}

int Stepper::unlock(State& state, unsigned t, std::uint8_t number) {
  object(state, Kind::mutex, number).owner = -1;
  state.runners[t].local.held[number] = 0;
  add(state, t, {.step = Step::unlock, .kind = Kind::mutex, .object = number, .reads = true, .writes = true});
  return 1;
}

int Stepper::lock_recursive(State& state, unsigned t, const Action& action) {
  Object& q = object(state, Kind::recursive_mutex, action.object);
  const bool timed = action.act == Act::lock_recursive_for;
  const bool tries = timed ? gives_up(program_, state, t, action) : action.act == Act::try_lock_recursive;
  const bool takes = q.owner < 0 || q.owner == static_cast<int>(t);
  if (!takes && !tries) return 0;
  Local& local = state.runners[t].local;
  if (takes) {
    q.owner = static_cast<int>(t);
    q.value++;
    local.held_recursive[action.object]++;
  }
  if (tries || timed) local.reg = takes ? 1 : 0;
  add(state, t,
      {.step = timed   ? Step::timed_lock
               : tries ? Step::try_lock
                       : Step::lock,
       .kind = Kind::recursive_mutex,
       .object = action.object,
       .reads = true,
       .writes = takes});
  if (timed && !takes) time_out(state, t, action);
  return 1;
}

int Stepper::unlock_recursive(State& state, unsigned t, std::uint8_t number) {
  Object& q = object(state, Kind::recursive_mutex, number);
  if (--q.value == 0) q.owner = -1;
  state.runners[t].local.held_recursive[number]--;
  add(state, t, {.step = Step::unlock, .kind = Kind::recursive_mutex, .object = number, .reads = true, .writes = true});
  return 1;
}

int Stepper::acquire(State& state, unsigned t, const Action& action) {
  Object& s = object(state, Kind::semaphore, action.object);
  const bool timed = action.act == Act::acquire_for;
  const bool tries = timed ? gives_up(program_, state, t, action) : action.act == Act::try_acquire;
  const bool takes = s.value > 0;
  if (!takes && !tries) return 0;
  if (takes) s.value--;
  if (tries || timed) state.runners[t].local.reg = takes ? 1 : 0;
  add(state, t,
      {.step = timed   ? Step::timed_acquire
               : tries ? Step::try_acquire
                       : Step::acquire,
       .kind = Kind::semaphore,
       .object = action.object,
       .reads = true,
       .writes = takes});
  if (timed && !takes) time_out(state, t, action);
  return 1;
}

int Stepper::release(State& state, unsigned t, const Action& action) {
  object(state, Kind::semaphore, action.object).value += operand(action, state.runners[t].local);
  add(state, t,
      {.step = Step::release, .kind = Kind::semaphore, .object = action.object, .reads = true, .writes = true});
  return 1;
}

// --- waiting for a notification ---

/// [thread.condition.condvar]: gives up the mutex and waits in one step, until notified; then takes the mutex again.
/// A spurious wake-up is chosen at the beginning. A wait with a time limit that has the mutex again says timeout where
/// its clock has come to the end of the limit; and where timeouts come at any point, one that was notified says it or
/// not.
int Stepper::step_of_wait(State& state, unsigned t, const Action& action, int outcome) {
  Runner& me = state.runners[t];
  const int first = action.act == Act::wait_while ? 1 : 0;
  const auto go_to = [&](StageOfWait stage) { me.stage = static_cast<std::uint8_t>(first + stage); };
  if (me.stage == first) {
    me.limit_ends = me.clock + (action.act == Act::wait_for ? limit_of(action) : 0);
    me.awake = false;
  }
  switch (static_cast<StageOfWait>(me.stage - first)) {
    case choice:
      if (me.spurious_wakeups < program_.spurious_wakeups) {
        add(state, t, {.step = Step::choose, .detail = static_cast<std::int8_t>(outcome)});
        me.spurious_wakeups = static_cast<std::uint8_t>(me.spurious_wakeups + outcome);
        go_to(outcome == 0 ? entering : unlocking_without_sleep);
        return 2;
      }
      [[fallthrough]];
    case entering:
      enter(state, t, Kind::condition, action.object);
      go_to(unlocking);
      return 1;
    case unlocking:
      unlock(state, t, action.object);
      go_to(sleeping);
      return 1;
    case sleeping:
      if (action.act == Act::wait_for) me.local.reg = 1;
      if (action.act == Act::wait_for && (!program_.no_timeouts || me.clock >= me.limit_ends)) {
        const bool notified = (object(state, Kind::condition, action.object).waiting >> t & 1) == 0;
        if (!notified && me.clock < me.limit_ends && !gives_up(program_, state, t, action)) return 0;
        timed_sleep(state, t, action.object);
      } else if (!sleep(state, t, Kind::condition, action.object))
        return 0;
      go_to(locking);
      return 1;
    case unlocking_without_sleep:
      if (action.act == Act::wait_for) me.local.reg = 1;
      me.awake = true;
      unlock(state, t, action.object);
      go_to(locking);
      return 1;
    case locking:
      if (lock(state, t, action.object) == 0) return 0;
      if (action.act == Act::wait_for && me.clock >= me.limit_ends) me.local.reg = 0;
      if (action.act == Act::wait_for && me.local.reg == 1 && !me.awake && !program_.no_timeouts &&
          !program_.timeouts_last) {
        go_to(expiring);
        return 1;
      }
      me.stage = 0;
      if (action.act != Act::wait_while) me.next++;
      return 1;
    case expiring:
      add(state, t, {.step = Step::choose, .detail = static_cast<std::int8_t>(outcome)});
      me.local.reg = 1 - outcome;
      if (outcome == 1) me.clock = me.limit_ends;
      me.stage = 0;
      me.next++;
      return 2;
  }
  return 0;
}

/// [atomics.wait]: looks; while the value is the old one, gets ready to be notified, looks again, sleeps.
int Stepper::step_of_atomic_wait(State& state, unsigned t, const Action& action) {
  Runner& me = state.runners[t];
  switch (me.stage) {
    case 0:
      if (load(state, t, action.object) == action.expected)
        me.stage = 1;
      else
        me.next++;
      return 1;
    case 1:
      enter(state, t, Kind::waiters_of_atomic, action.object);
      me.stage = 2;
      return 1;
    case 2:
      me.stage = load(state, t, action.object) == action.expected ? 3 : 4;
      return 1;
    case 3:
      if (!sleep(state, t, Kind::waiters_of_atomic, action.object)) return 0;
      me.stage = 0;
      return 1;
    default:
      leave(state, t, Kind::waiters_of_atomic, action.object);
      me.stage = 0;
      return 1;
  }
}

void Stepper::leave(State& state, unsigned t, Kind kind, std::uint8_t number) {
  Object& c = object(state, kind, number);
  const bool waits = (c.waiting >> t & 1) != 0;
  c.waiting &= ~(1u << t);
  add(state, t, {.step = Step::leave, .kind = kind, .object = number, .reads = true, .writes = waits});
}

void Stepper::enter(State& state, unsigned t, Kind kind, std::uint8_t number) {
  object(state, kind, number).waiting |= 1u << t;
  add(state, t, {.step = Step::enter, .kind = kind, .object = number, .reads = true, .writes = true});
}

bool Stepper::sleep(State& state, unsigned t, Kind kind, std::uint8_t number) {
  if ((object(state, kind, number).waiting >> t & 1) != 0) return false;
  TraceEvent event{.step = Step::sleep, .kind = kind, .object = number};
  event.source = state.runners[t].woken_by;
  add(state, t, event);
  return true;
}

/// Leaves, having timed out, where no notification has found it.
void Stepper::timed_sleep(State& state, unsigned t, std::uint8_t number) {
  Object& c = object(state, Kind::condition, number);
  const bool waits = (c.waiting >> t & 1) != 0;
  c.waiting &= ~(1u << t);
  Runner& me = state.runners[t];
  me.local.reg = waits ? 0 : 1;
  const int rest = std::max(0, me.limit_ends - me.clock);
  add(state, t, {.step = Step::timed_sleep, .kind = Kind::condition, .object = number, .reads = true, .writes = waits});
  if (waits && !state.time_passes) me.clock += rest;
}

int Stepper::notify(State& state, unsigned t, Step which, Kind kind, std::uint8_t number, int outcome) {
  Object& c = object(state, kind, number);
  std::vector<unsigned> waiting;
  for (unsigned u = 0; u < most_threads; ++u)
    if ((c.waiting >> u & 1) != 0) waiting.push_back(u);
  TraceEvent event{.step = which, .kind = kind, .object = number, .reads = true, .writes = !waiting.empty()};
  const int outcomes = which == Step::notify_one && !waiting.empty() ? static_cast<int>(waiting.size()) : 1;
  if (which == Step::notify_one && !waiting.empty()) {
    waiting = {waiting[static_cast<std::size_t>(outcome)]};
    event.detail = static_cast<std::int8_t>(waiting[0]);
  }
  add(state, t, event);
  for (const unsigned u : waiting) {
    c.waiting &= ~(1u << u);
    state.runners[u].woken_by = c.newest;
  }
  return outcomes;
}

// --- atomics ---

int Stepper::access(State& state, unsigned t, const Action& action) {
  Object& x = object(state, Kind::atomic, action.object);
  Local& local = state.runners[t].local;
  const int old = x.value;
  const int value = operand(action, local);
  TraceEvent event{.kind = Kind::atomic, .object = action.object, .reads = true, .writes = true};
  event.value = static_cast<std::int16_t>(old);
  switch (action.act) {
    case Act::load:
      event.step = Step::load;
      event.writes = false;
      break;
    case Act::store:
      event.step = Step::store;
      event.reads = false;
      event.value = 0;
      x.value = value;
      break;
    case Act::fetch_add:
      event.step = Step::fetch_add;
      x.value += value;
      break;
    case Act::exchange:
      event.step = Step::exchange;
      x.value = value;
      break;
    default:
      event.step = Step::compare_exchange;
      event.writes = old == action.expected;
      if (event.writes) x.value = value;
      break;
  }
  if (event.reads) local.reg = old;
  add(state, t, event);
  return 1;
}

/// Outcome 1: it fails, though the value is the expected one.
int Stepper::compare_exchange_weak(State& state, unsigned t, const Action& action, int outcome) {
  Object& x = object(state, Kind::atomic, action.object);
  Local& local = state.runners[t].local;
  const bool may_fail = x.value == action.expected && local.failures < program_.spurious_failures;
  if (outcome == 0) {
    access(state, t, action);
  } else {
    TraceEvent event{.step = Step::compare_exchange, .kind = Kind::atomic, .object = action.object, .reads = true};
    event.value = static_cast<std::int16_t>(x.value);
    local.reg = x.value;
    local.failures++;
    add(state, t, event);
  }
  return may_fail ? 2 : 1;
}

int Stepper::load(State& state, unsigned t, std::uint8_t number) {
  const int value = object(state, Kind::atomic, number).value;
  TraceEvent event{.step = Step::load, .kind = Kind::atomic, .object = number, .reads = true};
  event.value = static_cast<std::int16_t>(value);
  add(state, t, event);
  return value;
}

}  // namespace heddle::oracle
