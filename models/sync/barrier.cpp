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
  bool has_ended(std::uint64_t phase) const { return folded ? number != phase % most_folded : number > phase; }
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
      outcome.enabled = phase.has_ended(operation.operand.low);
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

std::uint64_t BarrierPrimitive::learns(const core::Operation& operation, core::Value state) const {
  return is_arrival(operation) ? Phase(state).number : 0;
}

const char* BarrierPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"arrive", "arrive_and_drop", "end phase", "wait"};
  return names[operation.code];
}

std::string BarrierPrimitive::show(core::Value state) const {
  const Phase phase(state);
  return "phase " + std::to_string(phase.number) +
         (phase.completing ? " completes" : ": " + std::to_string(phase.left) + " to come");
}

const core::Delivery& BasicBarrier::ask(core::OperationKind kind, BarrierPrimitive::Code code, std::uint64_t operand,
                                        const source_location& site) const {
  return runtime::perform({.kind = kind,
                           .code = code,
                           .location = location_.id(barrier_primitive, initial(), site),
                           .primitive = &barrier_primitive,
                           .site = {site},
                           .operand = {operand, 0},
                           .expected = {completes_ ? 1u : 0u, 0}});
}

BasicBarrier::Arrival BasicBarrier::arrive(std::ptrdiff_t update, bool drop, const source_location& site) {
  if (update <= 0) runtime::misuse("arrival at a barrier that does not count: its number must be positive", site);
  const core::Delivery& delivery =
      ask(core::OperationKind::update, drop ? BarrierPrimitive::arrive_and_drop : BarrierPrimitive::arrive,
          static_cast<std::uint64_t>(update), site);
  const Phase phase(delivery.value);
  if (!delivery.wrote)
    runtime::misuse(
        "arrival at a barrier whose phase expects none: more threads arrive than it was made for, or one "
        "arrives twice",
        site);
  return {phase.number, phase.completes && phase.left == static_cast<std::uint64_t>(update)};
}

void BasicBarrier::complete(const source_location& site) {
  ask(core::OperationKind::update, BarrierPrimitive::complete, 0, site);
}

void BasicBarrier::wait(std::uint64_t phase, const source_location& site) const {
  ask(core::OperationKind::follow, BarrierPrimitive::wait, phase, site);
}

}  // namespace heddle::models
