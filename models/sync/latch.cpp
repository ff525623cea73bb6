#include "models/sync/latch.hpp"

namespace heddle {

namespace models {

core::Outcome LatchPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                    std::uint32_t) const {
  core::Outcome outcome;
  if (operation.code == count_down) {
    outcome.acquires = false;
    outcome.writes = operation.operand.low <= state.low;
    outcome.next.low = state.low - operation.operand.low;
    return outcome;
  }
  outcome.enabled = operation.code == try_wait || state.low == 0;
  outcome.acquires = state.low == 0;
  outcome.releases = false;
  return outcome;
}

const char* LatchPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"count_down", "try_wait", "wait"};
  return names[operation.code];
}

}  // namespace models

using models::LatchPrimitive;

const core::Delivery& latch::ask(core::OperationKind kind, LatchPrimitive::Code code, std::ptrdiff_t update,
                                 const core::Site& site) const {
  return runtime::perform(
      {.kind = kind,
       .code = code,
       .location = location_.id(models::latch_primitive, {static_cast<std::uint64_t>(expected_), 0}, site),
       .primitive = &models::latch_primitive,
       .site = site,
       .operand = {static_cast<std::uint64_t>(update), 0}});
}

void latch::count_down_at(std::ptrdiff_t update, const core::Site& site) {
  if (update < 0) runtime::misuse("latch counted down by a negative number", site);
  if (!ask(core::OperationKind::update, LatchPrimitive::count_down, update, site).wrote)
    runtime::misuse("latch counted down below zero", site);
}

bool latch::try_wait_at(const core::Site& site) const {
  return ask(core::OperationKind::update, LatchPrimitive::try_wait, 0, site).value.low == 0;
}

void latch::wait_at(const core::Site& site) const {
  // One that begins at zero has no write to follow; nothing needs to come before the wait.
  if (expected_ == 0)
    ask(core::OperationKind::update, LatchPrimitive::try_wait, 0, site);
  else
    ask(core::OperationKind::follow, LatchPrimitive::wait, 0, site);
}

}  // namespace heddle
