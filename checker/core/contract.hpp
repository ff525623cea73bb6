// Contracts: what must hold inside the checker itself.
//
// A violated contract is a fault of ours, never of the harness: it prints the place and ends the process.
// Faults of the checked program are findings (finding.hpp); mistakes of the user are errors (error.hpp).
#pragma once

namespace heddle::core {

/// Prints the broken contract and aborts. Never returns.
[[noreturn]] void contract_failed(const char* condition, const char* file, int line);

}  // namespace heddle::core

/// Checks an invariant of the checker itself, in every build. Cheap conditions only.
#define HEDDLE_EXPECTS(condition)                      \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::heddle::core::contract_failed(#condition, __FILE__, __LINE__))
