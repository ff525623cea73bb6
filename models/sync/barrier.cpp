#include "models/sync/barrier.hpp"

namespace heddle::models {

namespace {

constexpr std::uint64_t begins_again = std::uint64_t{1} << 63;
constexpr std::uint64_t most_folded = 4;

/// The state in parts: 31 bits each for the counts, and 61 for the phase.
struct Phase {
  std::uint64_t left;      ///< arrivals that this phase still expects
  std::uint64_t expected;  ///< arrivals that the next phase will expect
  std::uint64_t number;
  bool folded;     ///< after phase 3 comes phase 0
  bool completes;  ///< there is a completion function
  bool completing;

  explicit Phase(const core::Value& state)
      : left(state.low & 0xFFFF'FFFF),
        expected(state.low >> 32),
        number((state.high & ~begins_again) >> 2),
        folded((state.high & begins_again) != 0),
        completes((state.high & 1) != 0),
        completing((state.high & 2) != 0) {}
  core::Value value() const {
    return {left | expected << 32,
            number << 2 | (folded ? begins_again : 0) | (completing ? 2u : 0u) | (completes ? 1u : 0u)};
  }
  bool is(std::uint64_t phase) const { return number == (folded ? phase % most_folded : phase); }
  bool has_ended(std::uint64_t phase) const { return folded ? !is(phase) : number > phase; }
  /// Nobody may wait for `phase` any more.
  bool has_expired(std::uint64_t phase) const {
    return folded ? (number - phase) % most_folded > 1 : number > phase + 1;
  }
  void end() {
    completing = false;
    left = expected;
    number++;
  }
};

}  // namespace

core::Outcome BarrierPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                      std::uint32_t) const {
  Phase phase(state);
  core::Outcome outcome;
  switch (operation.code) {
    case wait:
    case wait_for_completion:
      outcome.enabled = phase.has_ended(operation.operand.low);
      outcome.releases = false;
      return outcome;
    case wait_for_all:
      outcome.enabled = phase.has_ended(operation.operand.low) || (phase.completing && phase.is(operation.operand.low));
      outcome.releases = false;
      return outcome;
    case complete:
      outcome.writes = true;
      phase.end();
      break;
    default:
      outcome.writes = operation.operand.low <= phase.left;
      phase.left -= operation.operand.low;
      if (operation.code == arrive_and_drop) phase.expected -= 1;
      phase.completing = phase.left == 0;
      if (phase.completing && !phase.completes) phase.end();
      break;
  }
  outcome.next = phase.value();
  return outcome;
}

core::Value BarrierPrimitive::folded(core::Value state) const {
  Phase phase(state);
  phase.folded = true;
  phase.number %= most_folded;
  return phase.value();
}

bool BarrierPrimitive::expired(const core::Operation& wait, core::Value state) const {
  const bool ends = wait.code == BarrierPrimitive::wait || wait.code == wait_for_completion;
  return ends && Phase(state).has_expired(wait.operand.low);
}

std::uint64_t BarrierPrimitive::learns(const core::Operation& operation, core::Value state) const {
  return is_arrival(operation) ? Phase(state).number : 0;
}

const char* BarrierPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"arrive", "arrive_and_drop", "end phase", "wait", "wait", "wait"};
  return names[operation.code];
}

std::string BarrierPrimitive::show(core::Value state) const {
  const Phase phase(state);
  return "phase " + std::to_string(phase.number) +
         (phase.completing ? " completes" : ": " + std::to_string(phase.left) + " to come");
}

core::Outcome CompletionPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                         std::uint32_t) const {
  const std::uint64_t phase = operation.operand.low;
  core::Outcome outcome;
  outcome.acquires = outcome.releases = false;  // all that happens before is known from the barrier
  outcome.writes = state.low == phase;
  outcome.next.low = phase + 1;
  return outcome;
}

core::Value CompletionPrimitive::folded(core::Value state) const { return {state.low % most_folded, 0}; }

std::string CompletionPrimitive::show(core::Value state) const { return "phase " + std::to_string(state.low); }

bool Completion::take(std::uint64_t phase, const core::Site& site) {
  return runtime::perform({.kind = core::OperationKind::update,
                           .location = location_.id(completion_primitive, {}, site),
                           .primitive = &completion_primitive,
                           .site = site,
                           .operand = {phase, 0}})
      .wrote;
}

/// Where the caller `must_know` what it finds, its arrival does not commute with others.
const core::Delivery& BasicBarrier::ask(core::OperationKind kind, BarrierPrimitive::Code code, std::uint64_t operand,
                                        const core::Site& site, bool must_know) const {
  return runtime::perform({.kind = kind,
                           .code = code,
                           .location = id(site),
                           .primitive = &barrier_primitive,
                           .site = site,
                           .operand = {operand, 0},
                           .expected = {must_know ? 1u : 0u, 0}});
}

BasicBarrier::Arrival BasicBarrier::arrive(std::ptrdiff_t update, Then then, const core::Site& site) {
  if (update <= 0) runtime::misuse("arrival at a barrier that does not count: its number must be positive", site);
  const bool must_know = completes_ && then != Then::wait;
  const core::Delivery& delivery = ask(
      core::OperationKind::update, then == Then::drop ? BarrierPrimitive::arrive_and_drop : BarrierPrimitive::arrive,
      static_cast<std::uint64_t>(update), site, must_know);
  const Phase phase(delivery.value);
  if (!delivery.wrote)
    runtime::misuse(phase.left == 0 ? "arrival at a barrier whose phase expects none: more threads arrive than it was "
                                      "made for, or one arrives twice"
                                    : "arrival at a barrier whose phase expects fewer: it arrives more often than that",
                    site);
  const bool last = phase.left == static_cast<std::uint64_t>(update);
  if (last && !completes_) require_waits_in_time(site);  // it has ended the phase
  return {phase.number, must_know && last};
}

void BasicBarrier::wait_for_all(std::uint64_t phase, const core::Site& site) const {
  ask(core::OperationKind::follow, BarrierPrimitive::wait_for_all, phase, site);
}

void BasicBarrier::complete(const core::Site& site) {
  ask(core::OperationKind::update, BarrierPrimitive::complete, 0, site);
  require_waits_in_time(site);
}

void BasicBarrier::wait(std::uint64_t phase, const core::Site& site) const {
  ask(core::OperationKind::follow, BarrierPrimitive::wait, phase, site);
  require_waits_in_time(site);
}

void BasicBarrier::wait_for_completion(std::uint64_t phase, const core::Site& site) const {
  ask(core::OperationKind::follow, BarrierPrimitive::wait_for_completion, phase, site);
  require_waits_in_time(site);
}

void BasicBarrier::require_waits_in_time(const core::Site& site) const {
  runtime::require_waits_in_time(
      id(site), barrier_primitive, site,
      {.mine = "wait at a barrier for a phase that is neither the present one nor the last",
       .others = "a barrier's phase ends while another thread may still have to wait for the phase before it"});
}

}  // namespace heddle::models
