// What the brute force knows in the middle of an interleaving.
#pragma once

#include <algorithm>
#include <vector>

#include "oracle/program.hpp"
#include "oracle/trace.hpp"

namespace heddle::oracle {

struct Runner {
  enum Status : std::uint8_t { unborn, running, stopped, ended };

  Status status = unborn;
  std::uint8_t next = 0;   ///< the action that it is at
  std::uint8_t stage = 0;  ///< how far it is in that
  Local local;
  std::uint8_t spurious_wakeups = 0;       ///< how many it has seen
  EventName woken_by;                      ///< the notification that has found it
  std::size_t phase = 0;                   ///< of the barrier at which it has arrived
  int clock = 0;                           ///< its time when it asked for what it is at
  int limit_ends = 0;                      ///< by its clock, that of its wait
  std::vector<std::uint8_t> at_exit;       ///< results that it makes ready at its end, the last one first
  int place = -1;                          ///< of the callback that its wait has made; -1: none
  bool awake = false;                      ///< its wait ends for no reason
  std::array<int, most_objects> places{};  ///< of its callbacks; -1: called when it was made

  /// Where it stood when it last asked for something, oldest first, since it last changed something.
  struct Standing {
    std::uint8_t next;
    std::uint8_t stage;
    Local local;

    bool operator==(const Standing&) const = default;
  };
  std::vector<Standing> since_change;
  Standing standing() const { return {next, stage, local}; }
};

/// An atomic or sync object.
struct Object {
  int value = 0;                  ///< of an atomic; permits; how often it is locked
  int owner = -1;                 ///< thread that holds it
  unsigned waiting = 0;           ///< bits: threads; of a shared mutex, those that share it
  int expected = 0;               ///< of a barrier: in the next phase
  std::vector<EventName> opened;  ///< of a latch and a barrier: what brought it to zero, and ended each phase
  std::vector<EventName> met;     ///< of a barrier: who was the last to arrive in each phase
  EventName newest;               ///< the event that made it so
  std::vector<Action> callbacks;  ///< of a stop source, by their places: the actions that made them
};

struct State {
  std::array<Runner, most_threads> runners;
  std::array<std::array<Object, most_objects>, kinds> objects;  ///< by kind
  std::array<int, most_objects> plain{};
  std::array<std::vector<int>, most_threads> clocks;  ///< of each thread after each of its events
  bool time_passes = false;                           ///< where nobody can move
  int now = 0;
  std::uint8_t epoch = 0;  ///< how often time has passed
  Trace trace;
};

inline Object& object(State& state, Kind kind, std::uint8_t number) {
  return state.objects[static_cast<std::size_t>(kind)][number];
}

inline int clock_after(const State& state, EventName event) {
  return state.clocks[static_cast<std::size_t>(event.thread)][static_cast<std::size_t>(event.index)];
}

/// Whether the action with a time limit that `t` is at is over where it would have to wait.
inline bool gives_up(const Program& program, const State& state, unsigned t, const Action& action) {
  if (program.timeouts_last) return state.runners[t].clock + limit_of(action) <= state.now;
  return !program.no_timeouts;
}

/// `t` has waited for the whole limit of the action that it is at. Where time passes, it has passed for all.
inline void time_out(State& state, unsigned t, const Action& action) {
  if (!state.time_passes) state.runners[t].clock += limit_of(action);
}

/// The thread's next event; it reads, and replaces, the newest state of its object. Its clock is not behind that of
/// what it reads.
inline void add(State& state, unsigned t, TraceEvent event) {
  auto& mine = state.trace.threads[t];
  if (event.reads || event.writes) {
    Object& object = heddle::oracle::object(state, event.kind, event.object);
    if (event.reads) event.source = object.newest;
    if (event.writes) event.previous = object.newest;
    if (event.writes) object.newest = {static_cast<std::int8_t>(t), static_cast<std::int8_t>(mine.size())};
  }
  event.epoch = state.epoch;
  mine.push_back(event);
  int& clock = state.runners[t].clock;
  clock = std::max(clock, state.now);
  if (event.source.thread >= 0) clock = std::max(clock, clock_after(state, event.source));
  state.clocks[t].push_back(clock);
}

}  // namespace heddle::oracle
