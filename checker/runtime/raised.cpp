// Signals that a harness thread sends to its own process. One that would end or stop a real program ends the check's,
// or is taken for Ctrl-C: so it is a finding where it is sent. One that the harness handles itself is let through.
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/interposition.hpp"
#include "checker/runtime/signals.hpp"
#include "checker/runtime/system_function.hpp"

namespace heddle::runtime {

namespace {

constinit SystemFunction<int(int)> system_raise{"raise"};
constinit SystemFunction<int(pid_t, int)> system_kill{"kill"};
constinit SystemFunction<int(pid_t, int)> system_killpg{"killpg"};
constinit SystemFunction<int(pthread_t, int)> system_pthread_kill{"pthread_kill"};
constinit SystemFunction<int(pid_t, int, sigval)> system_sigqueue{"sigqueue"};
constinit SystemFunction<unsigned(unsigned)> system_alarm{"alarm"};
constinit SystemFunction<useconds_t(useconds_t, useconds_t)> system_ualarm{"ualarm"};
constinit SystemFunction<int(__itimer_which_t, const itimerval*, itimerval*)> system_setitimer{"setitimer"};
constinit SystemFunction<int(clockid_t, sigevent*, timer_t*)> system_timer_create{"timer_create"};

/// Who took each signal when the check began: not the harness.
std::array<void (*)(int), NSIG> handlers_at_begin;

void (*handler_of(int signal))(int) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 ? now.sa_handler : SIG_IGN;
}

/// Whether the harness's program would end by this signal, or stop.
bool is_deadly(int signal) {
  if (signal <= 0 || signal >= NSIG) return false;
  if (signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH) return false;
  const auto handler = handler_of(signal);
  return handler == SIG_DFL || (handler != SIG_IGN && handler == handlers_at_begin[static_cast<std::size_t>(signal)]);
}

[[noreturn]] void stop_at(const void* caller, FindingKind kind, std::string message) {
  Execution::active()->stop({.kind = kind, .message = std::move(message), .site = {{}, caller}});
}

/// Stops the calling harness thread, if it is one and the signal ends its process.
void survive(int signal, const void* caller) {
  if (!inside_check()) return;
  set_inside_harness(false);
  if (is_deadly(signal)) {
    const char* const name = sigabbrev_np(signal);
    stop_at(caller, FindingKind::crash,
            std::string("SIG") + (name != nullptr ? name : std::to_string(signal)) +
                " was raised, which ends or stops the process");
  }
  set_inside_harness(true);
}

bool is_to_us(pid_t process) { return process == getpid() || process == 0 || process == -1 || process == -getpgrp(); }

void refuse_alarm(const void* caller) {
  if (!inside_check()) return;
  set_inside_harness(false);
  stop_at(caller, FindingKind::misuse,
          "the harness would set an alarm of the system: its signal would come at a moment that no schedule holds");
}

}  // namespace

void note_signal_handlers() {
  for (int signal = 1; signal < NSIG; ++signal)
    handlers_at_begin[static_cast<std::size_t>(signal)] = handler_of(signal);
}

}  // namespace heddle::runtime

using namespace heddle::runtime;  // NOLINT: the definitions below stand in the global namespace

extern "C" {

int raise(int signal) noexcept {
  survive(signal, __builtin_return_address(0));
  return system_raise.get()(signal);
}

int kill(pid_t process, int signal) noexcept {
  if (is_to_us(process)) survive(signal, __builtin_return_address(0));
  return system_kill.get()(process, signal);
}

int killpg(pid_t group, int signal) noexcept {
  if (group == 0 || is_to_us(-group)) survive(signal, __builtin_return_address(0));
  return system_killpg.get()(group, signal);
}

int pthread_kill(pthread_t thread, int signal) noexcept {
  survive(signal, __builtin_return_address(0));  // all threads of a harness are one of the system
  return system_pthread_kill.get()(thread, signal);
}

int sigqueue(pid_t process, int signal, const sigval value) noexcept {
  if (is_to_us(process)) survive(signal, __builtin_return_address(0));
  return system_sigqueue.get()(process, signal, value);
}

unsigned alarm(unsigned seconds) noexcept {
  if (seconds != 0) refuse_alarm(__builtin_return_address(0));
  return system_alarm.get()(seconds);
}

useconds_t ualarm(useconds_t first, useconds_t interval) noexcept {
  if (first != 0) refuse_alarm(__builtin_return_address(0));
  return system_ualarm.get()(first, interval);
}

int setitimer(__itimer_which_t which, const itimerval* timer, itimerval* old) noexcept {
  refuse_alarm(__builtin_return_address(0));
  return system_setitimer.get()(which, timer, old);
}

int timer_create(clockid_t clock, sigevent* event, timer_t* timer) noexcept {
  refuse_alarm(__builtin_return_address(0));
  return system_timer_create.get()(clock, event, timer);
}

}  // extern "C"
