// Who is told what a search comes across: findings are made, locks watched and traces compared by observers.
#pragma once

#include "checker/graph/execution_graph.hpp"

namespace heddle::search {

enum class Leaf : std::uint8_t {
  complete,
  deadlock,  ///< some thread waits and none can move
  livelock,  ///< some thread waits in a loop, and nobody can end it; its last round is in the graph
  violated,  ///< some thread was stopped by a finding
  blocked,   ///< some thread was stopped by heddle::assume: does not count as an execution
  cut,       ///< some thread reached the bound on its events
};

/// Whether a leaf counts as an execution, and not as one begun in vain.
inline bool counts_as_execution(Leaf kind) { return kind != Leaf::blocked && kind != Leaf::cut; }

class Observer {
 public:
  virtual ~Observer() = default;
  /// The end of one execution. The graph and the execution are as the leaf left them.
  virtual void leaf(Leaf kind, const graph::ExecutionGraph& graph) = 0;
  /// A thread was stopped: its fault event is the newest of the graph.
  virtual void fault(const graph::ExecutionGraph& graph) = 0;
  /// Under a scheduler model: the last events, from `begin` on, have brought everything back to where it was, so that
  /// this execution never ends. `starves`: some thread makes no progress in them that should.
  virtual void cycle(const graph::ExecutionGraph& /*graph*/, graph::Position /*begin*/, bool /*starves*/) {}
  /// The newest event took a lock while its thread held others.
  virtual void nested_lock(const graph::ExecutionGraph& graph) = 0;
  /// The search begins again, having learned of a loop: what it said before is void, though the faults it found are
  /// real.
  virtual void restarted() {}
  /// Called now and then by a search that may go on for long without coming to a leaf.
  virtual void still_searching() {}
  /// Asked after every leaf and fault: whether the search should end here.
  virtual bool wants_to_stop() = 0;
};

}  // namespace heddle::search
