// A fault that a search has found is told by running its schedule once more.
#pragma once

#include <optional>

#include "checker/core/options.hpp"
#include "checker/graph/memory_model.hpp"
#include "checker/verdict/narrator.hpp"

namespace heddle::verdict {

/// What a fault is told with.
struct Teller {
  const Options& options;
  const graph::MemoryModel& model;
  runtime::Execution& execution;
  runtime::SourceLines& lines;
  Narrator& narrator;
};

/// Runs `steps`, and explains the fault of that kind that they lead to, with its schedule; nothing where they lead to
/// none or another. Throws heddle::Error where the harness does not follow them.
std::optional<Finding> retell(const Teller& teller, FindingKind kind, const std::vector<ScheduleStep>& steps);

/// The same for the endless execution of `steps`, of which the last, as many as `cycle`, are repeated.
std::optional<Finding> retell_cycle(const Teller& teller, const std::vector<ScheduleStep>& steps, std::size_t cycle);

}  // namespace heddle::verdict
