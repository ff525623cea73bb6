#include "models/process/signal.hpp"

#include <bit>
#include <csignal>
#include <system_error>

#include "models/process/crash.hpp"

namespace heddle {

namespace models {

core::Outcome SignalPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                     std::uint32_t choice) const {
  if (operation.code == accept) return {.writes = state.high == 0, .acquires = false, .next = {state.low, 1}};
  if (operation.code == send) {
    const bool ignored = operation.operand.low == std::uint64_t{1} << SIGCHLD && state.high == 0;
    return {.writes = !ignored && (state.low & operation.operand.low) == 0,
            .acquires = false,
            .next = {state.low | operation.operand.low, state.high}};
  }
  const std::uint64_t lethal = state.low & ~operation.operand.low;
  const bool takes = state.low != 0 && choice == 0;  // or it comes later
  return {.writes = takes && lethal == 0,
          .acquires = takes,
          .releases = false,
          .choices = state.low != 0 ? 2u : 1u,
          .next = {state.low & (state.low - 1), state.high}};
}

const char* SignalPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"send signal to", "take signal from", "handle SIGCHLD of"};
  return names[operation.code];
}

std::string SignalPrimitive::show(core::Value state) const {
  if (state.low == 0) return "none pending";
  std::string text = "pending:";
  for (int signal = 1; signal <= most_signals; ++signal)
    if ((state.low >> signal & 1) != 0) text += " " + std::to_string(signal);
  return text;
}

std::string SignalPrimitive::outcome(const core::Operation& operation, core::Value before, bool wrote) const {
  if (operation.code != send) return {};
  const bool pending = (before.low & operation.operand.low) != 0;
  return std::to_string(std::countr_zero(operation.operand.low)) + (wrote     ? ""
                                                                    : pending ? ", which is pending already"
                                                                              : ", which is ignored");
}

void SignalState::accept(const core::Site& site) {
  runtime::perform({.kind = core::OperationKind::update,
                    .code = SignalPrimitive::accept,
                    .location = location_.id(signal_primitive, {}, site.location),
                    .primitive = &signal_primitive,
                    .site = site});
}

void SignalState::send(core::ThreadId process, int signal, const core::Site& site) {
  const core::Delivery& delivery = runtime::perform({.kind = core::OperationKind::update,
                                                     .code = SignalPrimitive::send,
                                                     .location = location_.id(signal_primitive, {}, site.location),
                                                     .primitive = &signal_primitive,
                                                     .site = site,
                                                     .operand = {std::uint64_t{1} << signal, 0}});
  // Where it was pending already, that was said; since then it may have been taken.
  if (delivery.wrote) runtime::set_has_pending(process, true);
}

int SignalState::take(std::uint64_t handled, const core::Site& site) {
  const core::Delivery delivery = runtime::perform({.kind = core::OperationKind::update,
                                                    .code = SignalPrimitive::take,
                                                    .location = location_.id(signal_primitive, {}, site.location),
                                                    .primitive = &signal_primitive,
                                                    .site = site,
                                                    .operand = {handled, 0}});
  const std::uint64_t pending = delivery.value.low;
  if (pending == 0 || delivery.choice != 0) return 0;
  const std::uint64_t lethal = pending & ~handled;
  if (lethal != 0) return std::countr_zero(lethal);
  runtime::set_has_pending(runtime::current_process(), (pending & (pending - 1)) != 0);
  return std::countr_zero(pending);
}

Reception::Reception(SignalState& signals) : signals_(signals) {
  runtime::reception_slot() = this;
  watch_death();
}

Reception::~Reception() {
  ended_ = true;
  runtime::interruption_point(runtime::started_at(runtime::current_process()));  // what comes after its last operation
  runtime::reception_slot() = nullptr;
}

void Reception::handle(int signal, std::function<void(int)> handler, bool interrupts) {
  const std::uint64_t bit = std::uint64_t{1} << signal;
  handlers_[signal] = std::move(handler);
  handled_ |= bit;
  interrupting_ = interrupts ? interrupting_ | bit : interrupting_ & ~bit;
}

void Reception::require_uninterrupted() const {
  if (interrupted_.test(runtime::current_thread()))
    throw std::system_error(std::make_error_code(std::errc::interrupted), "a handler was called meanwhile");
}

int Reception::take_all(const core::Site& site) {
  while (true) {
    const int signal = signals_.take(handled_, site);
    if (signal == 0 || (handled_ >> signal & 1) == 0) return signal;
    if (ended_) continue;
    handlers_[signal](signal);
    if ((interrupting_ >> signal & 1) != 0) interrupted_.set(runtime::current_thread());
  }
}

Reception* reception() { return static_cast<Reception*>(runtime::reception_slot()); }

}  // namespace models

namespace {

void set_handler(int signal, std::function<void(int)> handler, bool interrupts, const source_location& site) {
  if (!runtime::inside_check()) runtime::outside_check("on_signal", site);
  models::Reception* const reception = models::reception();
  if (reception == nullptr)
    runtime::misuse("on_signal in a process that takes no signals: start it as process(heddle::killable, ...)", site);
  if (signal < 1 || signal > models::most_signals || signal == SIGKILL || signal == SIGSTOP)
    runtime::misuse("on_signal for a signal that there is not, or that cannot be handled", site);
  runtime::interruption_point({site});  // what is taken before has no handler yet
  reception->handle(signal, std::move(handler), interrupts);
  if (signal == SIGCHLD) reception->signals().accept({site});
  runtime::set_interrupted_everywhere();
}

}  // namespace

void this_process::on_signal(int signal, std::function<void(int)> handler, source_location site) {
  set_handler(signal, std::move(handler), false, site);
}
void this_process::on_signal(int signal, std::function<void(int)> handler, interrupts_t, source_location site) {
  set_handler(signal, std::move(handler), true, site);
}

}  // namespace heddle
