// What weak memory had to do with a finding, in words.
#pragma once

#include <string>

#include "checker/search/replay.hpp"
#include "checker/verdict/narrator.hpp"

namespace heddle::verdict {

/// The newest write in co that was there already when `at` passed over it: as a read of an older one, or as a write
/// placed before it. none where it passed over none.
Position passed_over(const ExecutionGraph& graph, Position at);

/// Which operations of the replay read an older value than the newest there was, or stand before a store that was made
/// earlier, and why they may; and before a race of `racing`, what was read without synchronizing, and which orders
/// would cure that. Paragraphs, each with its end; empty where there is nothing to tell.
std::string tell_weak_memory(const search::Replay& replay, ThreadId racing, Narrator& narrator);

}  // namespace heddle::verdict
