// Who is told what a search over states comes across.
#pragma once

#include "checker/graph/state_graph.hpp"

namespace heddle::search {

/// One move: a thread, and which of its outcomes.
struct Move {
  core::ThreadId thread = 0;
  std::uint32_t choice = 0;
};

class StateObserver {
 public:
  virtual ~StateObserver() = default;
  /// `move` from `state` ends in a fault of its thread: Execution::fault, or a race where `race` is set.
  virtual void fault(graph::StateId state, Move move, bool race) = 0;
  /// Some thread waits in `state` and none can move. The execution is there.
  virtual void standstill(graph::StateId state) = 0;
  /// Every thread has ended in `state`. The execution is there.
  virtual void complete(graph::StateId state) = 0;
  /// Asked before each state is left: whether the search should end here. `memory` in bytes.
  virtual bool wants_to_stop(std::size_t memory) = 0;
};

}  // namespace heddle::search
