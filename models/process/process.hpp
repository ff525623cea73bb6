// heddle::process: a part of the harness with memory of its own, started as by fork() (IEEE Std 1003.1, fork(), wait(),
// waitpid(), exit()); spelled as std::thread where that has the like.
//
// A process gets a copy of its callable, and with it of what that holds by value; nothing else of another process is
// within its reach. It inherits the open ends of pipes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "checker/runtime/processes.hpp"
#include "models/process/crash.hpp"
#include "models/process/signal.hpp"
#include "models/sync/time_limit.hpp"

namespace heddle {

/// How a process has ended: as WIFEXITED and the rest of <sys/wait.h> have it.
class exit_status {
 public:
  /// It has returned from its callable, or called this_process::exit.
  bool exited() const noexcept { return signal_ == 0; }
  /// What it returned: the low eight bits, 0 of a callable that returns nothing.
  int code() const noexcept { return code_; }
  /// It was ended by a signal.
  bool signaled() const noexcept { return signal_ != 0; }
  int signal() const noexcept { return signal_; }
  bool operator==(const exit_status&) const = default;

 private:
  friend class process;
  explicit exit_status(std::int32_t status) : code_(status & 0xFF), signal_(status >> 8) {}

  int code_;
  int signal_;
};

namespace models {

/// State (low): 1 from the end of the process on.
class ProcessEndPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { look, come };

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "process"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override { return state.low != 0 ? "ended" : "running"; }
  core::Need need(const core::Operation&) const override { return core::Need::end_of_thread; }
  core::ThreadId awaited(const core::Operation& operation) const override {
    return static_cast<core::ThreadId>(operation.operand.high);
  }
  bool is_told(const core::Operation& operation) const override { return operation.code == look; }
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
};

inline constexpr ProcessEndPrimitive process_end_primitive{};

/// What the operating system knows of the end of a process: who waits blocks until the process has ended, who only
/// looks learns whether it has.
class ProcessEnd final : public KernelObject {
 public:
  /// `parent`: the signals of who starts the process, if it takes any.
  ProcessEnd(core::ThreadId process, SignalState* parent, const core::Site& site)
      : process_(process), parent_(parent), location_(process_end_primitive, {}, site.location) {}

  /// The calling process, whose end it is, does nothing any more.
  void come(const core::Site& site);
  /// Waits for it, up to `limit`; false where it has not come.
  bool has_come(TimeLimit limit, const core::Site& site) {
    return ask(ProcessEndPrimitive::look, limit, site).value.low != 0;
  }

 private:
  core::Delivery ask(ProcessEndPrimitive::Code code, std::optional<TimeLimit> limit, const core::Site& site);

  core::ThreadId process_;
  SignalState* parent_;
  runtime::Location location_;
};

/// The signals of a process that is about to be started. The place is whoever calls.
SignalState* make_signals();
/// Starts the process `run(call)`, which inherits what there is. The place is whoever calls.
core::ThreadId start_process(void (*run)(void*), void* call);
/// The calling process has ended, but for what the checker does then.
void tell_parent(const core::Site& site);
/// The calling process, which is at its end, closes what it has open, and lets its parent know.
void finish_process(int code);

}  // namespace models

/// A process of the harness. Its threads count among the 96 of an execution.
/// Happens-before: starting a process comes before its first step; its last step comes before the wait for it.
class process {
  using Site = source_location;

 public:
  process() noexcept = default;
  /// As below; the process can be sent signals.
  template <class Function, class... Arguments>
  [[gnu::always_inline]] process(killable_t, Function&& function, Arguments&&... arguments)
      : signals_(models::make_signals()) {
    using Call = std::tuple<models::Receiving<std::decay_t<Function>>, std::decay_t<Arguments>...>;
    auto call =
        std::make_unique<Call>(models::Receiving<std::decay_t<Function>>{signals_, std::forward<Function>(function)},
                               std::forward<Arguments>(arguments)...);
    number_ = models::start_process(&run<Call>, call.get());
    static_cast<void>(call.release());  // the process takes it over
  }
  /// Starts a process that calls a copy of `function` with copies of `arguments`. What that returns, if it is an int,
  /// is the exit status.
  template <class Function, class... Arguments>
  requires(!std::is_same_v<std::remove_cvref_t<Function>, process> &&
           !std::is_same_v<std::remove_cvref_t<Function>, killable_t>)
      [[gnu::always_inline]] explicit process(Function&& function, Arguments&&... arguments) {
    using Call = std::tuple<std::decay_t<Function>, std::decay_t<Arguments>...>;
    auto call = std::make_unique<Call>(std::forward<Function>(function), std::forward<Arguments>(arguments)...);
    number_ = models::start_process(&run<Call>, call.get());
    static_cast<void>(call.release());  // the process takes it over
  }
  process(process&& other) noexcept
      : number_(std::exchange(other.number_, core::no_thread)), signals_(other.signals_) {}
  process& operator=(process&& other) noexcept;
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  /// Misuse where the process was neither waited for nor detached: it would stay a zombie.
  ~process();

  bool joinable() const noexcept { return number_ != core::no_thread; }
  /// Blocks until the process has ended, and says how. Throws std::system_error (no_child_process) where there is none,
  /// or where another process than the calling one has started it; or (interrupted) where that one has a handler that
  /// interrupts: see this_process::on_signal.
  exit_status wait(Site site = Site::current());
  /// Does not block: nothing while the process runs (WNOHANG of waitpid()), and as wait where it has ended.
  std::optional<exit_status> try_wait(Site site = Site::current()) { return timed_wait(0, site); }
  /// As wait; nothing where it timed out, as --timeouts has it.
  template <class Rep, class Period>
  std::optional<exit_status> wait_for(const std::chrono::duration<Rep, Period>& duration, Site site = Site::current()) {
    return timed_wait(models::limit_of(duration), site);
  }
  template <class Clock, class Duration>
  std::optional<exit_status> wait_until(const std::chrono::time_point<Clock, Duration>& time,
                                        Site site = Site::current()) {
    return timed_wait(models::limit_until(time), site);
  }
  /// Sends a signal (SIGTERM): it ends the process at some point from then on, or is handled (this_process::on_signal).
  /// Throws std::system_error (no_child_process) where there is none. Misuse where the process was not started with
  /// heddle::killable.
  void kill(int signal = 15, Site site = Site::current());
  /// Nobody will wait for the process.
  void detach(Site site = Site::current());

 private:
  template <class Call>
  static Call take_over(Call* given) {
    const runtime::HandingOver scope(!std::is_copy_constructible_v<Call>);
    const std::unique_ptr<Call> owner(given);
    if constexpr (std::is_copy_constructible_v<Call>)
      return Call(std::as_const(*given));  // with memory of its own
    else
      return Call(std::move(*given));
  }
  template <class Call>
  static void run(void* argument) {
    int code = 0;
    models::begin_dying();
    {
      Call call = take_over(static_cast<Call*>(argument));
      const auto invoke = [](auto&&... part) { return std::invoke(std::move(part)...); };
      if constexpr (std::is_convertible_v<decltype(std::apply(invoke, std::move(call))), int>)
        code = std::apply(invoke, std::move(call));
      else
        std::apply(invoke, std::move(call));
    }
    models::finish_process(code);
  }

  void require_child(const Site& site) const;
  void require_child_of_caller(const Site& site) const;
  std::optional<exit_status> timed_wait(models::TimeLimit limit, const Site& site);

  core::ThreadId number_ = core::no_thread;
  models::SignalState* signals_ = nullptr;  ///< where it can be sent any
};

namespace this_process {

/// Ends the calling process here: no destructor runs. Misuse in a process that has started threads.
[[noreturn]] void exit(int code, source_location site = source_location::current());

}  // namespace this_process

}  // namespace heddle
