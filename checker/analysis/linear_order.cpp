#include "checker/analysis/linear_order.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <unordered_set>
#include <utility>

#include "checker/core/contract.hpp"

namespace heddle::analysis {
namespace {

/// How many events each thread has done: a state of the search.
using Frontier = std::vector<unsigned>;

/// The threads of the runs of a schedule, each run as long as it can be.
using Runs = std::vector<unsigned>;

/// A partial order, read thread by thread.
class Threads {
 public:
  Threads(const PartialOrder& order, std::optional<unsigned> last);

  Frontier start() const { return Frontier(events_.size(), 0); }
  bool finished(const Frontier& frontier, unsigned thread) const { return frontier[thread] == events_[thread].size(); }
  unsigned count() const { return static_cast<unsigned>(events_.size()); }
  std::uint64_t work() const { return work_; }

  /// How far `thread` can run from `frontier`; its own position where it cannot move.
  unsigned reach(const Frontier& frontier, unsigned thread) const;
  /// A number of runs without which no schedule can finish from `frontier`.
  unsigned lower_bound(const Frontier& frontier) const;
  /// Takes every run that gets as far as any help of the others could let it: no choice is lost by that. Appends the
  /// threads of these runs to `runs`.
  void take_forced(Frontier& frontier, Runs& runs) const;
  /// The events of a sequence of runs.
  std::vector<unsigned> events_of(const Runs& runs) const;

 private:
  struct Requirement {
    unsigned thread;  ///< another thread
    unsigned count;   ///< how many of its events must have happened
  };

  std::vector<unsigned> topological(const PartialOrder& order) const;
  void learn_requirements(const PartialOrder& order, std::optional<unsigned> last);
  void plan_runs(const PartialOrder& order, const std::vector<unsigned>& topological);

  std::vector<std::vector<unsigned>> events_;           // by thread and position
  std::vector<unsigned> position_;                      // of an event in its thread
  std::vector<std::vector<Requirement>> requirements_;  // of an event, in other threads
  std::vector<std::vector<unsigned>> best_reach_;       // by thread and position: the end of the longest thinkable run
  std::vector<std::vector<unsigned>> fewest_runs_;      // by thread and position: how many such runs remain
  mutable std::uint64_t work_ = 0;                      // events tried, the unit of the bounds on time
};

Threads::Threads(const PartialOrder& order, std::optional<unsigned> last) {
  HEDDLE_EXPECTS(order.thread.size() == order.predecessors.size());
  HEDDLE_EXPECTS(!last || *last < order.thread.size());
  unsigned threads = 0;
  for (unsigned thread : order.thread) threads = std::max(threads, thread + 1);
  events_.resize(threads);
  position_.resize(order.thread.size());
  std::vector<unsigned> sorted = topological(order);
  for (unsigned event : sorted) {
    std::vector<unsigned>& own = events_[order.thread[event]];
    position_[event] = static_cast<unsigned>(own.size());
    own.push_back(event);
  }
  learn_requirements(order, last);
  if (last) sorted.erase(std::find(sorted.begin(), sorted.end(), *last)), sorted.push_back(*last);
  plan_runs(order, sorted);
}

std::vector<unsigned> Threads::topological(const PartialOrder& order) const {
  const std::size_t size = order.thread.size();
  std::vector<unsigned> missing(size, 0);  // predecessors not yet in `sorted`
  std::vector<std::vector<unsigned>> successors(size);
  std::vector<unsigned> sorted;
  for (unsigned event = 0; event < size; ++event) {
    missing[event] = static_cast<unsigned>(order.predecessors[event].size());
    for (unsigned before : order.predecessors[event]) successors[before].push_back(event);
    if (missing[event] == 0) sorted.push_back(event);
  }
  for (std::size_t next = 0; next < sorted.size(); ++next) {
    for (unsigned after : successors[sorted[next]]) {
      if (--missing[after] == 0) sorted.push_back(after);
    }
  }
  HEDDLE_EXPECTS(sorted.size() == size);  // otherwise there is a cycle
  return sorted;
}

void Threads::learn_requirements(const PartialOrder& order, std::optional<unsigned> last) {
  requirements_.resize(order.thread.size());
  for (unsigned event = 0; event < order.thread.size(); ++event) {
    for (unsigned before : order.predecessors[event]) {
      HEDDLE_EXPECTS(before != last);
      if (order.thread[before] == order.thread[event]) continue;
      requirements_[event].push_back({order.thread[before], position_[before] + 1});
    }
  }
  if (!last) return;
  HEDDLE_EXPECTS(position_[*last] + 1 == events_[order.thread[*last]].size());
  for (unsigned thread = 0; thread < count(); ++thread) {
    if (thread == order.thread[*last] || events_[thread].empty()) continue;
    requirements_[*last].push_back({thread, static_cast<unsigned>(events_[thread].size())});
  }
}

// A run of a thread that starts at position p must end before the first event that needs another thread's event which
// in turn needs this thread's event p or a later one. Where other threads never delay it otherwise, it ends just there.
void Threads::plan_runs(const PartialOrder& order, const std::vector<unsigned>& topological) {
  std::vector<Frontier> past(order.thread.size());       // the events before and with an event, by thread
  std::vector<std::vector<unsigned>> own_past(count());  // by thread and position: own events that others pass on to it
  for (unsigned thread = 0; thread < count(); ++thread) own_past[thread].resize(events_[thread].size(), 0);
  for (unsigned event : topological) {
    const unsigned thread = order.thread[event];
    const unsigned position = position_[event];
    Frontier& clock = past[event];
    clock = position == 0 ? start() : past[events_[thread][position - 1]];
    for (const Requirement& requirement : requirements_[event]) {
      const Frontier& other = past[events_[requirement.thread][requirement.count - 1]];
      own_past[thread][position] = std::max(own_past[thread][position], other[thread]);
      for (unsigned each = 0; each < count(); ++each) clock[each] = std::max(clock[each], other[each]);
    }
    clock[thread] = position + 1;
  }
  best_reach_.resize(count());
  fewest_runs_.resize(count());
  for (unsigned thread = 0; thread < count(); ++thread) {
    const auto size = static_cast<unsigned>(events_[thread].size());
    best_reach_[thread].resize(size);
    fewest_runs_[thread].assign(size + 1, 0);
    unsigned end = 0;  // never moves back: what a later start may not pass, an earlier one may not either
    for (unsigned position = 0; position < size; ++position) {
      end = std::max(end, position + 1);
      while (end < size && own_past[thread][end] <= position) ++end;
      best_reach_[thread][position] = end;
    }
    for (unsigned position = size; position-- > 0;) {
      fewest_runs_[thread][position] = 1 + fewest_runs_[thread][best_reach_[thread][position]];
    }
  }
}

unsigned Threads::reach(const Frontier& frontier, unsigned thread) const {
  const std::vector<unsigned>& own = events_[thread];
  unsigned position = frontier[thread];
  for (; position < own.size(); ++position) {
    ++work_;
    for (const Requirement& requirement : requirements_[own[position]]) {
      if (frontier[requirement.thread] < requirement.count) return position;
    }
  }
  return position;
}

unsigned Threads::lower_bound(const Frontier& frontier) const {
  unsigned runs = 0;
  for (unsigned thread = 0; thread < count(); ++thread) runs += fewest_runs_[thread][frontier[thread]];
  return runs;
}

void Threads::take_forced(Frontier& frontier, Runs& runs) const {
  for (bool moved = true; moved;) {
    moved = false;
    for (unsigned thread = 0; thread < count(); ++thread) {
      if (finished(frontier, thread)) continue;
      const unsigned best = best_reach_[thread][frontier[thread]];
      if (reach(frontier, thread) != best) continue;
      frontier[thread] = best;
      runs.push_back(thread);
      moved = true;
    }
  }
}

std::vector<unsigned> Threads::events_of(const Runs& runs) const {
  std::vector<unsigned> events;
  Frontier frontier = start();
  for (unsigned thread : runs) {
    const unsigned end = reach(frontier, thread);
    HEDDLE_EXPECTS(end > frontier[thread]);
    for (; frontier[thread] < end; ++frontier[thread]) events.push_back(events_[thread][frontier[thread]]);
  }
  HEDDLE_EXPECTS(events.size() == position_.size());
  return events;
}

/// Always takes the run after which the bound looks best, then the one with the most progress. `seed` breaks ties; with
/// seed 0 the lowest thread wins.
Runs greedy(const Threads& threads, std::uint32_t seed) {
  Runs runs;
  Frontier frontier = threads.start();
  threads.take_forced(frontier, runs);
  while (threads.lower_bound(frontier) > 0) {
    using Score = std::pair<std::size_t, std::uint32_t>;  // runs in all, at least; tie-break
    Score best_score{std::numeric_limits<std::size_t>::max(), 0};
    Frontier best_frontier;
    Runs best_runs;
    for (unsigned thread = 0; thread < threads.count(); ++thread) {
      const unsigned end = threads.reach(frontier, thread);
      if (end == frontier[thread]) continue;
      Frontier next = frontier;
      Runs taken{thread};
      next[thread] = end;
      threads.take_forced(next, taken);
      if (seed != 0) seed = seed * 1664525u + 1013904223u;
      const Score score{taken.size() + threads.lower_bound(next), seed >> 8};
      if (score >= best_score) continue;
      best_score = score;
      best_frontier = std::move(next);
      best_runs = std::move(taken);
    }
    HEDDLE_EXPECTS(!best_runs.empty());  // an acyclic order always has an event that can happen
    frontier = std::move(best_frontier);
    runs.insert(runs.end(), best_runs.begin(), best_runs.end());
  }
  return runs;
}

/// A* over frontiers. The lower bound is consistent, so a frontier that is expanded has been reached by the fewest
/// runs.
class ExactSearch {
 public:
  ExactSearch(const Threads& threads, std::size_t max_states, std::uint64_t max_work)
      : threads_(threads), max_states_(max_states), max_work_(max_work), known_(16, Hash{this}, Equal{this}) {}

  /// A schedule of fewer than `bound` runs, and of the fewest; none where there is none, or a limit was reached.
  std::optional<Runs> find(std::size_t bound);

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct State {
    Frontier frontier;
    std::uint32_t parent;
    Runs runs;       // from the parent's frontier to this one
    unsigned taken;  // runs from the start, the fewest known
    bool expanded;
  };
  struct Hash {
    const ExactSearch* search;
    std::size_t operator()(std::uint32_t state) const {
      std::uint64_t hash = 0xcbf29ce484222325u;
      for (unsigned position : search->states_[state].frontier) hash = (hash ^ position) * 0x100000001b3u;
      return hash ^ (hash >> 29);
    }
  };
  struct Equal {
    const ExactSearch* search;
    bool operator()(std::uint32_t one, std::uint32_t other) const {
      return search->states_[one].frontier == search->states_[other].frontier;
    }
  };

  void add(Frontier frontier, std::uint32_t parent, Runs runs);
  void expand(std::uint32_t state);
  Runs path_to(std::uint32_t state) const;

  const Threads& threads_;
  std::size_t max_states_;
  std::uint64_t max_work_;
  std::size_t bound_ = 0;
  std::vector<State> states_;
  std::vector<std::vector<std::uint32_t>> waiting_;  // by runs in all, at least; the newest first, so that it dives
  std::unordered_set<std::uint32_t, Hash, Equal> known_;
};

std::optional<Runs> ExactSearch::find(std::size_t bound) {
  bound_ = bound;
  waiting_.resize(bound);
  Frontier frontier = threads_.start();
  Runs runs;
  threads_.take_forced(frontier, runs);
  add(std::move(frontier), none, std::move(runs));
  const std::uint64_t first_work = threads_.work();
  for (std::vector<std::uint32_t>& bucket : waiting_) {
    while (!bucket.empty()) {
      const std::uint32_t state = bucket.back();
      bucket.pop_back();
      if (states_[state].expanded) continue;
      if (threads_.lower_bound(states_[state].frontier) == 0) return path_to(state);
      if (states_.size() >= max_states_ || threads_.work() - first_work > max_work_) return std::nullopt;
      expand(state);
    }
  }
  return std::nullopt;
}

void ExactSearch::add(Frontier frontier, std::uint32_t parent, Runs runs) {
  const unsigned taken = (parent == none ? 0 : states_[parent].taken) + static_cast<unsigned>(runs.size());
  const std::size_t total = taken + threads_.lower_bound(frontier);
  if (total >= bound_) return;
  const auto fresh = static_cast<std::uint32_t>(states_.size());
  states_.push_back({std::move(frontier), parent, std::move(runs), taken, false});
  const auto [known, is_new] = known_.insert(fresh);
  if (!is_new) {
    State& old = states_[*known];
    if (old.taken > taken) {
      HEDDLE_EXPECTS(!old.expanded);
      old.parent = parent;
      old.runs = std::move(states_[fresh].runs);
      old.taken = taken;
      waiting_[total].push_back(*known);
    }
    states_.pop_back();
    return;
  }
  waiting_[total].push_back(fresh);
}

void ExactSearch::expand(std::uint32_t state) {
  states_[state].expanded = true;
  const Frontier frontier = states_[state].frontier;
  for (unsigned thread = 0; thread < threads_.count(); ++thread) {
    const unsigned end = threads_.reach(frontier, thread);
    if (end == frontier[thread]) continue;
    Frontier next = frontier;
    next[thread] = end;
    Runs runs{thread};
    threads_.take_forced(next, runs);
    add(std::move(next), state, std::move(runs));
  }
}

Runs ExactSearch::path_to(std::uint32_t state) const {
  std::vector<const Runs*> parts;
  for (; state != none; state = states_[state].parent) parts.push_back(&states_[state].runs);
  Runs runs;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    runs.insert(runs.end(), (*part)->begin(), (*part)->end());
  return runs;
}

}  // namespace

unsigned context_switches(const PartialOrder& order, const std::vector<unsigned>& sequence) {
  unsigned switches = 0;
  for (std::size_t index = 1; index < sequence.size(); ++index) {
    if (order.thread[sequence[index]] != order.thread[sequence[index - 1]]) ++switches;
  }
  return switches;
}

std::vector<unsigned> linear_order(const PartialOrder& order, std::optional<unsigned> last, std::size_t max_states) {
  constexpr unsigned restarts = 8;
  constexpr std::uint64_t max_greedy_work = 2'000'000;  // about ten milliseconds
  constexpr std::uint64_t max_exact_work = 6'000'000;

  const Threads threads(order, last);
  const unsigned fewest = threads.lower_bound(threads.start());
  Runs best = greedy(threads, 0);
  for (unsigned seed = 1; seed < restarts && best.size() > fewest && threads.work() < max_greedy_work; ++seed) {
    Runs runs = greedy(threads, seed);
    if (runs.size() < best.size()) best = std::move(runs);
  }
  if (best.size() > fewest) {
    std::optional<Runs> exact = ExactSearch(threads, max_states, max_exact_work).find(best.size());
    if (exact) best = std::move(*exact);
  }
  return threads.events_of(best);
}

}  // namespace heddle::analysis
