// heddle::check under --search=liveness: the states, the faults met on the way, and the fair cycles.
#pragma once

#include <functional>

#include "checker/core/finding.hpp"
#include "checker/core/options.hpp"

namespace heddle::verdict {

/// Throws heddle::Error where the options do not go together.
Result check_liveness(const Options& options, const std::function<void()>& harness);

}  // namespace heddle::verdict
