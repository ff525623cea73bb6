// Whether a thread that is run again does what it did before, and what is said where it does not.
#pragma once

#include "checker/runtime/execution.hpp"

namespace heddle::search {

/// Whether the operation asked for now is the one before.
bool same_operation(const core::Operation& before, const core::Operation& now);

/// Says that `thread`, which did `before`, now comes to `now` instead: throws heddle::Error.
[[noreturn]] void does_not_repeat(const runtime::Execution& execution, core::ThreadId thread,
                                  const core::Operation& before, const core::Operation& now);

}  // namespace heddle::search
