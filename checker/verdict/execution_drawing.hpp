// The execution graph of a finding, drawn for Graphviz: a column of steps for each thread, and the relations between.
#pragma once

#include <string>

#include "checker/core/finding.hpp"
#include "checker/search/replay.hpp"

namespace heddle::verdict {

/// The drawing of what `replay` has run, with the steps of `finding`, of which the first are those of the replay. po is
/// drawn as the columns. Of rf, co, fr and happens-before there are the edges between threads that do not follow from
/// others: each write leads to the next in co, each read to the write that overwrites what it reads, and
/// happens-before is reduced to the edges that synchronize. O(events times threads squared).
std::string draw_execution(const search::Replay& replay, const Finding& finding);

}  // namespace heddle::verdict
