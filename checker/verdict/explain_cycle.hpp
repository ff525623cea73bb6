// A livelock or a starvation in words: who goes round, doing what, and who does not get on.
#pragma once

#include <optional>

#include "checker/search/replay.hpp"
#include "checker/verdict/narrator.hpp"

namespace heddle::verdict {

/// The livelock or starvation that `replay` shows, which has run the way in and at least one round of the cycle:
/// nothing where every thread that should makes progress in it. `by_model`: a scheduler model rules the cycle, not
/// fairness.
std::optional<Finding> explain_cycle(const search::Replay& replay, const runtime::Execution& execution, bool by_model,
                                     Narrator& narrator);

}  // namespace heddle::verdict
