// Small programs of processes as data: what the interpreter and the engine both run, and what is shrunk and printed.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace heddle::process_oracle {

enum class Act : std::uint8_t {
  write,         ///< `value` into pipe `object`
  read,          ///< from pipe `object`
  close_read,    ///< of pipe `object`
  close_write,   ///< likewise
  send,          ///< `value` to the queue, with priority `object`
  send_in_time,  ///< likewise, which may take too long
  receive,
  try_receive,
  receive_in_time,
  lock,  ///< the mutex in shared memory
  unlock,
  lock_robust,
  unlock_robust,
  make_consistent,
  acquire,  ///< the semaphore in shared memory
  release,
  load,           ///< the atomic in shared memory
  store,          ///< `value`
  look,           ///< at the plain data in shared memory, with the robust mutex held
  change,         ///< that, to `value`
  look_global,    ///< at a plain global, of which each process has its own
  change_global,  ///< that, to `value`
  wait_notified,  ///< on the condition in shared memory, with the mutex held
  notify_one,
  exit,                  ///< with `value`
  start,                 ///< process `object`
  wait,                  ///< for process `object`
  look_for_end,          ///< of process `object`
  wait_in_time,          ///< for that, which may take too long
  kill,                  ///< process `object`, which can be sent signals
  handle,                ///< what it is sent, from then on
  handle_children,       ///< the ends of the processes that it has started, from then on
  handle_and_interrupt,  ///< what it is sent, from then on, which ends what blocks
};

inline constexpr unsigned most_processes = 4;
inline constexpr unsigned most_pipes = 2;

struct Action {
  Act act = Act::write;
  std::uint8_t object = 0;
  std::uint8_t value = 0;

  bool operator==(const Action&) const = default;
};

/// A process has a first thread, and perhaps a second one, which that starts first of all and joins at its end.
struct ProgramProcess {
  std::array<std::vector<Action>, 2> threads;
  bool may_crash = false;
  bool killable = false;

  bool has_second() const { return !threads[1].empty(); }
  bool operator==(const ProgramProcess&) const = default;
};

/// Process 0 is the main process; every other is started by at most one action.
struct Program {
  std::vector<ProgramProcess> processes;
  unsigned pipes = 1;
  unsigned pipe_capacity = 1;
  unsigned queue_capacity = 1;
  unsigned permits = 0;
  unsigned crashes = 0;  ///< as --crash has it; then no process says itself that it may

  bool operator==(const Program&) const = default;
};

/// What a thread knows by itself, and what comes of it: whoever survives tells it.
struct Local {
  std::string log;  ///< a letter or digit for each result
  bool held = false;
  bool held_robust = false;
  bool inconsistent = false;                       ///< it was told that the owner had died
  std::array<bool, most_pipes> reads{}, writes{};  ///< which ends its process has open
  std::uint8_t started = 0;                        ///< bits: processes …
  std::uint8_t waited = 0;
};

/// Whether the thread does this action, or passes it over because it would be misuse.
bool performs(const Action& action, const Local& local);

struct Family {
  const char* name;
  std::vector<std::pair<Act, unsigned>> acts;  ///< with their weights
  unsigned most_processes = 3;                 ///< with the main process
  unsigned most_actions = 4;
  unsigned crash_percent = 0;     ///< of the processes that may die
  unsigned killable_percent = 0;  ///< of the processes that can be sent signals
  unsigned second_percent = 0;    ///< of the processes with a second thread
  bool nested = false;            ///< processes start others
  unsigned most_crashes = 0;      ///< of a program, as --crash has them
};

const std::vector<Family>& families();
Program random_program(const Family& family, std::mt19937_64& random);
unsigned action_count(const Program& program);
/// The program in a form that a person can read.
std::string to_text(const Program& program);

/// All outcomes that the interpreter finds; false where there are too many states.
bool interpret(const Program& program, std::set<std::string>& outcomes);

struct Explored {
  std::set<std::string> outcomes;
  std::uint64_t executions = 0;
  std::uint64_t blocked = 0;
  std::uint64_t twice = 0;  ///< traces that were visited before
  bool too_large = false;   ///< it was given up
  std::string error;        ///< a finding, or what the engine did not like
};
Explored explore(const Program& program, const std::string& search = "exhaustive");

}  // namespace heddle::process_oracle
