#include "models/sync/atomic.hpp"

#include <fmt/format.h>

namespace heddle::models {

std::string show_integer(long long value) { return std::to_string(value); }
std::string show_unsigned(unsigned long long value) { return std::to_string(value); }
std::string show_floating(double value) { return fmt::format("{}", value); }

std::string show_bytes(const core::Value& value, std::size_t size) {
  if (size <= 8) return value.low == 0 ? "null" : fmt::format("{:#x}", value.low);
  return fmt::format("{:#x}:{:#x}", value.high, value.low);
}

const char* atomic_operation_name(const core::Operation& operation) {
  static constexpr const char* names[] = {"access",    "exchange",  "compare_exchange", "compare_exchange", "fetch_add",
                                          "fetch_sub", "fetch_and", "fetch_or",         "fetch_xor"};
  if (operation.kind == core::OperationKind::load) return "load";
  if (operation.kind == core::OperationKind::store) return "store";
  return names[operation.code];
}

}  // namespace heddle::models
