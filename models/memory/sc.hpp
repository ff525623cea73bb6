// Sequential consistency: po, rf, co and fr together have no cycle (Lamport 1979; Alglave, Maranget, Tautschnig,
// "Herding Cats", TOPLAS 2014, section 4.8).
//
// The order clock of an event counts everything before it in that relation, so that asking whether an event may stand
// somewhere is one comparison. An event that reads, or is placed before, the newest write raises the clocks of what
// comes after it; that is the only walk over the graph, and no reader of the newest write ever takes it.
#pragma once

#include <memory>

#include "checker/graph/memory_model.hpp"

namespace heddle::models {

std::unique_ptr<graph::MemoryModel> make_sc();

}  // namespace heddle::models
