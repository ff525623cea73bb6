// One line on the terminal that tells how far a search is. It appears after the first second, and goes before the
// report.
#pragma once

#include <string>

#include "checker/runtime/check.hpp"

namespace heddle::command_line {

/// From here on, progress of the check in this process is shown on the terminal behind `descriptor`.
void show_progress(std::string test, int descriptor);

/// Takes the line away again, if there is one on the terminal behind `descriptor`.
void erase_progress(int descriptor);

/// The line's text: "two transfers: 1234567 executions, 890k/s, 12.3 % done, about 3 min left". Of a search over
/// states: "hallway: 1234567 states, 1.2M transitions/s, 4567 states to go on from".
std::string progress_text(const std::string& test, const Progress& progress);

}  // namespace heddle::command_line
