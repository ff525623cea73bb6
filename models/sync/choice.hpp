// Nondeterminism of the harness's own: choose, assume, progress.
#pragma once

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

/// A number below `count`, every one of which is tried. Misuse where `count` is 0.
inline unsigned choose(unsigned count, source_location site = source_location::current()) {
  if (count == 0) runtime::misuse("choose(0): there is nothing to choose from", site);
  return runtime::perform({.kind = core::OperationKind::choose, .site = {site}, .operand = {count, 0}}).choice;
}

/// Gives up executions in which `condition` does not hold: they are neither errors nor counted.
inline void assume(bool condition, source_location site = source_location::current()) {
  if (!condition) runtime::give_up(site);
}

/// Marks that the calling thread has done something useful: what the liveness search takes for progress, beside the end
/// of a thread. No operation, and nothing to the other searches.
inline void progress(source_location site = source_location::current()) { runtime::mark_progress(site); }

}  // namespace heddle
