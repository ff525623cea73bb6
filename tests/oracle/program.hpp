// Small concurrent programs as data: what the brute force and the engine both run, and what is shrunk and printed.
#pragma once

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
  atomic_wait,  ///< waits while the atomic holds `expected`
  atomic_notify_one,
  atomic_notify_all,
  lock,
  try_lock,
  unlock,
  lock_recursive,
  try_lock_recursive,
  unlock_recursive,
  acquire,
  try_acquire,
  release,     ///< of `value` permits
  wait,        ///< on condition `object`, under mutex `object`
  wait_while,  ///< while atomic `other` holds `expected`
  notify_one,
  notify_all,
  choose,  ///< one of `value` outcomes
  assume,  ///< that the register holds `expected`
  spawn,   ///< of thread `other`
  join,    ///< with thread `other`
  read_plain,
  write_plain,
};

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
  std::int8_t only_if = -1;  ///< done only where the register holds this; -1: always

  bool operator==(const Action&) const = default;
};

struct ProgramThread {
  std::vector<Action> actions;
  bool detached = false;  ///< not joined by its parent's end

  bool operator==(const ProgramThread&) const = default;
};

/// Thread 0 is the main thread; every other is spawned by at most one action. At its end a thread joins those of its
/// children that it has neither joined nor is to detach.
struct Program {
  std::vector<ProgramThread> threads;
  std::array<std::int8_t, most_objects> permits{};  ///< of the semaphores, at first
  std::uint8_t spurious_wakeups = 0;                ///< that each thread may see

  bool operator==(const Program&) const = default;
};

/// What a thread knows by itself.
struct Local {
  int reg = 0;
  std::array<std::uint8_t, most_objects> held{};  ///< how often it holds each mutex
  std::array<std::uint8_t, most_objects> held_recursive{};
  std::uint8_t spawned = 0;  ///< bits: children started …
  std::uint8_t joined = 0;   ///< … and joined
};

/// Whether the thread does this action, or passes it over: its condition does not hold, or it would be misuse
/// (unlock of what it does not hold, a second lock, a join of nobody).
bool performs(const Action& action, const Local& local);
/// The value that the action stores, adds, releases.
inline int operand(const Action& action, const Local& local) {
  return action.value_is_register ? local.reg : action.value;
}

/// How many objects of a kind the program needs.
struct Objects {
  unsigned atomics = 0, mutexes = 0, recursive_mutexes = 0, semaphores = 0, conditions = 0, plain = 0;
};
Objects objects_of(const Program& program);

unsigned action_count(const Program& program);
/// The program as a test that a person can paste into a harness.
std::string as_harness(const Program& program);

}  // namespace heddle::oracle
