#include "checker/runtime/signals.hpp"

#include <setjmp.h>
#include <signal.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <exception>

#include "checker/core/error.hpp"
#include "checker/runtime/blocking_call.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/runtime/interposition.hpp"
#include "checker/runtime/system_function.hpp"

namespace heddle::runtime {

namespace {

constexpr std::array caught_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
constexpr double tick_seconds = 0.1;
constexpr double fast_tick_seconds = 0.0007;

using SetMask = int(int, const sigset_t*, sigset_t*);
constinit SystemFunction<SetMask> system_sigprocmask{"sigprocmask"};
constinit SystemFunction<SetMask> system_pthread_sigmask{"pthread_sigmask"};

std::array<struct sigaction, caught_signals.size()> previous_actions;
std::terminate_handler previous_terminate = nullptr;
alignas(64) char signal_stack[64 << 10];
alignas(64) char leave_stack[256 << 10];  ///< what runs after a fault, when the fiber's own stack may be unusable
stack_t previous_stack;
timer_t ticks;  ///< sent to the system thread that checks, which need not be the program's first

// What the handler found out; turned into a Fault on leave_stack, where allocation is safe.
int fault_signal = 0;
void* fault_address = nullptr;
const void* fault_place = nullptr;  ///< one past the instruction
CallChain fault_from;               ///< the thread's stack there, as far as it can be walked
unsigned char fault_mark = 0;       ///< what memory is filled with, where such a pointer was followed; 0 otherwise
volatile bool walking = false;      ///< the stack that faulted
sigjmp_buf walk_failed;
std::uint64_t operations_at_tick = 0;
unsigned idle_ticks = 0;

std::string describe_mark(unsigned char mark) {
  return mark == (freed_mark & 0xFF) ? "a pointer that was read from freed memory was followed"
                                     : "a pointer that was read from memory never written to was followed";
}

std::string describe(int signal, void* address, const Execution& execution) {
  const AddressSpace& space = AddressSpace::instance();
  char text[160];
  if (signal == SIGSEGV && space.contains(address)) {
    const unsigned slot = space.slot_of(address);
    if (slot < core::max_threads && address < space.stack_top(slot)) return stack_overflowed();
  }
  switch (signal) {
    case SIGABRT:
      return "abort was called";
    case SIGFPE:
      return "arithmetic fault (SIGFPE): a division by zero, perhaps";
    case SIGILL:
      return "illegal instruction (SIGILL)";
    case SIGALRM:
      if (const std::string blocks = blocking_call(fault_from); !blocks.empty())
        return "the thread blocks the whole check, in " + blocks;
      std::snprintf(text, sizeof text,
                    "the thread has made no operation for %g seconds (--watchdog=SECONDS changes the limit)",
                    execution.watchdog_seconds());
      return text;
    default:
      break;
  }
  std::snprintf(text, sizeof text, "%s at address %p",
                signal == SIGBUS ? "bus error (SIGBUS)" : "invalid memory access (SIGSEGV)", address);
  const bool near_null = reinterpret_cast<std::uintptr_t>(address) < 4096;
  return near_null && execution.heap_was_full() ? text + (", after an allocation had failed" + heap_is_full()) : text;
}

/// Runs on leave_stack, outside the handler: the fiber is given up.
void leave_fiber() {
  set_inside_harness(false);
  Execution& execution = *Execution::active();
  Fault fault;
  fault.kind = fault_signal == SIGALRM ? FindingKind::no_progress : FindingKind::crash;
  fault.message = describe(fault_signal, fault_address, execution);
  if (fault_signal == SIGSEGV && fault_mark != 0) {
    if (fault_mark == (freed_mark & 0xFF)) fault.kind = FindingKind::use_after_free;
    fault.message = describe_mark(fault_mark);
  }
  fault.site.caller = fault_place;
  fault.from = std::move(fault_from);
  execution.set_fault(std::move(fault));
  execution.abandon_fiber();
}

void redirect(ucontext_t* interrupted) {
  const auto top = reinterpret_cast<std::uintptr_t>(leave_stack + sizeof leave_stack - 64);
#if defined(__x86_64__)
  fault_place = reinterpret_cast<const char*>(interrupted->uc_mcontext.gregs[REG_RIP]) + 1;
  interrupted->uc_mcontext.gregs[REG_RSP] = static_cast<greg_t>(top - 8);  // as after a call
  interrupted->uc_mcontext.gregs[REG_RIP] = reinterpret_cast<greg_t>(&leave_fiber);
#elif defined(__aarch64__)
  fault_place = reinterpret_cast<const char*>(interrupted->uc_mcontext.pc) + 1;
  interrupted->uc_mcontext.sp = top;
  interrupted->uc_mcontext.pc = reinterpret_cast<std::uint64_t>(&leave_fiber);
#else
#error "heddle knows x86-64 and arm64"
#endif
}

/// Whether a register holds an address that is nothing but the fill of freed or fresh memory, or near it.
unsigned char mark_in_registers([[maybe_unused]] const ucontext_t* interrupted) {
#if defined(__x86_64__)
  for (const unsigned char mark : {static_cast<unsigned char>(freed_mark & 0xFF), Execution::active()->fill()}) {
    std::uint64_t pattern = 0;
    std::memset(&pattern, mark, sizeof pattern);
    for (const greg_t value : interrupted->uc_mcontext.gregs)
      if (static_cast<std::uint64_t>(value) >> 16 == pattern >> 16) return mark;
  }
#endif
  return 0;
}

/// The stack of the interrupted thread. It may be what is broken: a fault on the way ends the walk.
void walk_stack([[maybe_unused]] const ucontext_t* interrupted) {
  set_inside_harness(false);
  fault_from.clear();
  if (sigsetjmp(walk_failed, 1) == 0) {
    walking = true;
    sigset_t faults;
    sigemptyset(&faults);
    sigaddset(&faults, SIGSEGV);
    sigaddset(&faults, SIGBUS);
    sigprocmask(SIG_UNBLOCK, &faults, nullptr);
    fault_from = call_chain();
#if defined(__x86_64__)
    // A call of what is no code: nothing is known there, but the caller stands on the stack.
    const auto* const stack = reinterpret_cast<void* const*>(interrupted->uc_mcontext.gregs[REG_RSP]);
    if (reinterpret_cast<void*>(interrupted->uc_mcontext.gregs[REG_RIP]) == fault_address) fault_from.push_back(*stack);
#endif
  }
  walking = false;
}

void tick_every(double seconds) {
  const timespec interval{0, static_cast<long>(seconds * 1e9)};
  const itimerspec timer{interval, interval};
  timer_settime(ticks, 0, &timer, nullptr);
}

/// Whether a thread of the harness was interrupted, be it in what we do for it.
bool on_a_fiber(const ucontext_t* interrupted) {
#if defined(__x86_64__)
  const auto stack_pointer = static_cast<std::uintptr_t>(interrupted->uc_mcontext.gregs[REG_RSP]);
#else
  const auto stack_pointer = static_cast<std::uintptr_t>(interrupted->uc_mcontext.sp);
#endif
  return AddressSpace::instance().contains(reinterpret_cast<const void*>(stack_pointer));
}

/// Whether the thread is to be stopped here. That cannot be where we are at work for it, at an access to plain data
/// perhaps, even if it does nothing else: then ticks come fast until one hits the harness.
bool watchdog_has_expired(const Execution& execution, const ucontext_t* interrupted) {
  const bool too_long = idle_ticks * tick_seconds >= execution.watchdog_seconds();
  if (execution.operations() != operations_at_tick) {
    operations_at_tick = execution.operations();
    idle_ticks = 0;
    if (too_long) tick_every(tick_seconds);
    return false;
  }
  if (too_long) return inside_check();
  if (on_a_fiber(interrupted) && ++idle_ticks * tick_seconds >= execution.watchdog_seconds())
    tick_every(fast_tick_seconds);
  return false;
}

void handle(int signal, siginfo_t* info, void* interrupted) {
  const int saved_errno = errno;
  Execution* execution = Execution::active();
  if (walking && (signal == SIGSEGV || signal == SIGBUS)) siglongjmp(walk_failed, 1);
  if (signal == SIGALRM) {
    if (execution != nullptr && watchdog_has_expired(*execution, static_cast<ucontext_t*>(interrupted))) {
      idle_ticks = 0;
      tick_every(tick_seconds);
      fault_signal = signal;
      fault_mark = 0;
      at_fault();
      walk_stack(static_cast<ucontext_t*>(interrupted));
      redirect(static_cast<ucontext_t*>(interrupted));
    }
    errno = saved_errno;
    return;
  }
  if (signal == SIGSEGV && execution != nullptr && execution->globals().notice_write(info->si_addr)) {
    errno = saved_errno;
    return;
  }
  if (execution == nullptr || !inside_check()) {  // ours, or the host program's: let it die as it would have
    ::signal(signal, SIG_DFL);
    raise(signal);
    return;
  }
  fault_signal = signal;
  fault_address = info->si_addr;
  fault_mark =
      signal == SIGSEGV && info->si_code == SI_KERNEL ? mark_in_registers(static_cast<ucontext_t*>(interrupted)) : 0;
  at_fault();
  walk_stack(static_cast<ucontext_t*>(interrupted));
  redirect(static_cast<ucontext_t*>(interrupted));
}

[[noreturn]] void terminated() {
  if (inside_check()) {
    // std::terminate in harness code: an exception that left a noexcept function, or one of the shim's own.
    const char* what = nullptr;
    try {
      if (std::exception_ptr exception = std::current_exception()) std::rethrow_exception(exception);
      what = "std::terminate was called";
    } catch (const std::exception& exception) {
      what = exception.what();
    } catch (...) {
    }
    set_inside_harness(false);
    Execution::active()->stop(uncaught_exception(what));
  }
  previous_terminate();
  std::abort();
}

}  // namespace

void install_signal_handlers() {
  sigevent to_this_thread{};
  to_this_thread.sigev_notify = SIGEV_THREAD_ID;
  to_this_thread.sigev_signo = SIGALRM;
  to_this_thread._sigev_un._tid = gettid();
  if (timer_create(CLOCK_MONOTONIC, &to_this_thread, &ticks) != 0)
    throw Error(std::string("no timer for a check: ") + std::strerror(errno));
  stack_t stack{};
  stack.ss_sp = signal_stack;
  stack.ss_size = sizeof signal_stack;
  sigaltstack(&stack, &previous_stack);
  struct sigaction action {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  for (std::size_t i = 0; i < caught_signals.size(); ++i) sigaction(caught_signals[i], &action, &previous_actions[i]);
  note_signal_handlers();
  idle_ticks = 0;
  tick_every(tick_seconds);
  previous_terminate = std::set_terminate(terminated);
}

void remove_signal_handlers() {
  timer_delete(ticks);
  for (std::size_t i = 0; i < caught_signals.size(); ++i) sigaction(caught_signals[i], &previous_actions[i], nullptr);
  sigaltstack(&previous_stack, nullptr);
  std::set_terminate(previous_terminate);
}

}  // namespace heddle::runtime

using namespace heddle::runtime;  // NOLINT: the definitions below stand in the global namespace

namespace {

/// A harness cannot hold back the signals that we catch: a fault would end the process, and an endless loop nothing.
int set_mask(SetMask* system, int how, const sigset_t* set, sigset_t* old) {
  if (!inside_check() || set == nullptr || how == SIG_UNBLOCK) return system(how, set, old);
  sigset_t held = *set;
  for (const int signal : caught_signals) sigdelset(&held, signal);
  return system(how, &held, old);
}

}  // namespace

extern "C" {

int sigprocmask(int how, const sigset_t* set, sigset_t* old) noexcept {
  return set_mask(system_sigprocmask.get(), how, set, old);
}

int pthread_sigmask(int how, const sigset_t* set, sigset_t* old) noexcept {
  return set_mask(system_pthread_sigmask.get(), how, set, old);
}

}  // extern "C"
