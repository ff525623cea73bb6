#include "oracle/brute_force.hpp"

#include <algorithm>
#include <unordered_set>

#include "oracle/rounds.hpp"
#include "oracle/several.hpp"
#include "oracle/stepper.hpp"

namespace heddle::oracle {

namespace {

class Enumerator : private Stepper {
 public:
  Enumerator(const Program& program, const BruteForce& how, Traces& traces)
      : Stepper(program, how.several_at_once), how_(how), traces_(traces) {}

  bool run() {
    State start = first_state();
    settle(start, 0);
    explore(start, 0, 0);
    if (how_.commuting) {
      traces_.commuting = after_rounds_;
      for (const auto& [kind, trace] : leaves_) traces_.commuting.restrict_to(trace);
    }
    if (how_.commuting_events) traces_.commuting = Commuting::events();
    for (const auto& [kind, trace] : leaves_) (traces_.*kind)[to_text(trace, traces_.commuting)] = 1;
    return !too_many_;
  }

 private:
  /// `last` has moved last, after so many preemptions.
  void explore(const State& state, unsigned last, int preemptions) {
    if (++states_ > how_.most_states || events_of(state) > most_events) too_many_ = true;
    const bool bounded = how_.most_preemptions >= 0;
    const std::string switches = bounded ? std::to_string(last) + "," + std::to_string(preemptions) : "";
    if (too_many_ || (how_.merge && !seen_.insert(key(state) + switches).second)) return;
    bool moved = false;
    State probe = state;
    const bool goes_on = bounded && state.runners[last].status == Runner::running && step(probe, last, 0) != 0;
    for (unsigned t = 0; t < program_.threads.size(); ++t) {
      if (state.runners[t].status != Runner::running) continue;
      const int cost = goes_on && t != last ? 1 : 0;
      if (bounded && preemptions + cost > how_.most_preemptions) continue;
      // A step with several outcomes is made once for each.
      for (int outcome = 0, outcomes = 1; outcome < outcomes; ++outcome) {
        State next = state;
        outcomes = step(next, t, outcome);
        if (outcomes == 0) break;
        settle(next, t);
        if (rounds_back(state, next, t) != 0) {  // as if its guard did not hold
          after_rounds_.restrict_to(next.trace);
          continue;
        }
        moved = true;
        explore(next, t, preemptions + cost);
      }
    }
    if (!moved) leaf(state, last, preemptions);
  }

  void leaf(const State& state, unsigned last, int preemptions) {
    bool waits = false;
    bool blocked = false;
    for (const Runner& runner : state.runners) {
      waits = waits || runner.status == Runner::running;
      blocked = blocked || runner.status == Runner::stopped;
    }
    if (!traces_.race && has_race(state.trace)) traces_.race = true;
    if (!blocked && goes_on_given_back(state))
      traces_.in_vain++;
    else if (blocked || !waits)
      leaves_.emplace_back(blocked ? &Traces::blocked : &Traces::complete, state.trace);
    else
      add_last_rounds(state, last, preemptions);
  }

  // --- loops that wait: a round that changes nothing is left out, and its thread waits for something else to read ---

  /// At the end of an interleaving in which some thread waits: whoever could move, were it not for the loop that it
  /// waits in, goes round that once more, reading what there is. Where it can leave it, that was no end. Nor is it one
  /// where time can pass.
  void add_last_rounds(State state, unsigned last, int preemptions) {
    State later = state;
    std::vector<unsigned> in_loop;
    for (unsigned t = 0; t < program_.threads.size(); ++t) {
      State probe = state;
      if (state.runners[t].status == Runner::running && step(probe, t, 0) != 0) in_loop.push_back(t);
    }
    const std::vector<int> place = tree_order(state.trace);
    std::sort(in_loop.begin(), in_loop.end(), [&](unsigned t, unsigned u) { return place[t] < place[u]; });
    for (const unsigned t : in_loop) {
      if (goes_round(state, t)) continue;
      traces_.in_vain++;
      return;
    }
    if (pass_time(later)) return explore(later, last, preemptions);
    leaves_.emplace_back(!in_loop.empty() ? &Traces::livelocks : &Traces::deadlocks, state.trace);
    if (in_loop.empty()) leaves_.emplace_back(&Traces::deadlocks_without_parts, without_parts(program_, state));
  }
  /// Whether somebody could move in `state`, where nobody can, had each thread that locks several mutexes given back
  /// those that it has got so far.
  bool goes_on_given_back(const State& state) {
    if (!some_holds_part(program_, state)) return false;
    const State after = given_back(program_, state);
    for (unsigned t = 0; t < program_.threads.size(); ++t) {
      if (state.runners[t].status != Runner::running) continue;
      State probe = state;
      State next = after;
      const bool in_loop = step(probe, t, 0) != 0;
      if (in_loop                             ? !goes_round(next, t)
          : locks_several(program_, state, t) ? can_lock_all(program_, after, t)
                                              : step(next, t, 0) != 0)
        return true;
    }
    return false;
  }
  bool goes_round(State& state, unsigned t) {
    for (unsigned steps = 1; steps <= most_events; ++steps) {
      const State before = state;
      if (step(state, t, 0) == 0) return false;
      settle(state, t);
      const unsigned back = rounds_back(before, state, t);
      if (state.runners[t].status != Runner::running || state.runners[t].since_change.empty()) return false;
      if (back != 0 && back <= steps) return true;
    }
    return false;
  }

  static constexpr std::size_t most_events = 60;
  static std::size_t events_of(const State& state) {
    std::size_t count = 0;
    for (const auto& thread : state.trace.threads) count += thread.size();
    return count;
  }

  const BruteForce how_;
  Traces& traces_;
  std::unordered_set<std::string> seen_;
  Commuting after_rounds_ = Commuting::all();  ///< an operation that fails in a round left out has failed, too
  std::vector<std::pair<std::map<std::string, unsigned> Traces::*, Trace>> leaves_;
  std::size_t states_ = 0;
  bool too_many_ = false;
};

}  // namespace

bool brute_force(const Program& program, const BruteForce& how, Traces& traces) {
  return Enumerator(program, how, traces).run();
}

}  // namespace heddle::oracle
