// One test in a process of its own: whatever a harness does to itself, the checker lives on to the next test.
//
// The engine turns the faults of a harness into findings, crashes included. This is the net below it: memory run out,
// a process killed or ended by the harness, a fault of the engine itself.
#pragma once

#include <functional>
#include <string>

#include "checker/core/finding.hpp"

namespace heddle::command_line {

/// How a test is run in its process.
struct Isolation {
  std::string test;                         ///< its name
  bool show_output = false;                 ///< what it prints is shown; otherwise held back
  bool show_progress = false;               ///< on stderr
  double kill_after_seconds = 0;            ///< for a check that does not end at its own timeout; 0: never
  double kill_after_interrupt_seconds = 0;  ///< for one that does not end when the user asks it to; 0: never
};

/// Runs `body` in a child process and hands its result on. Where the child dies before there is one, the result says
/// so: a `crash` finding for a signal, verdict `error` for an exit, a stop or for what `body` throws, `inconclusive`
/// for a kill asked for by the user. Throws heddle::Error where no process can be started.
Result run_isolated(const Isolation& how, const std::function<Result()>& body);

/// Runs `body` here; what it throws becomes a result with verdict `error`.
Result run_caught(const std::string& test, const std::function<Result()>& body);

}  // namespace heddle::command_line
