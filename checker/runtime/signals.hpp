// Crashes and endless loops of harness code, caught by signals and turned into faults.
#pragma once

namespace heddle::runtime {

/// Installs handlers for SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and the watchdog's timer, on a stack of their own.
void install_signal_handlers();
/// Takes down who takes which signal: a harness that sends itself one of these has no handler for it (raised.cpp).
void note_signal_handlers();
/// Gives the process its own handlers back.
void remove_signal_handlers();

}  // namespace heddle::runtime
