#include "checker/command_line/interrupts.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <type_traits>

#include "checker/runtime/check.hpp"

namespace heddle::command_line {

namespace {

constexpr int interrupting_signals[] = {SIGINT, SIGTERM, SIGHUP};

std::atomic<int> count{0};
std::atomic<pid_t> watched{0};
static_assert(std::atomic<int>::is_always_lock_free && std::is_same_v<pid_t, int>);

void hand_on(int) {
  const int error = errno;
  const pid_t child = watched;
  const bool first = ++count == 1;
  if (child > 0) kill(child, first ? SIGINT : SIGKILL);
  errno = error;
}

void stop(int) { request_stop(); }

void handle(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  for (const int signal : interrupting_signals) sigaction(signal, &action, nullptr);
}

void mask(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : interrupting_signals) sigaddset(&signals, signal);
  sigprocmask(how, &signals, nullptr);
}

}  // namespace

void catch_interrupts() { handle(hand_on); }

int interrupts() { return count; }

void hand_interrupts_to(pid_t child) { watched = child; }

void stop_at_interrupt() { handle(stop); }

InterruptsHeld::InterruptsHeld() { mask(SIG_BLOCK); }

InterruptsHeld::~InterruptsHeld() { mask(SIG_UNBLOCK); }

}  // namespace heddle::command_line
