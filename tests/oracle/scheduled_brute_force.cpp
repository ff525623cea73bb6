#include "oracle/scheduled_brute_force.hpp"

#include <map>

#include "oracle/rounds.hpp"
#include "oracle/scheduler_rules.hpp"
#include "oracle/stepper.hpp"

namespace heddle::oracle {

namespace {

/// Whether an event of another thread names one of the last `count` events of `t`.
bool is_named_by_others(const State& state, unsigned t, unsigned count) {
  const auto first = static_cast<int>(state.trace.threads[t].size()) - static_cast<int>(count);
  const auto names = [&](const EventName& name) { return name.thread == static_cast<int>(t) && name.index >= first; };
  for (unsigned other = 0; other < state.trace.threads.size(); ++other)
    for (const TraceEvent& event : state.trace.threads[other])
      if (other != t && (names(event.source) || names(event.previous))) return true;
  return false;
}

/// `t` stands where it stood some events ago, having changed nothing: takes those out of the trace.
void take_out_round(State& state, unsigned t, unsigned count) {
  if (count == 0 || is_named_by_others(state, t, count)) return;
  auto& mine = state.trace.threads[t];
  auto& since = state.runners[t].since_change;
  for (; count != 0; --count) {
    const EventName name{static_cast<std::int8_t>(t), static_cast<std::int8_t>(mine.size() - 1)};
    const TraceEvent& event = mine.back();
    if (event.writes && object(state, event.kind, event.object).newest == name)
      object(state, event.kind, event.object).newest = event.previous;
    mine.pop_back();
    since.pop_back();
  }
}

class Enumerator : private Stepper {
 public:
  Enumerator(const Program& program, const std::string& scheduler, std::size_t most_states, ScheduledTraces& traces)
      : Stepper(program), scheduler_(scheduler), most_states_(most_states), traces_(traces) {}

  bool run() {
    Moment first{.state = first_state(), .rules = SchedulerRules(scheduler_)};
    first.begun[0] = true;
    first.rules.priority[0] = program_.priorities[0];
    settle(first.state, 0);
    first.rules.moved(-1, ready(first));
    number(first);
    for (std::size_t at = 0; at < moments_.size(); ++at) {
      if (moments_.size() > most_states_ || moments_[at].state.trace.threads[0].size() > 60) return false;
      expand(at);
    }
    find_cycles();
    return true;
  }

 private:
  struct Moment {
    State state;
    SchedulerRules rules;
    std::array<bool, most_threads> begun{};
  };

  std::size_t number(const Moment& moment) {
    std::string key = Stepper::key(moment.state) + moment.rules.key();
    for (const bool begun : moment.begun) key += begun ? 'b' : '-';
    const auto [entry, added] = numbers_.try_emplace(key, moments_.size());
    if (added) {
      moments_.push_back(moment);
      next_.emplace_back();
    }
    return entry->second;
  }

  std::array<bool, most_threads> ready(const Moment& moment) {
    std::array<bool, most_threads> result{};
    for (unsigned t = 0; t < program_.threads.size(); ++t) {
      State probe = moment.state;
      result[t] = moment.state.runners[t].status == Runner::running && (!moment.begun[t] || step(probe, t, 0) != 0);
    }
    return result;
  }

  void expand(std::size_t at) {
    const std::vector<unsigned> may_run = moments_[at].rules.may_run();
    if (may_run.empty()) return leaf(moments_[at].state);
    for (const unsigned t : may_run) {
      for (int outcome = 0, outcomes = 1; outcome < outcomes; ++outcome) {
        Moment next = moments_[at];
        if (!next.begun[t]) {
          next.begun[t] = true;  // its first turn brings it to its first operation
          if (program_.priorities[t] != 0) next.rules.priority[t] = program_.priorities[t];
        } else {
          outcomes = move(next, t, outcome);
        }
        next.rules.moved(static_cast<int>(t), ready(next));
        const std::size_t to = number(next);
        next_[at].push_back(to);
      }
    }
  }

  int move(Moment& moment, unsigned t, int outcome) {
    const State before = moment.state;
    const int outcomes = step(moment.state, t, outcome);
    settle(moment.state, t);
    take_out_round(moment.state, t, rounds_back(before, moment.state, t));
    for (unsigned child = 0; child < program_.threads.size(); ++child)
      if (before.runners[child].status == Runner::unborn && moment.state.runners[child].status != Runner::unborn)
        moment.rules.priority[child] = moment.rules.priority[t];
    return outcomes;
  }

  void leaf(const State& state) {
    bool waits = false;
    bool blocked = false;
    for (const Runner& runner : state.runners) {
      waits = waits || runner.status == Runner::running;
      blocked = blocked || runner.status == Runner::stopped;
    }
    traces_.race = traces_.race || has_race(state.trace);
    (blocked ? traces_.blocked : waits ? traces_.deadlocks : traces_.complete).insert(to_text(state.trace));
  }

  /// States that can come back to each other, by reachability and nothing more clever.
  void find_cycles() {
    std::vector<std::set<std::size_t>> reached(moments_.size());
    std::vector<bool> told(moments_.size());
    for (std::size_t from = 0; from < moments_.size(); ++from) {
      std::vector<std::size_t> open(next_[from]);
      while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        if (!reached[from].insert(at).second) continue;
        open.insert(open.end(), next_[at].begin(), next_[at].end());
      }
    }
    for (std::size_t at = 0; at < moments_.size(); ++at) {
      if (told[at] || !reached[at].contains(at)) continue;
      std::set<std::string> traces;
      for (const std::size_t other : reached[at]) {
        if (!reached[other].contains(at)) continue;
        told[other] = true;
        traces.insert(to_text(moments_[other].state.trace));
      }
      traces_.cycles.push_back(std::move(traces));
    }
  }

  const std::string scheduler_;
  const std::size_t most_states_;
  ScheduledTraces& traces_;
  std::vector<Moment> moments_;
  std::vector<std::vector<std::size_t>> next_;
  std::map<std::string, std::size_t> numbers_;
};

}  // namespace

bool brute_force(const Program& program, const std::string& scheduler, std::size_t most_states,
                 ScheduledTraces& traces) {
  return Enumerator(program, scheduler, most_states, traces).run();
}

}  // namespace heddle::oracle
