// Small programs with loops as data: what the interpreter of states and the liveness search both run.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace heddle::liveness_oracle {

enum class Act : std::uint8_t {
  load,      ///< r := atomic
  store,     ///< atomic := value
  exchange,  ///< r, atomic := atomic, value
  increase,  ///< atomic := (r + 1) % 3; what r was is kept
  claim,     ///< r := whether the atomic was `value` and is now `other`
  lock,      ///< unless held
  try_lock,  ///< unless held; r := whether it was taken
  unlock,    ///< if held
  wait,      ///< on the condition, if the mutex is held
  notify_one,
  notify_all,
  choose,  ///< r := 0 or 1
  write,   ///< of plain data
  read,    ///< of plain data; r is kept
  progress,
  deny,     ///< assert that r is not `value`
  skip_if,  ///< the next action, if r is `value`
  back,     ///< reads the atomic, and goes back to action `target`
};

inline constexpr unsigned atomics = 2;
inline constexpr unsigned mutexes = 2;

struct Action {
  Act act = Act::load;
  std::uint8_t object = 0;  ///< number of the atomic or mutex
  std::int8_t value = 0;
  std::int8_t other = 0;
  std::uint8_t target = 0;  ///< at most the action's own number

  bool operator==(const Action&) const = default;
};

/// The threads that main starts one after the other, and then joins. Each has one register, r, which is 0 at first.
/// Atomics are 0 at first; there is one condition, with mutex 0, and one plain variable.
struct Program {
  std::vector<std::vector<Action>> threads;

  bool operator==(const Program&) const = default;
};

Program random_program(std::mt19937_64& random);
/// The program as a test that a person can paste into a harness.
std::string as_harness(const Program& program);

/// What there is to find. Threads are numbered as harness threads: main is 0.
struct Outcomes {
  bool too_large = false;
  bool race = false;  ///< then nothing else is compared
  bool deadlock = false;
  bool assertion = false;
  bool livelock[2] = {};          ///< under weak fairness, and under strong
  std::uint32_t starved[2] = {};  ///< likewise, a bit a thread
  std::size_t states = 0;

  bool operator==(const Outcomes& o) const {
    return race == o.race &&
           (race || (deadlock == o.deadlock && assertion == o.assertion && livelock[0] == o.livelock[0] &&
                     livelock[1] == o.livelock[1] && starved[0] == o.starved[0] && starved[1] == o.starved[1]));
  }
};
std::string to_text(const Outcomes& outcomes);

/// By an interpreter that knows nothing of the engine, one action a step, and cycles by enumeration.
Outcomes interpret(const Program& program, std::size_t most_states);
/// By the liveness search.
Outcomes search(const Program& program, bool hashed = false);
/// The program as a harness for the engine.
void run_as_harness(const Program& program);

/// The smallest program found by leaving things out for which both still differ.
Program shrink(const Program& program);

}  // namespace heddle::liveness_oracle
