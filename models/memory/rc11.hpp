// The C++ model, as repaired: RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing Sequential Consistency in C/C++11",
// PLDI 2017, section 4), with its axiom that po and rf together have no cycle. And RA, which is the same without what
// seq_cst fences add.
//
//   coherence   hb; eco? is irreflexive
//   atomicity   rmw ∩ (rb; mo) is empty: held by the search, whose updates are one event
//   SC          psc is acyclic (RA: psc_base over accesses only)
//   no thin air po ∪ rf is acyclic: held by the order in which events are added
//
// Coherence is asked of the happens-before clocks, one write at a time. SC has three ways. A graph without seq_cst has
// nothing to ask. One in which every access is seq_cst, or an operation of a sync object that synchronizes, is
// consistent where it is so under sequential consistency: the order clocks of models/memory/sc say so in one
// comparison. For what is between, psc is built (psc.cpp), and only for an event that does not read or is not the
// newest write.
#pragma once

#include <memory>

#include "checker/graph/memory_model.hpp"

namespace heddle::models {

std::unique_ptr<graph::MemoryModel> make_rc11();
std::unique_ptr<graph::MemoryModel> make_ra();

}  // namespace heddle::models
