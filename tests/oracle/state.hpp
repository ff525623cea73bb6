// What the brute force knows in the middle of an interleaving.
#pragma once

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
  int asked_at = 0;                        ///< the time when it asked for what it is at
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
  EventName newest;               ///< the event that made it so
  std::vector<Action> callbacks;  ///< of a stop source, by their places: the actions that made them
};

struct State {
  std::array<Runner, most_threads> runners;
  std::array<std::array<Object, most_objects>, kinds> objects;  ///< by kind
  std::array<int, most_objects> plain{};
  bool time_passes = false;  ///< where nobody can move
  int now = 0;
  std::uint8_t epoch = 0;  ///< how often time has passed
  Trace trace;
};

inline Object& object(State& state, Kind kind, std::uint8_t number) {
  return state.objects[static_cast<std::size_t>(kind)][number];
}

/// Whether the action with a time limit that `t` is at is over where it would have to wait.
inline bool gives_up(const Program& program, const State& state, unsigned t, const Action& action) {
  if (program.timeouts_last) return state.runners[t].asked_at + limit_of(action) <= state.now;
  return !program.no_timeouts;
}

/// The thread's next event; it reads, and replaces, the newest state of its object.
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
  state.runners[t].asked_at = state.now;
}

}  // namespace heddle::oracle
