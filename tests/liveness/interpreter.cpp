// Every state of a program, by an interpreter with states of its own; cycles by their definition.
//
// Every action is a step, local ones too, and a race is two conflicting accesses that can both be the next step. Fair
// cycles are looked for without any cleverness: strong fairness by trying every set of threads that may move.
#include <array>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "liveness/loop_program.hpp"

namespace heddle::liveness_oracle {

namespace {

constexpr unsigned most_threads = 4;

enum class Stage : std::uint8_t { unborn, running, unlocking, sleeping, relocking, ended };

struct Local {
  Stage stage = Stage::unborn;
  std::uint8_t at = 0;
  std::int8_t reg = 0;
  std::array<bool, mutexes> held{};
  auto operator<=>(const Local&) const = default;
};

struct State {
  std::array<Local, most_threads> threads;
  std::array<std::int8_t, atomics> atomic{};
  std::array<std::int8_t, mutexes> holder{-1, -1};
  std::uint8_t waiting = 0;  ///< bits: threads in the condition's set
  auto operator<=>(const State&) const = default;
};

struct Edge {
  std::size_t to;
  unsigned thread;
  bool progress;
};

class Interpreter {
 public:
  Interpreter(const Program& program, std::size_t most_states) : program_(program), most_states_(most_states) {
    threads_ = static_cast<unsigned>(program.threads.size()) + 1;
  }

  Outcomes run() {
    State first;
    first.threads[0].stage = Stage::running;
    number(first);
    for (std::size_t s = 0; s < states_.size(); ++s) {
      if (states_.size() > most_states_) {
        outcomes_.too_large = true;
        return outcomes_;
      }
      expand(s);
    }
    outcomes_.states = states_.size();
    if (outcomes_.race) return outcomes_;
    for (const bool strong : {false, true}) {
      outcomes_.livelock[strong] = has_cycle(strong, threads_);
      for (unsigned t = 0; t < threads_; ++t)
        if (has_cycle(strong, t)) outcomes_.starved[strong] |= 1u << t;
    }
    return outcomes_;
  }

 private:
  std::size_t number(const State& state) {
    const auto [entry, added] = numbers_.try_emplace(state, states_.size());
    if (added) {
      states_.push_back(state);
      edges_.emplace_back();
    }
    return entry->second;
  }

  const Action* next_action(const State& state, unsigned t) const {
    const Local& local = state.threads[t];
    if (t == 0 || local.stage != Stage::running || local.at >= program_.threads[t - 1].size()) return nullptr;
    return &program_.threads[t - 1][local.at];
  }

  /// Whether `t` comes to a failed assertion before its next operation.
  bool fails_at_once(const State& state, unsigned t) const {
    const auto& actions = program_.threads[t - 1];
    const Local& local = state.threads[t];
    for (std::size_t at = local.at; at < actions.size(); ++at) {
      const Action& action = actions[at];
      switch (action.act) {
        case Act::write:
        case Act::read:
        case Act::progress:
          break;
        case Act::deny:
          if (local.reg == action.value) return true;
          break;
        case Act::skip_if:
          at += local.reg == action.value ? 1 : 0;
          break;
        case Act::lock:
        case Act::try_lock:
          if (!local.held[action.object]) return false;
          break;
        case Act::unlock:
          if (local.held[action.object]) return false;
          break;
        case Act::wait:
          if (local.held[0]) return false;
          break;
        default:
          return false;
      }
    }
    return false;
  }

  void expand(std::size_t s) {
    bool somebody = false;
    bool waits = false;
    for (unsigned t = 0; t < threads_; ++t) {
      const State state = states_[s];
      const std::size_t before = edges_[s].size();
      failed_ = false;
      step(s, state, t);
      somebody = somebody || edges_[s].size() != before || failed_;
      waits = waits || (state.threads[t].stage != Stage::ended && state.threads[t].stage != Stage::unborn);
      const Action* mine = next_action(state, t);
      for (unsigned other = 0; other < t && mine != nullptr; ++other) {
        const Action* theirs = next_action(state, other);
        if (theirs == nullptr) continue;
        const bool plain = (mine->act == Act::write || mine->act == Act::read) &&
                           (theirs->act == Act::write || theirs->act == Act::read);
        // A fault ends an execution: one of the two has to get as far as its next operation.
        if (plain && (mine->act == Act::write || theirs->act == Act::write) &&
            !(fails_at_once(state, t) && fails_at_once(state, other)))
          outcomes_.race = true;
      }
    }
    if (!somebody && waits) outcomes_.deadlock = true;
  }

  void go(std::size_t s, unsigned t, const State& next, bool progress = false) {
    const std::size_t to = number(next);  // which may move edges_
    edges_[s].push_back({to, t, progress});
  }

  /// Main starts the threads, joins them, and ends.
  void step_main(std::size_t s, State state) {
    Local& local = state.threads[0];
    const unsigned others = threads_ - 1;
    const bool ends = local.at == 2 * others;
    if (!ends && local.at >= others && state.threads[local.at - others + 1].stage != Stage::ended) return;
    if (local.at < others) state.threads[local.at + 1u].stage = Stage::running;
    local.at++;
    if (ends) local.stage = Stage::ended;
    go(s, 0, state, ends);
  }

  void step(std::size_t s, State state, unsigned t) {
    Local& local = state.threads[t];
    if (local.stage == Stage::unborn || local.stage == Stage::ended) return;
    if (t == 0) return step_main(s, state);
    if (local.stage != Stage::running) return step_wait(s, state, t);
    if (local.at >= program_.threads[t - 1].size()) {
      local.stage = Stage::ended;
      return go(s, t, state, true);
    }
    step_action(s, state, t, program_.threads[t - 1][local.at]);
  }

  void step_wait(std::size_t s, State state, unsigned t) {
    Local& local = state.threads[t];
    if (local.stage == Stage::unlocking) {
      state.holder[0] = -1;
      local.stage = Stage::sleeping;
    } else if (local.stage == Stage::sleeping) {
      if ((state.waiting >> t & 1) != 0) return;
      local.stage = Stage::relocking;
    } else {
      if (state.holder[0] != -1) return;
      state.holder[0] = static_cast<std::int8_t>(t);
      local.stage = Stage::running;
      local.at++;
    }
    go(s, t, state);
  }

  void step_action(std::size_t s, State state, unsigned t, const Action& a) {
    Local& local = state.threads[t];
    std::int8_t& atomic = state.atomic[a.object];
    local.at++;
    switch (a.act) {
      case Act::load:
        local.reg = atomic;
        break;
      case Act::store:
        atomic = a.value;
        break;
      case Act::exchange:
        local.reg = std::exchange(atomic, a.value);
        break;
      case Act::increase:
        atomic = static_cast<std::int8_t>((local.reg + 1) % 3);
        break;
      case Act::claim:
        local.reg = atomic == a.value ? 1 : 0;
        if (atomic == a.value) atomic = a.other;
        break;
      case Act::choose:
        for (const std::int8_t outcome : {std::int8_t{0}, std::int8_t{1}}) {
          local.reg = outcome;
          go(s, t, state);
        }
        return;
      case Act::progress:
        return go(s, t, state, true);
      case Act::deny:
        failed_ = local.reg == a.value;
        outcomes_.assertion = outcomes_.assertion || failed_;
        if (failed_) return;
        break;
      case Act::skip_if:
        if (local.reg == a.value) local.at++;
        break;
      case Act::back:
        local.at = a.target;
        break;
      case Act::notify_one:
        if (state.waiting != 0) return notify_each(s, state, t);
        break;
      default:
        if (!step_lock(state, t, a)) return;
        break;
    }
    go(s, t, state);
  }

  void notify_each(std::size_t s, const State& state, unsigned t) {
    for (unsigned waiter = 0; waiter < threads_; ++waiter) {
      if ((state.waiting >> waiter & 1) == 0) continue;
      State next = state;
      next.waiting = static_cast<std::uint8_t>(next.waiting & ~(1u << waiter));
      go(s, t, next);
    }
  }

  /// False where the thread waits.
  bool step_lock(State& state, unsigned t, const Action& a) {
    Local& local = state.threads[t];
    std::int8_t& holder = state.holder[a.object];
    bool& held = local.held[a.object];
    const auto me = static_cast<std::int8_t>(t);
    switch (a.act) {
      case Act::lock:
        if (held) return true;
        if (holder != -1) return false;
        holder = me;
        held = true;
        return true;
      case Act::try_lock:
        if (held) return true;
        held = holder == -1;
        local.reg = held ? 1 : 0;
        if (held) holder = me;
        return true;
      case Act::unlock:
        if (held) holder = -1;
        held = false;
        return true;
      case Act::wait:
        if (!local.held[0]) return true;
        state.waiting = static_cast<std::uint8_t>(state.waiting | 1u << t);
        local.stage = Stage::unlocking;
        local.at--;
        return true;
      case Act::notify_all:
        state.waiting = 0;
        return true;
      default:
        return true;  // plain data has no values here
    }
  }

  // --- cycles ---

  unsigned enabled(std::size_t s) const {
    unsigned set = 0;
    for (const Edge& edge : edges_[s]) set |= 1u << edge.thread;
    return set;
  }

  /// A fair cycle without progress of `starved`, but with some of others; where it is `threads_`: without any.
  bool has_cycle(bool strong, unsigned starved) const {
    if (!strong) return has_cycle_within(~0u, false, starved);
    for (unsigned may_move = 1; may_move < 1u << threads_; ++may_move)
      if (has_cycle_within(may_move, true, starved)) return true;
    return false;
  }

  bool usable(std::size_t s, unsigned may_move, bool strong) const {
    return !strong || ((enabled(s) | failing(s)) & ~may_move) == 0;
  }

  /// Threads whose next step is a failed assertion: they can move too.
  unsigned failing(std::size_t s) const {
    unsigned set = 0;
    for (unsigned t = 1; t < threads_; ++t) {
      const Action* action = next_action(states_[s], t);
      if (action != nullptr && action->act == Act::deny && states_[s].threads[t].reg == action->value) set |= 1u << t;
    }
    return set;
  }

  bool has_cycle_within(unsigned may_move, bool strong, unsigned starved) const {
    const auto allowed = [&](const Edge& edge) {
      if ((may_move >> edge.thread & 1) == 0 || !usable(edge.to, may_move, strong)) return false;
      return !edge.progress || (starved != threads_ && edge.thread != starved);
    };
    std::vector<std::vector<std::size_t>> backwards(states_.size());
    for (std::size_t s = 0; s < states_.size(); ++s)
      if (usable(s, may_move, strong))
        for (const Edge& edge : edges_[s])
          if (allowed(edge)) backwards[edge.to].push_back(s);
    std::vector<bool> done(states_.size());
    for (std::size_t root = 0; root < states_.size(); ++root) {
      if (done[root] || !usable(root, may_move, strong)) continue;
      const std::vector<bool> forth = reached(root, [&](std::size_t s, const auto& visit) {
        for (const Edge& edge : edges_[s])
          if (allowed(edge)) visit(edge.to);
      });
      const std::vector<bool> back = reached(root, [&](std::size_t s, const auto& visit) {
        for (const std::size_t from : backwards[s]) visit(from);
      });
      std::vector<bool> component(states_.size());
      for (std::size_t s = 0; s < states_.size(); ++s) {
        component[s] = forth[s] && back[s];
        if (component[s]) done[s] = true;
      }
      if (answers(component, allowed, may_move, strong, starved)) return true;
    }
    return false;
  }

  template <class Neighbours>
  std::vector<bool> reached(std::size_t root, const Neighbours& neighbours) const {
    std::vector<bool> seen(states_.size());
    seen[root] = true;
    std::deque<std::size_t> queue{root};
    while (!queue.empty()) {
      const std::size_t s = queue.front();
      queue.pop_front();
      neighbours(s, [&](std::size_t next) {
        if (seen[next]) return;
        seen[next] = true;
        queue.push_back(next);
      });
    }
    return seen;
  }

  template <class Allowed>
  bool answers(const std::vector<bool>& component, const Allowed& allowed, unsigned may_move, bool strong,
               unsigned starved) const {
    unsigned moves = 0;
    unsigned always = ~0u;
    bool progress = false;
    bool counts = false;
    for (std::size_t s = 0; s < states_.size(); ++s) {
      if (!component[s]) continue;
      always &= enabled(s) | failing(s);
      for (const Edge& edge : edges_[s]) {
        if (!component[edge.to] || !allowed(edge)) continue;
        moves |= 1u << edge.thread;
        progress = progress || edge.progress;
      }
      if (starved == threads_) continue;
      const Stage stage = states_[s].threads[starved].stage;
      counts = starved != 0 && stage != Stage::ended && stage != Stage::unborn;  // main only ever waits for ends
    }
    if (moves == 0) return false;
    const bool fair = strong ? moves == (may_move & ((1u << threads_) - 1)) : (always & ~moves) == 0;
    return fair && (starved == threads_ || (progress && counts));
  }

  const Program& program_;
  std::size_t most_states_;
  unsigned threads_;
  std::map<State, std::size_t> numbers_;
  std::vector<State> states_;
  std::vector<std::vector<Edge>> edges_;
  Outcomes outcomes_;
  bool failed_ = false;
};

}  // namespace

Outcomes interpret(const Program& program, std::size_t most_states) { return Interpreter(program, most_states).run(); }

}  // namespace heddle::liveness_oracle
