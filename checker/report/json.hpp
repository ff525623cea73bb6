// Results as JSON, for programs: the contract of `--json`.
#pragma once

#include <string>
#include <vector>

#include "checker/core/finding.hpp"

namespace heddle::report {

/// One object for a run: {"heddle": VERSION, "tests": [{"name", "verdict", "search", "model", "executions", "blocked",
/// "states", "events", "seconds", "findings": [{"kind", "message", "threads", "locations", "schedule"}]}]}. These names
/// are stable. Beside them stand "reason" and "warnings" of a test, and "explanation", "thread_names" and "steps" of a
/// finding. Places that are not known are left out; bytes that are not UTF-8 become U+FFFD. Ends with a newline.
std::string to_json(const std::vector<Result>& results);

}  // namespace heddle::report
