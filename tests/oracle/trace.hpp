// A trace: what is the same in all interleavings that the checker takes for one.
//
// Each operation on an atomic or sync object is an event, which reads the newest state of the object and perhaps
// replaces it. A trace says for each thread which events it made, from which event each one got what it read, and after
// which one it stands in the order of the object's states. It does not say how the threads were interleaved.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace heddle::oracle {

enum class Step : std::uint8_t {
  load,
  store,
  fetch_add,
  exchange,
  compare_exchange,
  lock,
  try_lock,
  timed_lock,
  unlock,
  lock_shared,
  try_lock_shared,
  timed_lock_shared,
  unlock_shared,
  acquire,
  try_acquire,
  timed_acquire,
  release,
  count_down,
  try_wait,
  arrive,
  arrive_and_drop,
  take_completion,  ///< all have arrived at a barrier: whether it is this thread that runs the completion function
  complete,         ///< and that has returned
  call_once,
  called,       ///< the function of a call_once has returned …
  thrown,       ///< … or thrown
  enter,        ///< the first half of a wait: from here on notifications find the thread
  sleep,        ///< the other half: some notification has found it; the latch is at zero, the phase of the barrier over
  timed_sleep,  ///< the same with a time limit: it leaves where none has
  leave,        ///< of an atomic's wait: it need not sleep after all
  notify_one,
  notify_all,
  choose,
  block,  ///< an assumption failed
  spawn,
  join,
  end,
  fence,
  nap,  ///< has slept for a time
  set_result,
  claim_result,  ///< it will come
  publish_result,
  timed_wait_result,
  look_result,
  request_stop,
  callback_returned,
  make_callback,
  drop_callback,
  settle_stop,  ///< of a wait: no stop was requested before it could be notified
  stop_requested,
};

enum class Kind : std::uint8_t {
  none,
  atomic,
  waiters_of_atomic,
  mutex,
  recursive_mutex,
  semaphore,
  condition,
  shared_mutex,
  latch,
  barrier,
  completion,
  flag,
  result,
  stop,
};
inline constexpr std::size_t kinds = 14;

struct EventName {
  std::int8_t thread = -1;  ///< -1: no event; the state that the object was made with
  std::int8_t index = -1;   ///< among the thread's events

  bool operator==(const EventName&) const = default;
};

struct TraceEvent {
  Step step = Step::load;
  Kind kind = Kind::none;   ///< of the object
  std::uint8_t object = 0;  ///< its number among those of its kind
  bool reads = false;
  bool writes = false;
  bool is_told = false;  ///< of an arrival: whether it was the last
  std::int8_t detail =
      -1;  ///< outcome chosen, which callback is next; thread woken by a notify_one, spawned, joined (-1: nobody)
  std::uint8_t epoch = 0;   ///< how often time had passed before it
  std::int16_t value = 0;   ///< what an atomic held before; of a barrier: the phase that it was told of; of a latch, a
                            ///< result, a stop source: whether it was open, ready, asked to stop
  EventName source = {};    ///< read from, or waited for
  EventName previous = {};  ///< of a write: the one before it on its object

  bool operator==(const TraceEvent&) const = default;
};

/// An access to plain data, which is no event.
struct PlainAccess {
  std::uint8_t variable = 0;
  bool write = false;
  std::uint8_t after = 0;  ///< how many events of its thread come before it
};

struct Trace {
  std::vector<std::vector<TraceEvent>> threads;  ///< by number; empty where the thread was not started
  std::vector<std::vector<PlainAccess>> plain_accesses;
};

/// Threads in the order of the tree of spawns, so that names do not depend on who numbered them: number -> place, or
/// -1.
std::vector<int> tree_order(const Trace& trace);

/// The kinds of object whose operations are told apart by more than the order in which they came: where the order of
/// two of them makes no difference, it is not told.
struct Commuting {
  std::array<bool, oracle::kinds> by_kind{};
  bool by_event = false;  ///< those that do not fail, and are told the same phase, whatever others do

  /// By event, of all kinds for which there are such operations.
  static Commuting events();

  bool of(Kind kind) const { return by_kind[static_cast<std::size_t>(kind)]; }
  /// All kinds for which there are such operations.
  static Commuting all();
  /// Takes out those of which that cannot be said after `trace`: an operation has failed there, or has come to a phase
  /// of a barrier of which its thread did not know.
  void restrict_to(const Trace& trace);
};

/// The trace as text, one line a thread, with the threads numbered as they stand in the tree of spawns.
std::string to_text(const Trace& trace, const Commuting& commuting = {});

/// Whether two accesses to the same plain data, of which one writes, are not ordered by happens-before ([intro.races]):
/// the transitive closure of program order and synchronizes-with, built literally.
bool has_race(const Trace& trace);

}  // namespace heddle::oracle
