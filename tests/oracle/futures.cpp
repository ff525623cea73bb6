#include "oracle/futures.hpp"

namespace heddle::oracle {

namespace {

// How far a result is (Object::expected).
enum Phase : std::uint8_t { none, claimed, ready };
/// How far the thread is in its action.
enum Stage : std::uint8_t { start, calling, called, sleeping, sleeping_for };

Object& result(State& state, std::uint8_t number) { return object(state, Kind::result, number); }

void add_step(State& state, unsigned t, std::uint8_t number, Step step, bool writes) {
  add(state, t,
      {.step = step,
       .kind = Kind::result,
       .object = number,
       .reads = true,
       .writes = writes,
       .value = static_cast<std::int16_t>(result(state, number).expected == ready ? 1 : 0)});
}

/// Who is first makes the result, or claims to make it.
bool take(State& state, unsigned t, std::uint8_t number, Phase phase) {
  Object& r = result(state, number);
  const bool first = r.expected == none;
  add_step(state, t, number, phase == ready ? Step::set_result : Step::claim_result, first);
  if (first) r.expected = phase;
  if (first && phase == ready) r.opened.push_back(r.newest);
  return first;
}

void publish(State& state, unsigned t, std::uint8_t number) {
  Object& r = result(state, number);
  add_step(state, t, number, Step::publish_result, true);
  r.expected = ready;
  r.opened.push_back(r.newest);
}

int done(Runner& runner) {
  runner.stage = start;
  runner.next++;
  return 1;
}

/// The function of a task, or a deferred one.
void call(State& state, unsigned t, std::uint8_t number) {
  Object& x = object(state, Kind::atomic, 0);
  result(state, number).value = x.value;
  add(state, t,
      {.step = Step::fetch_add,
       .kind = Kind::atomic,
       .reads = true,
       .writes = true,
       .value = static_cast<std::int16_t>(x.value)});
  x.value++;
}

/// [futures.promise], [futures.task]
int make(State& state, unsigned t, const Action& action) {
  Runner& me = state.runners[t];
  Object& r = result(state, action.object);
  const bool at_exit = action.act == Act::make_at_exit;
  const bool task = maker_of(action.object) == Maker::task;
  switch (me.stage) {
    case start:
      if (!take(state, t, action.object, at_exit || task ? claimed : ready)) {
        me.local.reg = 0;
        return done(me);
      }
      if (task) {
        me.stage = calling;
        return 1;
      }
      r.value = action.act == Act::make_exception ? exception_result : action.value;
      break;
    case calling:
      call(state, t, action.object);
      if (!at_exit) {
        me.stage = called;
        return 1;
      }
      break;
    default:
      publish(state, t, action.object);
      break;
  }
  if (at_exit) me.at_exit.push_back(action.object);
  me.local.reg = 1;
  return done(me);
}

/// What the thread's register holds when it has waited.
void look(State& state, unsigned t, const Action& action) {
  Local& local = state.runners[t].local;
  if (action.act == Act::get_result) local.reg = result(state, action.object).value;
  if (action.act == Act::wait_result_for) local.reg = 1;
}

int follow(State& state, unsigned t, const Action& action) {
  const Object& r = result(state, action.object);
  if (r.expected != ready) return 0;
  add(state, t, {.step = Step::sleep, .kind = Kind::result, .object = action.object, .source = r.opened.front()});
  look(state, t, action);
  return done(state.runners[t]);
}

/// [futures.shared.future]; of a deferred function, who waits first calls it ([futures.async] 3.2).
int wait(State& state, unsigned t, const Action& action) {
  Runner& me = state.runners[t];
  switch (me.stage) {
    case start:
      if (maker_of(action.object) != Maker::deferred) return follow(state, t, action);
      me.stage = take(state, t, action.object, claimed) ? calling : sleeping;
      return 1;
    case calling:
      call(state, t, action.object);
      me.stage = called;
      return 1;
    case called:
      publish(state, t, action.object);
      look(state, t, action);
      return done(me);
    default:
      return follow(state, t, action);
  }
}

int wait_for(const Program& program, State& state, unsigned t, const Action& action) {
  Runner& me = state.runners[t];
  if (me.stage == start && maker_of(action.object) == Maker::deferred) {
    add_step(state, t, action.object, Step::look_result, false);
    me.stage = sleeping_for;
    if (result(state, action.object).expected != none) return 1;
    me.local.reg = 2;
    return done(me);
  }
  if (program.no_timeouts) return follow(state, t, action);
  const bool in_time = result(state, action.object).expected == ready;
  if (!in_time && !gives_up(program, state, t, action)) return 0;
  add_step(state, t, action.object, Step::timed_wait_result, false);
  if (!in_time) time_out(state, t, action);
  me.local.reg = in_time ? 1 : 0;
  return done(me);
}

}  // namespace

bool is_done_without_step(State& state, unsigned t, const Action& action) {
  if (kind_of(action.act) != &Objects::results) return false;
  Local& local = state.runners[t].local;
  if (action.act != Act::break_promise || result(state, action.object).expected == none) return false;
  local.broken[action.object] = true;
  return true;
}

int step_of_result(const Program& program, State& state, unsigned t, const Action& action) {
  switch (action.act) {
    case Act::wait_result_for:
      return wait_for(program, state, t, action);
    case Act::get_result:
    case Act::wait_result:
      return wait(state, t, action);
    case Act::break_promise:
      take(state, t, action.object, ready);
      result(state, action.object).value = broken_result;
      state.runners[t].local.broken[action.object] = true;
      return done(state.runners[t]);
    default:
      return make(state, t, action);
  }
}

bool publish_last(State& state, unsigned t) {
  auto& due = state.runners[t].at_exit;
  if (due.empty()) return false;
  publish(state, t, due.back());
  due.pop_back();
  return true;
}

bool waits_for_result(const Runner& runner, const Action& action) {
  return action.act == Act::wait_result_for &&
         (maker_of(action.object) != Maker::deferred || runner.stage == sleeping_for);
}

}  // namespace heddle::oracle
