// The partial order of seq_cst events of RC11 (Lahav et al., PLDI 2017, section 4.3), asked of a graph:
//
//   scb      = sb ∪ sb|≠loc; hb; sb|≠loc ∪ hb|loc ∪ mo ∪ rb
//   psc_base = ([Esc] ∪ [Fsc]; hb?); scb; ([Esc] ∪ hb?; [Fsc])
//   psc_F    = [Fsc]; (hb ∪ hb; eco; hb); [Fsc]
//
// psc = psc_base ∪ psc_F must have no cycle. (sb is po within a thread; threads start and join by hb; mo is co, rb is
// fr.)
#pragma once

#include <vector>

#include "checker/graph/execution_graph.hpp"

namespace heddle::models {

class Psc {
 public:
  /// Without `fences`, seq_cst fences are acq_rel ones.
  explicit Psc(bool fences) : fences_(fences) {}

  /// Whether psc has no cycle, given that it had none before the event at the end of `graph` was added.
  /// O(seq_cst events squared), times the accesses of a location where there are fences.
  bool acyclic(const graph::ExecutionGraph& graph) const;

 private:
  bool comes_back(const graph::ExecutionGraph& graph, bool from_fences) const;

  bool fences_;
  // What acyclic works with; members to keep their memory.
  mutable std::vector<graph::Position> events_;  ///< the seq_cst events, but for the last event of the graph
  mutable std::vector<graph::Position> open_;
  mutable std::vector<bool> reached_;  ///< of events_
};

}  // namespace heddle::models
