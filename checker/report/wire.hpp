// Results on their way from one process to another: nothing is lost, nothing is trusted.
#pragma once

#include <string>
#include <string_view>

#include "checker/core/finding.hpp"

namespace heddle::report {

/// All of `result`, as bytes that from_wire understands. Both ends must be of the same version.
std::string to_wire(const Result& result);

/// The result that to_wire was given. Throws heddle::Error where `bytes` are no such thing, as when a harness has died
/// while it wrote them or has scribbled over itself. Needs time and memory linear in the size of `bytes`.
Result from_wire(std::string_view bytes);

}  // namespace heddle::report
