// Small concurrent programs as data: what the brute force and the engine both run, and what is shrunk and printed.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace heddle::oracle {

enum class Act : std::uint8_t {
  load,
  store,
  fetch_add,
  exchange,
  compare_exchange,
  compare_exchange_weak,
  atomic_wait,  ///< waits while the atomic holds `expected`
  atomic_notify_one,
  atomic_notify_all,
  lock,
  try_lock,
  unlock,
  lock_several,  ///< at once: see several_of
  lock_recursive,
  try_lock_recursive,
  unlock_recursive,
  lock_recursive_for,  ///< with a time limit
  lock_alone,          ///< of shared mutex `object`
  try_lock_alone,
  unlock_alone,
  lock_shared,
  try_lock_shared,
  try_lock_shared_for,
  unlock_shared,
  acquire,
  try_acquire,
  acquire_for,
  release,     ///< of `value` permits
  count_down,  ///< of latch `object`, by `value`
  try_wait,
  latch_wait,
  arrive,  ///< at barrier `object`, for the last time
  arrive_and_wait,
  arrive_and_drop,
  call_once,   ///< of flag `object`; throws where `value` is 2
  wait,        ///< on condition `object`, under mutex `object`
  wait_for,    ///< the same with a time limit
  wait_while,  ///< while atomic `other` holds `expected`
  notify_one,
  notify_all,
  make_result,     ///< of `object`: its promise gets `value`, its task is called
  make_exception,  ///< its promise gets an exception
  make_at_exit,    ///< as make_result, ready when the thread has ended
  break_promise,   ///< its promise or task is destroyed
  get_result,      ///< by a shared_future of the thread's own
  wait_result,
  wait_result_for,  ///< with a time limit
  request_stop,     ///< of stop source `object`
  stop_requested,
  make_callback,  ///< of the thread's own for stop source `object`; adds 1 to atomic `other` unless `value` is 0
  drop_callback,
  wait_stop,  ///< as wait_while, until a stop of source `object` is requested
  choose,     ///< one of `value` outcomes
  assume,     ///< that the register holds `expected`; with `other`, that it does not
  spawn,      ///< of thread `other`
  join,       ///< with thread `other`
  read_plain,
  write_plain,
  fence,
  set,        ///< the register, to `value`
  sleep_for,  ///< for `limit_of`; nothing where time does not pass
  again,  ///< while the register holds `expected`: back by `value` actions, unless nothing was done since it was last
};

/// Of an access or a fence, in the order of core::Order; ignored by the others, and by brute force.
enum class Ordering : std::uint8_t { relaxed, acquire, release, acq_rel, seq_cst };

inline constexpr unsigned most_threads = 6;
inline constexpr unsigned most_objects = 4;  ///< of a kind

/// One statement of a thread. Each thread has one register, `r`, which holds the result of its last reading operation:
/// the value read, the success of a try, the outcome chosen.
struct Action {
  Act act = Act::load;
  std::uint8_t object = 0;  ///< number of the atomic, mutex, semaphore, condition or plain variable
  std::uint8_t other = 0;   ///< a second one: thread, or atomic
  std::int8_t value = 0;
  bool value_is_register = false;
  std::int8_t expected = 0;
  Ordering order = Ordering::seq_cst;
  Ordering failure = Ordering::seq_cst;  ///< of a compare_exchange that fails
  std::int8_t only_if = -1;              ///< done only where the register holds this; -1: always

  bool operator==(const Action&) const = default;
};

struct ProgramThread {
  std::vector<Action> actions;
  bool detached = false;  ///< never joined; what it waits for counts nevertheless

  bool operator==(const ProgramThread&) const = default;
};

/// Thread 0 is the main thread; every other is spawned by at most one action. At its end a thread joins those of its
/// children that it has neither joined nor is to detach.
struct Program {
  std::vector<ProgramThread> threads;
  std::array<std::int8_t, most_objects> permits{};  ///< of the semaphores, at first
  std::array<std::int8_t, most_objects> counts{};   ///< of the latches, at first: never less than what is counted down
  std::uint8_t spurious_wakeups = 0;                ///< that each thread may see
  std::uint8_t spurious_failures = 0;               ///< of compare_exchange_weak, that each thread may see
  bool no_timeouts = false;                         ///< time limits are as good as none
  bool timeouts_last = false;                       ///< time passes where nobody can move, and only there
  /// Which each thread asks for when it begins; 0: it asks for none.
  std::array<std::int8_t, most_threads> priorities{};
  bool through_refs = false;    ///< its atomics are plain ints, used through atomic_refs
  bool any_conditions = false;  ///< its conditions are condition_variable_any

  bool operator==(const Program&) const = default;
};

/// What a thread knows by itself.
struct Local {
  int reg = 0;
  std::array<std::uint8_t, most_objects> held{};  ///< how often it holds each mutex
  std::array<std::uint8_t, most_objects> held_recursive{};
  std::array<std::uint8_t, most_objects> held_alone{};  ///< of the shared mutexes
  std::array<std::uint8_t, most_objects> held_shared{};
  std::array<bool, most_objects> left_barrier{};  ///< arrived without waiting: it comes no more
  std::array<bool, most_objects> broken{};        ///< it has destroyed the promise
  std::array<bool, most_objects> has_callback{};  ///< for the stop source
  std::uint8_t failures = 0;                      ///< spurious ones so far
  std::uint8_t spawned = 0;                       ///< bits: children started …
  std::uint8_t joined = 0;                        ///< … and joined

  bool operator==(const Local&) const = default;
};

/// Whether the thread does this action, or passes it over: its condition does not hold, or it would be misuse
/// (unlock of what it does not hold, a second lock, a join of nobody).
bool performs(const Action& action, const Local& local);
/// The value that the action stores, adds, releases.
inline int operand(const Action& action, const Local& local) {
  return action.value_is_register ? local.reg : action.value;
}

/// Of an action with a time limit, in seconds.
inline int limit_of(const Action& action) { return 1 + action.value; }

inline bool is_true(const Action& assumption, const Local& local) {
  return (local.reg == assumption.expected) != (assumption.other != 0);
}
/// Where the thread goes on after `again`, its action number `at`, while its register holds what that says.
inline std::size_t back_from(const Action& again, std::size_t at) {
  return at - std::min(at, static_cast<std::size_t>(again.value));
}

/// How many objects of a kind the program needs.
struct Objects {
  unsigned atomics = 0, mutexes = 0, recursive_mutexes = 0, semaphores = 0, conditions = 0, plain = 0;
  unsigned shared_mutexes = 0, latches = 0, barriers = 0, flags = 0, results = 0, stops = 0;
};
/// One of the locks that a lock_several takes.
struct OneLock {
  enum Mode : std::uint8_t { plain, alone, shared };  ///< of a mutex; of a shared mutex

  Mode mode;
  std::uint8_t number;
  bool operator==(const OneLock&) const = default;
};
/// All of them, in the order in which they are taken: the mutexes whose bits are set in `value`, and the shared mutexes
/// whose bits are set in `other`, in the lower half those that are taken alone.
std::vector<OneLock> several_of(const Action& action);
/// How often the thread holds it.
inline std::uint8_t& held_of(Local& local, OneLock lock) {
  return (lock.mode == OneLock::plain   ? local.held
          : lock.mode == OneLock::alone ? local.held_alone
                                        : local.held_shared)[lock.number];
}
/// The action that gives it back.
Action unlock_of(OneLock lock);
/// The kind of the object that the action is about; null where it is about none.
unsigned Objects::*kind_of(Act act);
Objects objects_of(const Program& program);
/// How many threads come to a barrier: what it is made for.
unsigned comers(const Program& program, unsigned barrier);
/// Barriers with an odd number have a completion function.
inline bool has_completion(unsigned barrier) { return barrier % 2 == 1; }

/// Who makes a result: a promise, a task, which adds 1 to the first atomic and returns what it held before, or a
/// deferred function that does the same.
enum class Maker : std::uint8_t { promise, task, deferred };
inline Maker maker_of(unsigned result) { return static_cast<Maker>(result % 3); }
/// Whether the action waits on a condition, under the mutex of its number.
bool needs_mutex(Act act);
/// Whether the action makes the result, or destroys who would.
bool is_makers(Act act);
/// Only one thread may use a task, or a promise that is destroyed: takes the actions of the others out.
void keep_one_maker(Program& program);
/// What a thread's register holds after a get_result that throws.
inline constexpr int exception_result = 3, broken_result = 4;

/// Threads of these actions, started one after another by the main thread, which then does `main`.
Program program_of(std::vector<std::vector<Action>> threads, const std::vector<Action>& main = {});
unsigned action_count(const Program& program);
/// The program as a test that a person can paste into a harness.
std::string as_harness(const Program& program);

}  // namespace heddle::oracle
