// Processes that die at any point: heddle::may_crash, --crash=N.
//
// Whether a process is to die is chosen first (for --crash when it is started, and how many are is the state of a
// location, since any thread may start processes), and where before each of its operations that others could see: on
// what processes share, and starts of others. A process that is to die does so at its end at the latest; one that waits
// for ever elsewhere might have died before it began to, and that execution counts instead. Threads of a process stop
// one by one: since any of them may always have been slow, that covers the moments at which all stop together. When all
// have, the operating system closes what was open, gives robust mutexes up, and lets the parent know.
#pragma once

#include "checker/runtime/processes.hpp"

namespace heddle {

/// From here on the calling process may die, at any point: as by SIGKILL, no destructor runs. Misuse where it has
/// started threads already. May be called in the main process.
void may_crash(source_location site = source_location::current());

namespace models {

/// Whether the process that the calling thread is about to start is to die, chosen as far as --crash allows.
bool next_is_to_die(const core::Site& site);
/// The calling process, which was started to die (runtime::is_to_die), does so from now on.
void begin_dying();
/// The calling process dies as it is to, or as a signal has it.
void watch_death();
/// The calling process has come to its end. Does not return where it is to die.
void die_at_last(const core::Site& site);

}  // namespace models

}  // namespace heddle
