#include "models/sync/semaphore.hpp"

namespace heddle::models {

core::Outcome SemaphorePrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                        std::uint32_t) const {
  core::Outcome outcome;
  if (operation.code == release) {
    outcome.acquires = false;
    outcome.writes = operation.operand.low <= operation.expected.low - state.low;
    outcome.next.low = state.low + operation.operand.low;
    return outcome;
  }
  outcome.releases = false;
  outcome.writes = outcome.acquires = state.low > 0;
  outcome.enabled = state.low > 0 || operation.code == try_acquire ||
                    (operation.code == try_acquire_for && operation.operand.low != 0);
  outcome.next.low = state.low - 1;
  return outcome;
}

const char* SemaphorePrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"acquire", "try_acquire", "release", "timed acquire"};
  return names[operation.code];
}

std::string SemaphorePrimitive::outcome(const core::Operation& operation, core::Value, bool wrote) const {
  return operation.code == try_acquire_for && !wrote ? "timed out" : "";
}

core::Operation BasicSemaphore::operation(SemaphorePrimitive::Code code, std::ptrdiff_t update,
                                          const core::Site& site) {
  return {.kind = core::OperationKind::update,
          .code = code,
          .location = location_.id(semaphore_primitive, {static_cast<std::uint64_t>(initial_), 0}, site),
          .primitive = &semaphore_primitive,
          .site = site,
          .operand = {static_cast<std::uint64_t>(update), 0},
          .expected = {static_cast<std::uint64_t>(most_), 0}};
}

void BasicSemaphore::acquire(const core::Site& site) {
  runtime::perform(operation(SemaphorePrimitive::acquire, 0, site));
}

bool BasicSemaphore::try_acquire(const core::Site& site) {
  return runtime::perform(operation(SemaphorePrimitive::try_acquire, 0, site)).wrote;
}

bool BasicSemaphore::try_acquire_for(TimeLimit limit, const core::Site& site) {
  if (runtime::perform(limited(operation(SemaphorePrimitive::try_acquire_for, 0, site), limit)).wrote) return true;
  timed_out(limit);
  return false;
}

void BasicSemaphore::release(std::ptrdiff_t update, const core::Site& site) {
  if (update < 0) runtime::misuse("release of a negative number", site);
  if (!runtime::perform(operation(SemaphorePrimitive::release, update, site)).wrote)
    runtime::misuse("release beyond the semaphore's max()", site);
}

}  // namespace heddle::models
