#include "checker/analysis/fair_cycles.hpp"

#include <algorithm>
#include <bitset>

#include "checker/analysis/short_cycle.hpp"

namespace heddle::analysis {

namespace {

using ThreadSet = std::bitset<core::max_threads>;

/// Components that were looked at are told apart by a colour; a state of colour 0 is in none.
class Components {
 public:
  Components(const StateGraph& graph, const CycleQuery& query) : graph_(graph), query_(query), marks_(graph.size()) {}

  /// All fair components, the states of each ascending; at most `most`.
  std::vector<std::vector<StateId>> fair(std::size_t most) {
    std::vector<std::vector<StateId>> found;
    std::vector<StateId> all(graph_.expanded());
    for (StateId state = 0; state < all.size(); ++state) all[state] = state;
    std::vector<std::vector<StateId>> work;
    work.push_back(std::move(all));
    while (!work.empty() && found.size() < most) {
      const std::vector<StateId> region = std::move(work.back());
      work.pop_back();
      for (std::vector<StateId>& component : components_of(region)) {
        const ThreadSet unfair = left_behind(component);
        if (unfair.none()) {
          if (counts(component)) found.push_back(std::move(component));
          continue;
        }
        if (query_.fairness != CycleFairness::strong) continue;  // no part of it is any fairer
        std::vector<StateId> rest;
        for (const StateId state : component)
          if (!can_move_any(state, unfair)) rest.push_back(state);
        if (!rest.empty()) work.push_back(std::move(rest));
      }
    }
    return found;
  }

 private:
  bool is_inside(StateId from, const Transition& transition) const {
    return in_cycle(query_.starved, transition) && marks_[transition.to].colour == marks_[from].colour;
  }

  bool can_move_any(StateId state, const ThreadSet& threads) const {
    const auto transitions = graph_.transitions(state);
    return std::any_of(transitions.begin(), transitions.end(), [&](const Transition& t) { return threads[t.thread]; });
  }

  /// Threads that fairness asks to move in the component, and that do not.
  ThreadSet left_behind(const std::vector<StateId>& component) const {
    ThreadSet moves, anywhere, everywhere;
    everywhere.set();
    for (const StateId state : component) {
      ThreadSet here;
      for (const Transition& transition : graph_.transitions(state)) {
        here.set(transition.thread);
        if (is_inside(state, transition)) moves.set(transition.thread);
      }
      anywhere |= here;
      everywhere &= here;
    }
    switch (query_.fairness) {
      case CycleFairness::strong:
        return anywhere & ~moves;
      case CycleFairness::weak:
        return everywhere & ~moves;
      case CycleFairness::none:
        break;
    }
    return {};
  }

  /// Whether threads that should make progress make none; of a starvation, also whether others do.
  bool counts(const std::vector<StateId>& component) const {
    bool progress = query_.starved == core::no_thread;
    bool moves = false;
    for (const StateId state : component)
      for (const Transition& transition : graph_.transitions(state)) {
        if (!is_inside(state, transition)) continue;
        progress = progress || transition.progress;
        moves = moves || transition.thread == query_.starved;
      }
    return progress && (!query_.counts || query_.counts(component.front(), moves));
  }

  /// The strongly connected components of the states of `region`, which have no colour in common with others; only
  /// those that have a transition inside. Afterwards each has a colour of its own.
  std::vector<std::vector<StateId>> components_of(const std::vector<StateId>& region) {
    const std::uint32_t colour = ++colours_;
    for (const StateId state : region) {
      marks_[state].colour = colour;
      marks_[state].number = 0;
    }
    std::vector<std::vector<StateId>> found;
    std::uint32_t next = 0;
    for (const StateId root : region)
      if (marks_[root].number == 0 && marks_[root].colour == colour) visit(root, colour, next, found);
    return found;
  }

  struct Frame {
    StateId state;
    std::uint32_t transition;
  };

  void visit(StateId root, std::uint32_t colour, std::uint32_t& next, std::vector<std::vector<StateId>>& found) {
    frames_.push_back({root, 0});
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const StateId state = frame.state;
      if (frame.transition == 0) {
        marks_[state].number = marks_[state].low = ++next;
        stack_.push_back(state);
      }
      const auto transitions = graph_.transitions(state);
      bool deeper = false;
      while (frame.transition < transitions.size() && !deeper) {
        const Transition& transition = transitions[frame.transition++];
        if (!in_cycle(query_.starved, transition) || marks_[transition.to].colour != colour) continue;
        if (marks_[transition.to].number == 0) {
          frames_.push_back({transition.to, 0});
          deeper = true;
        } else {
          marks_[state].low = std::min(marks_[state].low, marks_[transition.to].number);
        }
      }
      if (deeper) continue;
      frames_.pop_back();
      if (!frames_.empty())
        marks_[frames_.back().state].low = std::min(marks_[frames_.back().state].low, marks_[state].low);
      if (marks_[state].low == marks_[state].number) close(state, found);
    }
  }

  /// The component whose first state is `root` is on the stack, above it.
  void close(StateId root, std::vector<std::vector<StateId>>& found) {
    const auto begin = std::find(stack_.rbegin(), stack_.rend(), root).base() - 1;
    const std::uint32_t colour = ++colours_;
    for (auto state = begin; state != stack_.end(); ++state) marks_[*state].colour = colour;
    const auto has_loop = [&](StateId state) {
      const auto transitions = graph_.transitions(state);
      return std::any_of(transitions.begin(), transitions.end(),
                         [&](const Transition& transition) { return is_inside(state, transition); });
    };
    if (stack_.end() - begin > 1 || has_loop(root)) {  // most are one state, which leads elsewhere
      found.emplace_back(begin, stack_.end());
      std::sort(found.back().begin(), found.back().end());
    }
    stack_.erase(begin, stack_.end());
  }

  const StateGraph& graph_;
  const CycleQuery& query_;
  /// Side by side, since they are asked for together and at random.
  struct Mark {
    std::uint32_t colour = 1;
    std::uint32_t number = 0;  ///< in the order in which Tarjan's search came to them; 0: not yet
    std::uint32_t low = 0;
  };
  std::vector<Mark> marks_;  ///< of each state
  std::vector<Frame> frames_;
  std::vector<StateId> stack_;
  std::uint32_t colours_ = 1;
};

std::vector<CycleStep> way_to(const StateGraph& graph, StateId state) {
  const std::vector<StateId> states = graph.way_to(state);
  std::vector<CycleStep> way;
  for (std::size_t i = 0; i + 1 < states.size(); ++i)
    for (const Transition& transition : graph.transitions(states[i])) {
      if (transition.to != states[i + 1]) continue;
      way.push_back({states[i], transition});
      break;
    }
  return way;
}

}  // namespace

bool is_fair(const StateGraph& graph, const std::vector<CycleStep>& cycle, CycleFairness fairness) {
  if (fairness == CycleFairness::none) return true;
  ThreadSet moves, anywhere, everywhere;
  everywhere.set();
  for (const CycleStep& step : cycle) {
    moves.set(step.transition.thread);
    ThreadSet here;
    for (const Transition& transition : graph.transitions(step.from)) here.set(transition.thread);
    anywhere |= here;
    everywhere &= here;
  }
  return ((fairness == CycleFairness::strong ? anywhere : everywhere) & ~moves).none();
}

std::optional<Lasso> find_fair_cycle(const StateGraph& graph, const CycleQuery& query) {
  constexpr std::size_t most_components = 16;
  std::optional<Lasso> best;
  for (const std::vector<StateId>& component : Components(graph, query).fair(most_components)) {
    Lasso lasso;
    lasso.cycle = short_cycle(graph, query, component);
    lasso.way = way_to(graph, lasso.cycle.front().from);
    if (!best || lasso.way.size() + lasso.cycle.size() < best->way.size() + best->cycle.size()) best = std::move(lasso);
  }
  return best;
}

}  // namespace heddle::analysis
