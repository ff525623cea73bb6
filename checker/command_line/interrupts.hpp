// Ctrl-C: the first ends the search with what is known so far, the second kills it.
//
// Signal handlers reach global state only, so here it is: one child at a time. SIGTERM and SIGHUP are taken the same
// way.
#pragma once

#include <sys/types.h>

namespace heddle::command_line {

/// From here on, in the parent: an interruption is counted and handed on to the child that is being watched.
void catch_interrupts();

/// How many interruptions there were.
int interrupts();

/// Whom interruptions are handed on to; 0 for nobody.
void hand_interrupts_to(pid_t child);

/// In the child: an interruption asks the check to stop.
void stop_at_interrupt();

/// Holds interruptions back while it lives: around fork, so that none falls between the handlers of parent and child.
class InterruptsHeld {
 public:
  InterruptsHeld();
  ~InterruptsHeld();
  InterruptsHeld(const InterruptsHeld&) = delete;
  InterruptsHeld& operator=(const InterruptsHeld&) = delete;
};

}  // namespace heddle::command_line
