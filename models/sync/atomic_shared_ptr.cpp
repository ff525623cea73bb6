#include "models/sync/atomic_shared_ptr.hpp"

#include <fmt/format.h>

namespace heddle::models {

// Where there is a control block, everything writes, if only what was there: then it has found the newest value, which
// has not been dropped when it is copied. An empty one there is nothing to keep of; it may be read when it is not the
// newest, as the memory model has it.
core::Outcome OwnerPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                    std::uint32_t choice) const {
  const bool equal = state == operation.expected;
  const bool compares = operation.code >= compare_exchange;
  core::Outcome outcome{.writes = true, .next = operation.operand};
  if (operation.code == compare_exchange_weak && equal) outcome.choices = 2;
  // What a store replaces it goes on to destroy, and so acquires.
  if (operation.code == store) outcome.continues = false;
  if (operation.code == load || (compares && (!equal || choice != 0))) {
    outcome.keeps = true;
    outcome.writes = state.high != 0;
    outcome.next = state;
  }
  return outcome;
}

const char* OwnerPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"load", "store", "exchange", "compare_exchange", "compare_exchange"};
  return names[operation.code];
}

std::string OwnerPrimitive::outcome(const core::Operation& operation, core::Value before, bool) const {
  if (operation.code == load) return "= " + show(before);
  const bool fails = operation.code >= compare_exchange && !(before == operation.expected);
  return fails ? "fails: " + show(before) : "";
}

std::string OwnerPrimitive::show(core::Value value) const {
  return value.low == 0 ? "null" : fmt::format("{:#x}", value.low);
}

}  // namespace heddle::models
