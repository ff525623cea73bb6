// The schedule of a finding as a table: one column a thread, one row an operation.
//
//       #  line │ main     │ T1 (bank.cpp:31) │ T2 (bank.cpp:32)
//       ────────┼──────────┼──────────────────┼─────────────────
//       0    31 │ spawn T1 │                  │
//       1    32 │ spawn T2 │                  │
//       2    12 │          │ lock a           │
//       3    20 │          │                  │ lock b
//     ▶ 4    21 │          │                  │ lock a: waits
//     ▶ 5    13 │          │ lock b: waits    │
//
// What does not fit gives way in this order: long cells are wrapped; the threads that are not at fault and have been
// still for longest share a column; long schedules lose their middle.
#pragma once

#include <string>

#include "checker/core/finding.hpp"
#include "checker/report/text_style.hpp"

namespace heddle::report {

/// The table; empty where the finding has no steps. Ends with a newline otherwise.
std::string schedule_table(const Finding& finding, const TextStyle& style);

}  // namespace heddle::report
