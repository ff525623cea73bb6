// Signals: process::kill, this_process::on_signal, as kill() and sigaction() of POSIX have them (IEEE Std 1003.1,
// "Signal Concepts").
//
// A process that can be sent signals looks for them at each of its operations that others could see, and if it has
// handlers before and after every one. It is looking that costs executions, so only a process started with
// heddle::killable does. When it has found one, it takes it or goes on for a while: a signal is on its way for as long
// as it likes. One that has a signal pending at the end of an execution would have taken it before it began to wait,
// and did so in another execution: this one does not count.
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <tuple>
#include <utility>

#include "models/process/kernel_object.hpp"

namespace heddle {

/// Says that a process can be sent signals: process(killable, function, arguments...).
struct killable_t {
  explicit killable_t() = default;
};
inline constexpr killable_t killable{};

/// Says that a handler ends what blocks: on_signal(signal, handler, interrupts).
struct interrupts_t {
  explicit interrupts_t() = default;
};
inline constexpr interrupts_t interrupts{};

namespace models {

inline constexpr int most_signals = 63;

/// State: the signals that are pending (low), a bit for each; whether SIGCHLD is handled, which is ignored before
/// (high).
class SignalPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { send, take, accept };

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "process"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  bool is_told(const core::Operation& operation) const override { return operation.code == send; }
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
};

inline constexpr SignalPrimitive signal_primitive{};

/// What is pending for a process.
class SignalState final : public KernelObject {
 public:
  explicit SignalState(const core::Site& site) : location_(signal_primitive, {}, site.location) {}

  /// `process` is whose signals these are.
  void send(core::ThreadId process, int signal, const core::Site& site);
  /// SIGCHLD is handled from now on.
  void accept(const core::Site& site);
  /// The calling process takes a signal: one that is not among `handled`, a bit for each, stays pending. 0: there is
  /// none.
  int take(std::uint64_t handled, const core::Site& site);

 private:
  runtime::Location location_;
};

/// While it lives, the calling process takes its signals.
class Reception {
 public:
  explicit Reception(SignalState& signals);
  ~Reception();
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  void handle(int signal, std::function<void(int)> handler, bool interrupts);
  /// Whether a handler may end what blocks.
  bool interrupts() const { return interrupting_ != 0; }
  /// The calling thread has found that it has to wait: from now on handlers come while it does.
  void begin_wait() { interrupted_.reset(runtime::current_thread()); }
  /// Throws std::system_error (interrupted) where one has ended the wait.
  void require_uninterrupted() const;
  SignalState& signals() { return signals_; }
  /// Takes what is pending, and runs its handlers. The signal that ends the process, or 0.
  int take_all(const core::Site& site);

 private:
  SignalState& signals_;
  std::uint64_t handled_ = 0;                   ///< bits: signals
  std::uint64_t interrupting_ = 0;              ///< likewise
  std::bitset<core::max_threads> interrupted_;  ///< threads, since they began to wait
  bool ended_ = false;                          ///< what the handlers refer to may be gone
  std::function<void(int)> handlers_[most_signals + 1];
};

/// That of the calling process; null where it takes no signals.
Reception* reception();

/// Performs an operation that may block: `attempt(gives_up)` says whether it was done. Where a handler may end the wait
/// it is tried first, and waits after the signals that have come by then.
template <class Attempt>
void perform_interruptibly(const core::Site& site, Attempt attempt) {
  Reception* const mine = reception();
  const bool may_end = mine != nullptr && mine->interrupts();
  if (may_end) {
    const runtime::OneOperation in_one_go(site);
    mine->begin_wait();
    if (attempt(true)) return;
  }
  const runtime::OneOperation in_one_go(site);
  if (may_end) mine->require_uninterrupted();
  attempt(false);
}

/// A callable whose process takes signals.
template <class Function>
struct Receiving {
  SignalState* signals;
  Function function;

  template <class... Arguments>
  decltype(auto) operator()(Arguments&&... arguments) && {
    Reception reception(*signals);
    return std::invoke(std::move(function), std::forward<Arguments>(arguments)...);
  }
};

}  // namespace models

namespace this_process {

/// From now on `handler(signal)` is called when the calling process is sent that signal, at any point, by one of its
/// threads; without a handler a signal ends the process, but for SIGCHLD, which is then ignored. That is sent when a
/// process has ended that the calling one has started (IEEE Std 1003.1, "Consequences of Process Termination"). Other
/// signals, and death, wait until it has returned. What blocks goes on blocking afterwards (SA_RESTART). Misuse for
/// SIGKILL, and where the process was not started with heddle::killable.
void on_signal(int signal, std::function<void(int)> handler, source_location site = source_location::current());
/// The same, without SA_RESTART: where the handler is called while its thread blocks in an operation of a pipe or a
/// message queue, or waits for a process, that throws std::system_error (interrupted), and has done nothing (EINTR).
void on_signal(int signal, std::function<void(int)> handler, interrupts_t,
               source_location site = source_location::current());

}  // namespace this_process

}  // namespace heddle
