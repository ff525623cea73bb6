// From a replayed execution to a finding that explains itself.
#pragma once

#include <optional>

#include "checker/core/options.hpp"
#include "checker/search/replay.hpp"
#include "checker/verdict/narrator.hpp"

namespace heddle::verdict {

/// The steps of a replay, as the rows of a report's table.
std::vector<Step> steps_of(const search::Replay& replay, Narrator& narrator);

/// How many of those are of `first_row` and later.
std::size_t steps_since(const search::Replay& replay, std::size_t first_row);

/// What is wrong at the end of `replay`, if anything: a thread stopped by a fault, a deadlock, lost memory.
std::optional<Finding> judge(const search::Replay& replay, const runtime::Execution& execution, const Options& options,
                             Narrator& narrator);

}  // namespace heddle::verdict
