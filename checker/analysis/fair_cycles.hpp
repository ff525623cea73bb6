// Endless executions that no fair scheduler rules out: cycles of the state graph.
//
// A *livelock* is a fair cycle in which no thread makes progress; a *starvation* one in which a thread makes none while
// others do. Fairness is asked of threads only, not of outcomes (of choose, or of who is notified):
//   weak    a thread that can move in every state of the cycle moves in it
//   strong  a thread that can move in some state of the cycle moves in it
// A cycle may pass a state several times. Every strongly fair cycle is weakly fair.
//
// Cycles are found as strongly connected components (Tarjan, SIAM J. Computing 1972) of the graph without the progress
// that must not be in them. Under strong fairness, states in which a thread can move that never does inside the
// component are taken out, and what remains is looked at again (Emerson and Lei, "Modalities for Model Checking",
// 1987). O((V + E) x threads) for each component looked at again.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "checker/graph/state_graph.hpp"

namespace heddle::analysis {

using core::ThreadId;
using graph::StateGraph;
using graph::StateId;
using graph::Transition;

enum class CycleFairness : std::uint8_t { none, weak, strong };

struct CycleStep {
  StateId from = 0;
  Transition transition;
};

/// The way from the initial state to the cycle, and the cycle.
struct Lasso {
  std::vector<CycleStep> way;
  std::vector<CycleStep> cycle;
};

/// What must be found: a fair cycle in which `starved` makes no progress while others do; where it is no_thread, a fair
/// cycle without any progress.
struct CycleQuery {
  CycleFairness fairness = CycleFairness::strong;
  ThreadId starved = core::no_thread;
  /// Whether a cycle through this state, in which `starved` moves or not, counts: not every thread has to make
  /// progress.
  std::function<bool(StateId, bool moves)> counts = {};
};

/// A lasso as short as was found, or nothing where there is none.
std::optional<Lasso> find_fair_cycle(const StateGraph& graph, const CycleQuery& query);

/// Whether the cycle is fair.
bool is_fair(const StateGraph& graph, const std::vector<CycleStep>& cycle, CycleFairness fairness);

}  // namespace heddle::analysis
