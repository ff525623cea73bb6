// The graph of reachable states: what a search over states leaves behind.
//
// Compressed: eight bytes a transition, and the transitions of a state stand together. A Boost.Graph over it would hold
// several times as much, and millions of states are asked for; the algorithms on it are in checker/analysis.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/core/types.hpp"

namespace heddle::graph {

using StateId = std::uint32_t;
/// In place of a state: where a transition has ended the execution by a fault.
inline constexpr StateId no_state = 0xFFFF'FFFF;

/// One thread moves, with one of its outcomes.
struct Transition {
  StateId to = no_state;
  std::uint16_t choice = 0;
  core::ThreadId thread = 0;
  bool progress = false;  ///< the thread passed a mark, or ended
};
static_assert(sizeof(Transition) == 8);

/// States are numbered in the order in which a breadth-first search found them: a lower number is no farther from the
/// initial state, which is 0. The transitions of a state are added after those of every lower one.
class StateGraph {
 public:
  /// A state was found: by this one's transition (the initial one: from itself).
  void add_state(StateId parent) { parents_.push_back(parent); }
  /// The next state's transitions begin.
  void begin_transitions() { first_.push_back(transitions_.size()); }
  void add_transition(const Transition& transition) { transitions_.push_back(transition); }

  StateId size() const { return static_cast<StateId>(parents_.size()); }
  /// How many states have their transitions.
  StateId expanded() const { return static_cast<StateId>(first_.size()); }
  std::uint64_t transition_count() const { return transitions_.size(); }
  std::span<const Transition> transitions(StateId state) const {
    if (state >= expanded()) return {};
    const std::uint64_t end = state + 1u < expanded() ? first_[state + 1u] : transitions_.size();
    return {transitions_.data() + first_[state], transitions_.data() + end};
  }
  StateId parent(StateId state) const { return parents_[state]; }
  /// The states on a shortest way from the initial one to `state`, both included.
  std::vector<StateId> way_to(StateId state) const {
    std::vector<StateId> way{state};
    while (way.back() != 0) way.push_back(parents_[way.back()]);
    return {way.rbegin(), way.rend()};
  }
  std::size_t memory() const {
    return parents_.capacity() * sizeof(StateId) + first_.capacity() * sizeof(std::uint64_t) +
           transitions_.capacity() * sizeof(Transition);
  }

 private:
  std::vector<StateId> parents_;
  std::vector<std::uint64_t> first_;  ///< of each state: its first transition
  std::vector<Transition> transitions_;
};

}  // namespace heddle::graph
