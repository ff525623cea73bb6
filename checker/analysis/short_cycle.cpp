#include "checker/analysis/short_cycle.hpp"

#include <algorithm>
#include <bitset>
#include <deque>
#include <map>
#include <tuple>
#include <unordered_map>

namespace heddle::analysis {

namespace {

constexpr std::size_t most_starts = 64;
constexpr std::size_t most_nodes = 300'000;  ///< of all breadth-first searches over a component

using ThreadSet = std::bitset<core::max_threads>;
using Bits = std::uint32_t;

class Inside {
 public:
  Inside(const StateGraph& graph, const CycleQuery& query, const std::vector<StateId>& component)
      : graph_(graph), query_(query), component_(component), in_component_(graph.size()) {
    for (const StateId state : component) in_component_[state] = true;
    for (const StateId state : component)
      for (const Transition& transition : graph.transitions(state)) {
        can_move_.set(transition.thread);
        if (is_inside(transition)) moves_.set(transition.thread);
      }
    for (unsigned t = 0; t < core::max_threads; ++t)
      if (can_move_[t]) threads_.push_back(static_cast<ThreadId>(t));
    needs_progress_ = query.starved != core::no_thread;
    needs_move_of_starved_ = needs_progress_ && !query.counts(component.front(), false);
  }

  /// The shortest cycle through some early state; empty where that takes too long to find.
  std::vector<CycleStep> shortest() {
    std::vector<CycleStep> best;
    if (threads_.size() > 32) return best;
    std::size_t nodes = 0;
    const std::size_t starts = std::min(component_.size(), most_starts);
    for (std::size_t i = 0; i < starts && nodes < most_nodes; ++i) {
      std::vector<CycleStep> cycle = shortest_through(component_[i], nodes, best.empty() ? SIZE_MAX : best.size());
      if (!cycle.empty() && (best.empty() || cycle.size() < best.size())) best = std::move(cycle);
    }
    return best;
  }

  /// A cycle that does one thing after the other that must be in it.
  std::vector<CycleStep> walk() {
    std::vector<CycleStep> cycle;
    const StateId start = component_.front();
    StateId at = start;
    const auto go = [&](const auto& goal) {
      for (const CycleStep& step : way(at, goal)) cycle.push_back(step);
      if (!cycle.empty()) at = cycle.back().transition.to;
    };
    for (const ThreadId thread : threads_) {
      const auto done = [&](const CycleStep& step) {
        return step.transition.thread == thread ||
               (query_.fairness == CycleFairness::weak && !enabled(step.from)[thread]);
      };
      const bool asked = query_.fairness != CycleFairness::none || (needs_move_of_starved_ && thread == query_.starved);
      if (asked && std::none_of(cycle.begin(), cycle.end(), done)) go(done);
    }
    const auto progress = [](const CycleStep& step) { return step.transition.progress; };
    if (needs_progress_ && std::none_of(cycle.begin(), cycle.end(), progress)) go(progress);
    if (cycle.empty() || at != start) go([&](const CycleStep& step) { return step.transition.to == start; });
    return cycle;
  }

 private:
  struct Node {
    StateId state;
    Bits moved;
    Bits seen;  ///< threads that could move in some state (strong), or could not (weak)
    bool progress;
    bool operator==(const Node&) const = default;
    auto operator<=>(const Node&) const = default;
  };

  bool is_inside(const Transition& transition) const {
    return in_cycle(query_.starved, transition) && in_component_[transition.to];
  }

  ThreadSet enabled(StateId state) const {
    ThreadSet set;
    for (const Transition& transition : graph_.transitions(state)) set.set(transition.thread);
    return set;
  }

  Bits bit(ThreadId thread) const {
    const auto at = std::lower_bound(threads_.begin(), threads_.end(), thread);
    return Bits{1} << (at - threads_.begin());
  }

  /// What leaving `state` adds to Node::seen.
  Bits seen_in(StateId state) const {
    if (query_.fairness == CycleFairness::none) return 0;
    Bits can = 0;
    for (const Transition& transition : graph_.transitions(state)) can |= bit(transition.thread);
    return query_.fairness == CycleFairness::strong ? can : everyone() & ~can;
  }
  Bits everyone() const { return threads_.size() == 32 ? ~Bits{0} : (Bits{1} << threads_.size()) - 1; }

  bool is_goal(const Node& node, StateId start) const {
    if (node.state != start || (needs_progress_ && !node.progress)) return false;
    if (needs_move_of_starved_ && (node.moved & bit(query_.starved)) == 0) return false;
    switch (query_.fairness) {
      case CycleFairness::strong:
        return (node.seen & ~node.moved) == 0;
      case CycleFairness::weak:
        return (node.seen | node.moved) == everyone();
      case CycleFairness::none:
        break;
    }
    return true;
  }

  std::vector<CycleStep> shortest_through(StateId start, std::size_t& nodes, std::size_t shorter_than) {
    struct Found {
      std::size_t from;
      CycleStep step;
      std::size_t depth;
    };
    std::map<Node, std::size_t> known;
    std::vector<Node> queue{{start, 0, 0, false}};
    std::vector<Found> found{{0, {}, 0}};
    for (std::size_t i = 0; i < queue.size() && nodes < most_nodes; ++i) {
      const Node node = queue[i];
      if (found[i].depth + 1 >= shorter_than) break;
      for (const Transition& transition : graph_.transitions(node.state)) {
        if (!is_inside(transition)) continue;
        const Node next{transition.to, node.moved | bit(transition.thread), node.seen | seen_in(node.state),
                        node.progress || transition.progress};
        if (!known.emplace(next, queue.size()).second) continue;
        nodes++;
        queue.push_back(next);
        found.push_back({i, {node.state, transition}, found[i].depth + 1});
        if (!is_goal(next, start)) continue;
        std::vector<CycleStep> cycle;
        for (std::size_t at = queue.size() - 1; at != 0; at = found[at].from) cycle.push_back(found[at].step);
        return {cycle.rbegin(), cycle.rend()};
      }
    }
    return {};
  }

  /// The shortest way inside from `start` whose last step is a `goal`.
  template <class Goal>
  std::vector<CycleStep> way(StateId start, const Goal& goal) const {
    std::unordered_map<StateId, CycleStep> reached_by{{start, {}}};
    std::deque<StateId> queue{start};
    while (!queue.empty()) {
      const StateId state = queue.front();
      queue.pop_front();
      for (const Transition& transition : graph_.transitions(state)) {
        if (!is_inside(transition)) continue;
        const CycleStep step{state, transition};
        if (goal(step)) {
          std::vector<CycleStep> steps{step};
          while (steps.back().from != start) steps.push_back(reached_by.at(steps.back().from));
          return {steps.rbegin(), steps.rend()};
        }
        if (reached_by.emplace(transition.to, step).second) queue.push_back(transition.to);
      }
    }
    return {};
  }

  const StateGraph& graph_;
  const CycleQuery& query_;
  const std::vector<StateId>& component_;
  std::vector<bool> in_component_;
  ThreadSet can_move_;
  ThreadSet moves_;
  std::vector<ThreadId> threads_;  ///< that can move somewhere in the component
  bool needs_progress_ = false;
  bool needs_move_of_starved_ = false;
};

}  // namespace

std::vector<CycleStep> short_cycle(const StateGraph& graph, const CycleQuery& query,
                                   const std::vector<StateId>& component) {
  Inside inside(graph, query, component);
  std::vector<CycleStep> cycle = inside.shortest();
  return cycle.empty() ? inside.walk() : cycle;
}

}  // namespace heddle::analysis
