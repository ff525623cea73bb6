// The report that a human reads: the verdict in one line, and each finding with its place, its source lines, why it
// happened, the schedule as a table, and how to run it again.
#pragma once

#include <string>

#include "checker/core/finding.hpp"
#include "checker/report/text_style.hpp"

namespace heddle::report {

/// The report of one test. Ends with a newline. Reads the source files that the findings name, where it can.
std::string text_report(const Result& result, const TextStyle& style);

/// The report of one finding; `warning` where it leaves the verdict as it is.
std::string text_of(const Finding& finding, const TextStyle& style, bool warning = false);

}  // namespace heddle::report
