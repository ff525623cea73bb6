// Stop sources, their callbacks, and waits that a stop ends, as the standard has them ([thread.stoptoken],
// [thread.condvarany.intwait]): part of the Stepper.
#include <bit>

#include "oracle/stepper.hpp"

namespace heddle::oracle {

namespace {

// Of a stop source: whether a stop was requested (Object::value), by whom (owner), the places of the callbacks to be
// called (waiting), the place of the one that is being called, plus 1 (expected).

Object& source(State& state, std::uint8_t number) { return object(state, Kind::stop, number); }

void add_step(State& state, unsigned t, std::uint8_t number, Step step, bool writes) {
  add(state, t,
      {.step = step,
       .kind = Kind::stop,
       .object = number,
       .reads = true,
       .writes = writes,
       .value = static_cast<std::int16_t>(source(state, number).value)});
}

/// Any of those that wait is next.
void begin_next_call(Object& e, int outcome) {
  e.expected = 0;
  for (int place = 0; e.waiting >> place != 0 && e.expected == 0; ++place)
    if ((e.waiting >> place & 1) != 0 && outcome-- == 0) e.expected = place + 1;
  if (e.expected != 0) e.waiting &= ~(1u << (e.expected - 1));
}

/// The callback's place; -1 where a stop was requested already.
int add_callback(State& state, unsigned t, const Action& action) {
  Object& e = source(state, action.object);
  add_step(state, t, action.object, Step::make_callback, e.value == 0);
  if (e.value != 0) return -1;
  const int place = std::countr_one(e.waiting);
  e.waiting |= 1u << place;
  e.callbacks.resize(std::max(e.callbacks.size(), static_cast<std::size_t>(place) + 1));
  e.callbacks[static_cast<std::size_t>(place)] = action;
  return place;
}

/// False while another thread is calling it.
bool drop_callback(State& state, unsigned t, std::uint8_t number, int place) {
  Object& e = source(state, number);
  const bool waits = (e.waiting >> place & 1) != 0;
  if (!waits && e.expected == place + 1 && e.owner != static_cast<int>(t)) return false;
  add_step(state, t, number, Step::drop_callback, waits);
  e.waiting &= ~(1u << place);
  return true;
}

/// Whether to call what the action has made is an event.
bool does_something(const Action& made) { return made.act == Act::wait_stop || made.value != 0; }

int done(Runner& runner) {
  runner.stage = 0;
  runner.next++;
  return 1;
}

}  // namespace

void Stepper::call_back(State& state, unsigned t, const Action& made) {
  if (made.act == Act::wait_stop) {
    notify(state, t, Step::notify_all, Kind::condition, made.object, 0);
  } else {
    const int reg = state.runners[t].local.reg;
    access(state, t, {.act = Act::fetch_add, .object = made.other, .value = 1});
    state.runners[t].local.reg = reg;
  }
}

/// Who is first calls the callbacks, one after another.
int Stepper::step_of_request(State& state, unsigned t, const Action& action, int outcome) {
  enum Stage { requesting, calling, called };
  Runner& me = state.runners[t];
  Object& e = source(state, action.object);
  const auto callback = [&] { return e.callbacks[static_cast<std::size_t>(e.expected) - 1]; };
  if (me.stage == calling) {
    call_back(state, t, callback());
    me.stage = called;
    return 1;
  }
  const bool first = me.stage == called || e.value == 0;
  add_step(state, t, action.object, me.stage == called ? Step::callback_returned : Step::request_stop, first);
  const int outcomes = first ? std::max(1, std::popcount(e.waiting)) : 1;
  if (first) {
    state.trace.threads[t].back().detail = static_cast<std::int8_t>(outcome);
    e.value = 1;
    e.owner = static_cast<int>(t);
    begin_next_call(e, outcome);
  }
  me.local.reg = first ? 1 : 0;
  if (!first || e.expected == 0)
    done(me);
  else
    me.stage = does_something(callback()) ? calling : called;
  return outcomes;
}

int Stepper::step_of_stop(State& state, unsigned t, const Action& action, int outcome) {
  Runner& me = state.runners[t];
  int& place = me.places[action.object];
  switch (action.act) {
    case Act::request_stop:
      return step_of_request(state, t, action, outcome);
    case Act::stop_requested:
      add_step(state, t, action.object, Step::stop_requested, false);
      me.local.reg = source(state, action.object).value;
      return done(me);
    case Act::make_callback:
      if (me.stage == 0) {
        place = add_callback(state, t, action);
        me.local.has_callback[action.object] = true;
        if (place < 0 && does_something(action)) {
          me.stage = 1;
          return 1;
        }
      } else {
        call_back(state, t, action);
      }
      return done(me);
    default:
      if (!drop_callback(state, t, action.object, place)) return 0;
      me.local.has_callback[action.object] = false;
      return done(me);
  }
}

bool Stepper::drops_without_step(State& state, unsigned t, const Action& action) {
  Runner& me = state.runners[t];
  if (action.act != Act::drop_callback || me.places[action.object] >= 0) return false;
  me.local.has_callback[action.object] = false;
  return true;
}

/// A stop that was requested before the wait has it look at the predicate once. A spurious wake-up is chosen before the
/// thread is found by notifications.
int Stepper::step_of_stoppable_wait(State& state, unsigned t, const Action& action, int outcome) {
  enum Stage : std::uint8_t {
    registering,
    notifying,
    looking,
    choosing,
    entering,
    settling,
    unlocking,
    sleeping,
    locking,
    leaving,
    looking_last,
    dropping
  };
  Runner& me = state.runners[t];
  const std::uint8_t number = action.object;
  const auto go_to = [&](Stage stage) {
    me.stage = stage;
    return 1;
  };
  const auto end = [&](bool held) {
    me.local.reg = held ? 1 : 0;
    return me.place < 0 ? done(me) : go_to(dropping);
  };
  switch (static_cast<Stage>(me.stage)) {
    case registering:
      me.place = add_callback(state, t, action);
      return go_to(me.place < 0 ? notifying : looking);
    case notifying:
      call_back(state, t, action);
      return go_to(looking_last);
    case looking:
      me.awake = false;
      if (load(state, t, action.other) != action.expected) return end(true);
      return go_to(choosing);
    case choosing:
      if (me.spurious_wakeups < program_.spurious_wakeups) {
        add(state, t, {.step = Step::choose, .detail = static_cast<std::int8_t>(outcome)});
        me.awake = outcome != 0;
        me.spurious_wakeups = static_cast<std::uint8_t>(me.spurious_wakeups + outcome);
        go_to(me.awake ? settling : entering);
        return 2;
      }
      [[fallthrough]];
    case entering:
      enter(state, t, Kind::condition, number);
      return go_to(settling);
    case settling: {
      const bool requested = source(state, number).value != 0;
      add_step(state, t, number, Step::settle_stop, !requested);
      return go_to(!requested ? unlocking : me.awake ? looking_last : leaving);
    }
    case unlocking:
      unlock(state, t, number);
      return go_to(me.awake ? locking : sleeping);
    case sleeping:
      return sleep(state, t, Kind::condition, number) ? go_to(locking) : 0;
    case locking:
      return lock(state, t, number) != 0 ? go_to(looking) : 0;
    case leaving:
      leave(state, t, Kind::condition, number);
      return go_to(looking_last);
    case looking_last:
      return end(load(state, t, action.other) != action.expected);
    case dropping:
      return drop_callback(state, t, number, me.place) ? done(me) : 0;
  }
  return 0;
}

}  // namespace heddle::oracle
