#include "oracle/candidates.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <unordered_set>

#include "oracle/axioms.hpp"

namespace heddle::oracle {

namespace {

struct Runner {
  enum Status : std::uint8_t { unborn, running, ended };

  Status status = unborn;
  std::size_t next = 0;  ///< the action that it is at
  std::size_t last = 0;  ///< how many events it has
  int end = -1;          ///< the event with which it ended
  Local local;
};

/// Threads, each run so far, and what they have done.
struct State {
  std::array<Runner, most_threads> runners;
  std::array<int, most_objects> plain{};
  Candidate so_far;
};

class Enumerator {
 public:
  Enumerator(const Program& program, std::size_t most, TracesOfModels& traces)
      : program_(program), most_(most), traces_(traces) {}

  bool run() {
    State start;
    start.so_far.plain_accesses.resize(program_.threads.size());
    start.runners[0].status = Runner::running;
    settle(start, 0);
    explore(start);
    for (auto& [model, traces] : traces_) {
      traces.commuting = Commuting::all();
      for (const auto& [kind, trace] : leaves_[model]) traces.commuting.restrict_to(trace);
      for (const auto& [kind, trace] : leaves_[model]) (traces.*kind)[to_text(trace, traces.commuting)] = 1;
    }
    return !too_many_;
  }

 private:
  void explore(const State& state) {
    if (too_many_ || !seen_.insert(key(state)).second) return;
    if (++count_ > most_ || state.so_far.events.size() >= most_events) {
      too_many_ = true;
      return;
    }
    bool may_be_leaf = true;
    for (unsigned t = 0; t < program_.threads.size(); ++t) {
      if (state.runners[t].status != Runner::running) continue;
      const bool waits = step(state, t);
      may_be_leaf = may_be_leaf && waits;
    }
    if (may_be_leaf) order_writes(state);
  }

  /// What tells one state from another: what each thread did and read, but not how they were interleaved.
  static std::string key(const State& state) {
    std::vector<std::string> threads(most_threads);
    std::vector<std::pair<unsigned, unsigned>> names;
    std::array<unsigned, most_threads> counts{};
    for (const CandidateEvent& e : state.so_far.events) {
      names.emplace_back(e.thread, counts[e.thread]++);
      std::string& text = threads[e.thread];
      for (const int part : {static_cast<int>(e.step), static_cast<int>(e.kind), int{e.object}, int{e.reads},
                             int{e.writes}, e.detail, e.read_value, e.written_value})
        text += static_cast<char>(part);
      text += e.source < 0 ? "i"
                           : std::to_string(names[static_cast<std::size_t>(e.source)].first) + "." +
                                 std::to_string(names[static_cast<std::size_t>(e.source)].second);
      text += ';';
    }
    std::string all;
    for (const std::string& text : threads) all += text + '|';
    return all;
  }

  // --- one step of a thread: all ways to make it. Says whether the thread may have to wait instead. ---

  bool step(const State& state, unsigned t) {
    const Runner& me = state.runners[t];
    if (me.next == program_.threads[t].actions.size()) return finish(state, t);
    const Action& a = program_.threads[t].actions[me.next];
    switch (a.act) {
      case Act::choose:
        for (int outcome = 0; outcome < a.value; ++outcome) {
          State next = state;
          next.runners[t].local.reg = outcome;
          go_on(next, t, {.step = Step::choose, .detail = outcome});
        }
        return false;
      case Act::fence: {
        State next = state;
        // A relaxed fence is no operation; any other is one.
        if (a.order == Ordering::relaxed) {
          next.runners[t].next++;
          settle(next, t);
          explore(next);
        } else {
          go_on(next, t, {.step = Step::fence, .order = a.order, .is_atomic = true});
        }
        return false;
      }
      case Act::store: {
        State next = state;
        go_on(next, t,
              {.step = Step::store,
               .kind = Kind::atomic,
               .object = a.object,
               .writes = true,
               .order = a.order,
               .is_atomic = true,
               .written_value = operand(a, me.local)});
        return false;
      }
      case Act::spawn: {
        State next = state;
        next.runners[t].local.spawned |= static_cast<std::uint8_t>(1u << a.other);
        next.runners[a.other].status = Runner::running;
        add(next, t, {.step = Step::spawn, .detail = a.other});
        add(next, a.other, {.step = Step::spawn, .begins = true});
        settle(next, a.other);
        next.runners[t].next++;
        settle(next, t);
        explore(next);
        return false;
      }
      case Act::join:
        return !join(state, t, a.other, true);
      default:
        return read_everything(state, t, a);
    }
  }

  bool finish(const State& state, unsigned t) {
    const Local& local = state.runners[t].local;
    for (unsigned child = 0; child < program_.threads.size(); ++child) {
      const unsigned bit = 1u << child;
      if ((local.spawned & bit) != 0 && (local.joined & bit) == 0 && !program_.threads[child].detached)
        return !join(state, t, child, false);
    }
    State next = state;
    next.runners[t].status = Runner::ended;
    next.runners[t].end = static_cast<int>(next.so_far.events.size());
    add(next, t, {.step = Step::end});
    explore(next);
    return false;
  }

  bool join(const State& state, unsigned t, unsigned child, bool is_action) {
    if (state.runners[child].status != Runner::ended) return false;
    State next = state;
    next.runners[t].local.joined |= static_cast<std::uint8_t>(1u << child);
    add(next, t, {.step = Step::join, .detail = static_cast<int>(child), .source = state.runners[child].end});
    if (is_action) next.runners[t].next++;
    settle(next, t);
    explore(next);
    return true;
  }

  /// The action reading from each write that there is. It may have to wait where its guard may be false.
  bool read_everything(const State& state, unsigned t, const Action& a) {
    const Kind kind = kind_of(a.act);
    for (int source = -1; source < static_cast<int>(state.so_far.events.size()); ++source) {
      if (source >= 0) {
        const CandidateEvent& w = state.so_far.events[static_cast<std::size_t>(source)];
        if (!w.writes || w.kind != kind || w.object != a.object) continue;
      }
      State next = state;
      std::optional<CandidateEvent> event = update(next, t, a, value_of(state, kind, a.object, source));
      if (!event) continue;
      event->source = source;
      go_on(next, t, *event);
      if (a.act != Act::compare_exchange_weak || !event->writes ||
          state.runners[t].local.failures >= program_.spurious_failures)
        continue;
      State failed = state;  // for no reason
      event = update(failed, t, a, event->read_value);
      event->source = source;
      event->writes = false;
      event->order = a.failure;
      failed.runners[t].local.failures++;
      go_on(failed, t, *event);
    }
    return a.act == Act::lock || a.act == Act::acquire;
  }

  int value_of(const State& state, Kind kind, unsigned object, int source) const {
    if (source >= 0) return state.so_far.events[static_cast<std::size_t>(source)].written_value;
    return kind == Kind::semaphore ? program_.permits[object] : 0;
  }

  static Kind kind_of(Act act) {
    switch (act) {
      case Act::lock:
      case Act::try_lock:
      case Act::unlock:
        return Kind::mutex;
      case Act::acquire:
      case Act::try_acquire:
      case Act::release:
        return Kind::semaphore;
      case Act::load:
      case Act::fetch_add:
      case Act::exchange:
      case Act::compare_exchange:
      case Act::compare_exchange_weak:
        return Kind::atomic;
      default:
        throw std::logic_error("candidates: this action is not known");
    }
  }

  /// What the action makes of `value`; nothing where it has to wait in it. A mutex's value is 0 or its holder + 1.
  static std::optional<CandidateEvent> update(State& state, unsigned t, const Action& a, int value) {
    Local& local = state.runners[t].local;
    CandidateEvent e{.kind = kind_of(a.act), .object = a.object, .reads = true, .writes = true};
    e.read_value = value;
    e.is_atomic = e.kind == Kind::atomic;
    e.order = a.order;
    const int holder = static_cast<int>(t) + 1;
    switch (a.act) {
      case Act::load:
        e.step = Step::load;
        e.writes = false;
        break;
      case Act::fetch_add:
        e.step = Step::fetch_add;
        e.written_value = value + operand(a, local);
        break;
      case Act::exchange:
        e.step = Step::exchange;
        e.written_value = operand(a, local);
        break;
      case Act::compare_exchange:
      case Act::compare_exchange_weak:
        e.step = Step::compare_exchange;
        e.writes = value == a.expected;
        e.written_value = operand(a, local);
        if (!e.writes) e.order = a.failure;
        break;
      case Act::lock:
      case Act::try_lock:
        e.step = a.act == Act::lock ? Step::lock : Step::try_lock;
        if (a.act == Act::lock && value != 0) return {};
        e.writes = e.acquires = value == 0;
        e.written_value = holder;
        local.held[a.object] = e.writes ? 1 : 0;
        if (a.act == Act::try_lock) local.reg = e.writes ? 1 : 0;
        break;
      case Act::unlock:
        e.step = Step::unlock;
        if (value != holder) return {};
        e.releases = true;
        local.held[a.object] = 0;
        break;
      case Act::acquire:
      case Act::try_acquire:
        e.step = a.act == Act::acquire ? Step::acquire : Step::try_acquire;
        if (a.act == Act::acquire && value == 0) return {};
        e.writes = e.acquires = value > 0;
        e.written_value = value - 1;
        if (a.act == Act::try_acquire) local.reg = e.writes ? 1 : 0;
        break;
      default:
        e.step = Step::release;
        e.releases = true;
        e.written_value = value + operand(a, local);
        break;
    }
    if (e.is_atomic) local.reg = value;
    return e;
  }

  static void add(State& state, unsigned t, const CandidateEvent& event) {
    state.so_far.events.push_back(event);
    state.so_far.events.back().thread = t;
    state.runners[t].last++;
  }

  void go_on(State& next, unsigned t, const CandidateEvent& event) {
    add(next, t, event);
    next.runners[t].next++;
    settle(next, t);
    explore(next);
  }

  /// Passes over the actions that the thread does not perform, and does those that are no events.
  void settle(State& state, unsigned t) {
    Runner& me = state.runners[t];
    const auto& actions = program_.threads[t].actions;
    for (; me.next < actions.size(); ++me.next) {
      const Action& a = actions[me.next];
      if (!performs(a, me.local)) continue;
      if (a.act != Act::read_plain && a.act != Act::write_plain) return;
      const bool write = a.act == Act::write_plain;
      state.so_far.plain_accesses[t].push_back({a.object, write, static_cast<std::uint8_t>(me.last)});
      if (write)
        state.plain[a.object] = operand(a, me.local);
      else
        me.local.reg = state.plain[a.object];
    }
  }

  // --- the orders of writes ---

  /// Under SC every access synchronizes.
  struct Judges {
    Relations without_orders, with_orders;
  };

  void order_writes(const State& state) {
    std::vector<std::vector<int>> writes;
    for (const Kind kind : {Kind::atomic, Kind::mutex, Kind::semaphore}) {
      for (unsigned object = 0; object < most_objects; ++object) {
        std::vector<int> mine;
        for (std::size_t e = 0; e < state.so_far.events.size(); ++e) {
          const CandidateEvent& event = state.so_far.events[e];
          if (event.writes && event.kind == kind && event.object == object) mine.push_back(static_cast<int>(e));
        }
        if (!mine.empty()) writes.push_back(mine);
      }
    }
    const bool ends = std::all_of(state.runners.begin(), state.runners.end(),
                                  [](const Runner& r) { return r.status != Runner::running; });
    State ordered = state;
    Judges judges{Relations(ordered.so_far, false), Relations(ordered.so_far, true)};
    order_from(ordered, judges, ends, writes, 0);
  }

  void order_from(State& state, Judges& judges, bool ends, std::vector<std::vector<int>>& writes, std::size_t first) {
    if (too_many_) return;
    if (first == writes.size()) {
      state.so_far.coherence = writes;
      judge(state, judges, ends);
      return;
    }
    std::vector<int>& mine = writes[first];
    std::sort(mine.begin(), mine.end());
    do order_from(state, judges, ends, writes, first + 1);
    while (std::next_permutation(mine.begin(), mine.end()));
  }

  void judge(const State& state, Judges& judges, bool ends) {
    if (++count_ > most_) too_many_ = true;
    if (!ends && !all_wait(state)) return;
    judges.without_orders.set_coherence(state.so_far.coherence);
    judges.with_orders.set_coherence(state.so_far.coherence);
    for (auto& [model, traces] : traces_) {
      const Relations& relations = model == "sc" ? judges.without_orders : judges.with_orders;
      if (!relations.consistent(model)) continue;
      if (has_race(state.so_far, relations.hb)) traces.race = true;
      leaves_[model].emplace_back(ends ? &Traces::complete : &Traces::deadlocks,
                                  trace_of(state.so_far, program_.threads.size()));
    }
  }

  /// Whether every thread that has not ended waits in the newest state of what it asks for.
  bool all_wait(const State& state) const {
    for (unsigned t = 0; t < program_.threads.size(); ++t) {
      const Runner& me = state.runners[t];
      if (me.status != Runner::running) continue;
      if (me.next == program_.threads[t].actions.size()) continue;  // its join: it may wait, or there were a next step
      const Action& a = program_.threads[t].actions[me.next];
      if (a.act != Act::lock && a.act != Act::acquire) continue;
      int newest = -1;
      for (const auto& order : state.so_far.coherence) {
        const CandidateEvent& e = state.so_far.events[static_cast<std::size_t>(order.back())];
        if (e.kind == kind_of(a.act) && e.object == a.object) newest = order.back();
      }
      State copy = state;
      if (update(copy, t, a, value_of(state, kind_of(a.act), a.object, newest))) return false;
    }
    return true;
  }

  const Program& program_;
  const std::size_t most_;
  TracesOfModels& traces_;
  std::unordered_set<std::string> seen_;
  std::map<std::string, std::vector<std::pair<std::map<std::string, unsigned> Traces::*, Trace>>>
      leaves_;  ///< by model
  std::size_t count_ = 0;
  bool too_many_ = false;
};

}  // namespace

bool axiomatic(const Program& program, std::size_t most_candidates, TracesOfModels& traces) {
  return Enumerator(program, most_candidates, traces).run();
}

}  // namespace heddle::oracle
