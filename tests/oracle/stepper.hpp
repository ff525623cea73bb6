// One step of a thread of a small program at a time, by an interpreter that knows nothing of the engine.
#pragma once

#include <string>

#include "oracle/state.hpp"

namespace heddle::oracle {

class Stepper {
 public:
  explicit Stepper(const Program& program, bool several_at_once = false)
      : program_(program), several_at_once_(several_at_once) {}

  /// The main thread runs, and nothing is settled yet.
  State first_state() const;
  /// The trace so far as bytes, which say what can follow.
  static std::string key(const State& state);
  /// Passes over the actions that the thread does not perform, and does those that are no events.
  void settle(State& state, unsigned t);
  /// One step of `t`: how many outcomes it has, 0 where the thread must wait; `state` becomes that after `outcome`.
  int step(State& state, unsigned t, int outcome);
  /// Where nobody can move: time goes on to the first end of a limit that somebody waits for. False where there is
  /// none.
  bool pass_time(State& state) const;

  const Program& program() const { return program_; }

 protected:
  const Program& program_;

 private:
  enum StageOfWait : std::uint8_t { choice, entering, unlocking, sleeping, locking, unlocking_without_sleep, expiring };

  bool waits_for_time(const State& state, unsigned t) const;
  static void plain_access(State& state, unsigned t, const Action& action);
  int single_step(State& state, unsigned t, const Action& action, int outcome);
  int spawn(State& state, unsigned t, unsigned child);
  int finish(State& state, unsigned t);
  int join(State& state, unsigned t, unsigned child);
  int lock(State& state, unsigned t, std::uint8_t number);
  int try_lock(State& state, unsigned t, std::uint8_t number);
  int unlock(State& state, unsigned t, std::uint8_t number);
  int lock_recursive(State& state, unsigned t, const Action& action);
  int unlock_recursive(State& state, unsigned t, std::uint8_t number);
  int acquire(State& state, unsigned t, const Action& action);
  int release(State& state, unsigned t, const Action& action);
  int step_of_wait(State& state, unsigned t, const Action& action, int outcome);
  int step_of_atomic_wait(State& state, unsigned t, const Action& action);
  int step_of_stop(State& state, unsigned t, const Action& action, int outcome);
  int step_of_request(State& state, unsigned t, const Action& action, int outcome);
  int step_of_stoppable_wait(State& state, unsigned t, const Action& action, int outcome);
  void call_back(State& state, unsigned t, const Action& made);
  static bool drops_without_step(State& state, unsigned t, const Action& action);
  void enter(State& state, unsigned t, Kind kind, std::uint8_t number);
  void leave(State& state, unsigned t, Kind kind, std::uint8_t number);
  bool sleep(State& state, unsigned t, Kind kind, std::uint8_t number);
  void timed_sleep(State& state, unsigned t, std::uint8_t number);
  int notify(State& state, unsigned t, Step which, Kind kind, std::uint8_t number, int outcome);
  int access(State& state, unsigned t, const Action& action);
  int compare_exchange_weak(State& state, unsigned t, const Action& action, int outcome);
  int load(State& state, unsigned t, std::uint8_t number);

  bool several_at_once_;  ///< several mutexes are locked in one step, when all are free
};

}  // namespace heddle::oracle
