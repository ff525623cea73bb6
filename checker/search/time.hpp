// Time, with --timeouts=last: it passes only where no thread can move (models/sync/time_limit.hpp).
//
// The events between one such moment and the next are an epoch of the graph. Whoever moves in an epoch comes after
// everything in those before: a search goes on from each way in which nobody could move as if that were the beginning,
// and no write revisits a read of an earlier epoch. So what was found to be all ways up to there stays so.
#pragma once

#include <optional>

#include "checker/runtime/execution.hpp"
#include "checker/search/step.hpp"

namespace heddle::search {

/// When the time limit ends that ends first, of those that threads wait for.
std::optional<std::uint64_t> next_deadline(const runtime::Execution& execution, const ExecutionGraph& graph);

/// Lets time go on to the next deadline; false where there is none.
bool pass_time(const runtime::Execution& execution, ExecutionGraph& graph);

}  // namespace heddle::search
