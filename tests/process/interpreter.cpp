// All interleavings of a program of processes, by the words of POSIX: a process dies in one moment, with all its
// threads, at any point; then the operating system closes what it has open, one after another. It knows nothing of the
// engine, nor of how the models bring a death about.
#include <algorithm>
#include <csignal>
#include <map>
#include <unordered_set>

#include "process/program.hpp"

namespace heddle::process_oracle {

namespace {

struct Runner {
  enum Status : std::uint8_t { unborn, running, ended };
  Status status = unborn;
  std::uint8_t next = 0;
  std::uint8_t stage = 0;  ///< of wait_notified, and of the end
  bool blocked = false;    ///< in an operation that a handler may end
  Local local;
};

struct Process {
  enum Status : std::uint8_t { unborn, running, ended, dead, closing };
  Status status = unborn;
  Status becomes = ended;  ///< when everything is closed
  bool mortal = false;     ///< it has said that it may crash
  bool pending = false;    ///< a signal has been sent
  bool handles = false;
  bool interrupts = false;  ///< by that, what blocks
  int handled = 0;          ///< how many times
  bool terminated = false;  ///< it died of that
  unsigned parent = 0;
  bool child_ended = false;  ///< that signal has been sent
  bool handles_children = false;
  int children_handled = 0;
  int code = 0;
  int global = 0;
  std::array<Runner, 2> threads;
  std::array<bool, most_pipes> reads{}, writes{};
};

struct State {
  std::array<Process, most_processes> processes;
  std::array<std::vector<int>, most_pipes> pipes;
  std::vector<std::pair<int, int>> queue;  ///< priority, value; the oldest first
  int mutex = -1;                          ///< who holds it: process * 2 + thread
  int robust = -1;
  bool inconsistent = false;
  bool not_recoverable = false;
  int permits = 0;
  int atomic = 0;
  int plain = 0;
  unsigned waiting = 0;  ///< bits: threads
  unsigned crashes = 0;  ///< how many processes have died as --crash has it
};

class Interpreter {
 public:
  Interpreter(const Program& program, std::set<std::string>& outcomes) : program_(program), outcomes_(outcomes) {}

  bool run() {
    State start;
    start.permits = static_cast<int>(program_.permits);
    for (unsigned i = 0; i < program_.pipes; ++i) start.processes[0].reads[i] = start.processes[0].writes[i] = true;
    begin(start, 0);
    explore(start);
    return seen_.size() < most_states;
  }

 private:
  static constexpr std::size_t most_states = 10'000;

  void explore(const State& state) {
    if (seen_.size() >= most_states || !seen_.insert(key(state)).second) return;
    bool moved = false;
    for (unsigned p = 0; p < program_.processes.size(); ++p) {
      for (unsigned t = 0; t < 2; ++t) {
        if (state.processes[p].threads[t].status != Runner::running) continue;
        for (int outcome = 0, outcomes = 1; outcome < outcomes; ++outcome) {
          State next = state;
          outcomes = step(next, p, t, outcome);
          if (outcomes == 0) break;
          moved = true;
          explore(next);
        }
      }
    }
    for (unsigned p = 0; p < program_.processes.size(); ++p) {
      const Process& process = state.processes[p];
      if (process.status == Process::closing) {
        moved = true;
        State next = state;
        clear_up(next, p);
        explore(next);
      }
      if (process.status != Process::running) continue;
      const bool counts = !process.mortal && p != 0 && state.crashes < program_.crashes;
      if (process.mortal || counts) {
        State next = state;
        next.crashes += counts ? 1 : 0;
        die(next, p);
        explore(next);
      }
      if (process.pending) {  // it is taken at some moment
        moved = true;
        State next = state;
        next.processes[p].pending = false;
        if (process.handles)
          handle(next.processes[p]);
        else
          die(next, p);
        next.processes[p].terminated = !process.handles;
        explore(next);
      }
      if (process.child_ended) {
        moved = true;
        State next = state;
        next.processes[p].child_ended = false;
        next.processes[p].children_handled++;
        explore(next);
      }
    }
    if (!moved) outcomes_.insert(outcome_of(state));
  }

  std::string outcome_of(const State& state) const {
    std::string text;
    for (unsigned p = 0; p < program_.processes.size(); ++p) {
      const Process& process = state.processes[p];
      text += std::to_string(p) + ":";
      if (process.status == Process::dead) text += "dead";
      if (process.status == Process::running || process.status == Process::ended)
        for (unsigned t = 0; t < 2; ++t)
          if (t == 0 || program_.processes[p].has_second())
            text += process.threads[t].local.log + (process.threads[t].status == Runner::ended ? "." : "?");
      if (process.status != Process::dead)
        text += std::string(static_cast<std::size_t>(process.handled), 'H') +
                std::string(static_cast<std::size_t>(process.children_handled), 'C');
      text += " ";
    }
    return text + "= " + std::to_string(state.atomic);
  }

  static std::string key(const State& state) {
    std::string text;
    const auto add = [&](int value) { text += static_cast<char>(value); };
    for (const Process& process : state.processes) {
      add(process.status);
      add(process.becomes);
      add(process.mortal);
      add(process.code);
      add(process.global);
      add(process.handled);
      add(process.children_handled);
      add(static_cast<int>(process.parent) * 4 + process.child_ended * 2 + process.handles_children);
      add(process.interrupts * 8 + process.pending * 4 + process.handles * 2 + process.terminated);
      for (unsigned i = 0; i < most_pipes; ++i) add(process.reads[i] * 2 + process.writes[i]);
      for (const Runner& runner : process.threads) {
        add(runner.status);
        add(runner.next);
        add(runner.stage * 2 + runner.blocked);
        text += runner.local.log + "|";
      }
    }
    for (const auto& pipe : state.pipes) {
      for (const int value : pipe) add(value);
      text += "|";
    }
    for (const auto& [priority, value] : state.queue) add(priority * 16 + value);
    for (const int value :
         {state.mutex, state.robust, int{state.inconsistent}, int{state.not_recoverable}, state.permits, state.atomic,
          state.plain, static_cast<int>(state.waiting), static_cast<int>(state.crashes)})
      add(value);
    return text;
  }

  void begin(State& state, unsigned p) {
    Process& process = state.processes[p];
    process.status = Process::running;
    process.mortal = program_.processes[p].may_crash;
    for (unsigned t = 0; t < 2; ++t) {
      if (t == 1 && !program_.processes[p].has_second()) continue;
      process.threads[t].status = Runner::running;
      process.threads[t].local.reads = process.reads;
      process.threads[t].local.writes = process.writes;
    }
  }

  /// The next of what the operating system does when a process ends, however it does.
  void clear_up(State& state, unsigned p) const {
    Process& process = state.processes[p];
    for (unsigned i = 0; i < program_.pipes; ++i) {
      for (bool* const end : {&process.reads[i], &process.writes[i]}) {
        if (!*end) continue;
        *end = false;
        return;
      }
    }
    process.status = process.becomes;
    Process& parent = state.processes[process.parent];
    parent.child_ended |= p != 0 && parent.status == Process::running && parent.handles_children;
  }
  void leave_robust(State& state, unsigned p, unsigned t) {
    if (state.robust != static_cast<int>(p * 2 + t)) return;
    state.robust = -1;
    state.inconsistent = true;
  }

  void die(State& state, unsigned p) {
    for (unsigned t = 0; t < 2; ++t) leave_robust(state, p, t);
    for (unsigned t = 0; t < 2; ++t) state.waiting &= ~(1u << (p * 2 + t));
    state.processes[p].status = Process::closing;
    state.processes[p].becomes = Process::dead;
    for (Runner& runner : state.processes[p].threads) runner.status = Runner::ended;
  }

  void end(State& state, unsigned p, int code) {
    leave_robust(state, p, 0);
    state.processes[p].status = Process::closing;
    state.processes[p].becomes = Process::ended;
    state.processes[p].code = code;
    state.processes[p].threads[0].status = Runner::ended;
  }

  bool anybody(const State& state, std::array<bool, most_pipes> Process::*ends, unsigned pipe) const {
    return std::any_of(state.processes.begin(), state.processes.end(),
                       [&](const Process& process) { return (process.*ends)[pipe]; });
  }

  /// How many outcomes the thread's next step has, 0 where it must wait; `state` becomes that after `outcome`.
  int step(State& state, unsigned p, unsigned t, int outcome) {
    Runner& me = state.processes[p].threads[t];
    const auto& actions = program_.processes[p].threads[t];
    while (me.next < actions.size() && me.stage == 0 && !performs(actions[me.next], me.local)) me.next++;
    if (me.next == actions.size()) return finish(state, p, t);
    const Action& action = actions[me.next];
    if (action.act == Act::exit) {
      end(state, p, action.value);
      return 1;
    }
    if (action.act == Act::wait_notified) return wait_notified(state, p, t);
    const int outcomes = perform(state, p, t, action, outcome);
    const bool begins_to_wait = outcomes == 0 && state.processes[p].interrupts && !me.blocked;
    if (outcomes != 0) me.next++;
    me.blocked = begins_to_wait && may_be_interrupted(action.act);
    return me.blocked ? 1 : outcomes;
  }

  static bool may_be_interrupted(Act act) {
    return act == Act::read || act == Act::write || act == Act::send || act == Act::receive || act == Act::wait;
  }

  static void handle(Process& process) {
    process.handled++;
    Runner& first = process.threads[0];
    if (!process.interrupts || !first.blocked) return;
    first.local.log += 'I';
    first.blocked = false;
    first.next++;
  }

  int finish(State& state, unsigned p, unsigned t) {
    Process& process = state.processes[p];
    if (t == 1) {
      leave_robust(state, p, t);
      process.threads[1].status = Runner::ended;
      return 1;
    }
    if (program_.processes[p].has_second() && process.threads[1].status != Runner::ended) return 0;
    end(state, p, 0);
    return 1;
  }

  int wait_notified(State& state, unsigned p, unsigned t) {
    Runner& me = state.processes[p].threads[t];
    const unsigned bit = 1u << (p * 2 + t);
    switch (me.stage) {
      case 0:
        state.waiting |= bit;
        state.mutex = -1;
        me.stage = 1;
        return 1;
      case 1:
        if ((state.waiting & bit) != 0) return 0;
        me.stage = 2;
        return 1;
      default:
        if (state.mutex >= 0) return 0;
        state.mutex = static_cast<int>(p * 2 + t);
        me.stage = 0;
        me.next++;
        return 1;
    }
  }

  int perform(State& state, unsigned p, unsigned t, const Action& action, int outcome) {
    Local& local = state.processes[p].threads[t].local;
    const int who = static_cast<int>(p * 2 + t);
    switch (action.act) {
      case Act::lock:
        if (state.mutex >= 0) return 0;
        state.mutex = who;
        local.held = true;
        return 1;
      case Act::unlock:
        state.mutex = -1;
        local.held = false;
        return 1;
      case Act::acquire:
        if (state.permits == 0) return 0;
        state.permits--;
        return 1;
      case Act::release:
        state.permits++;
        return 1;
      case Act::load:
        local.log += static_cast<char>('0' + state.atomic);
        return 1;
      case Act::store:
        state.atomic = action.value;
        return 1;
      case Act::look:
        local.log += static_cast<char>('0' + state.plain);
        return 1;
      case Act::change:
        state.plain = action.value;
        return 1;
      case Act::look_global:
        local.log += static_cast<char>('0' + state.processes[p].global);
        return 1;
      case Act::change_global:
        state.processes[p].global = action.value;
        return 1;
      case Act::notify_one:
        return notify(state, outcome);
      case Act::start:
        start(state, p, action.object);
        local.started |= static_cast<std::uint8_t>(1u << action.object);
        return 1;
      case Act::kill:
      case Act::handle:
      case Act::handle_children:
      case Act::handle_and_interrupt:
        return use_signals(state, p, action);
      case Act::wait:
        return wait(state, local, action.object);
      case Act::look_for_end:
      case Act::wait_in_time:  // whenever it would have to wait, it may also be over
        if (wait(state, local, action.object) == 0) local.log += '-';
        return 1;
      case Act::lock_robust:
      case Act::unlock_robust:
      case Act::make_consistent:
        return use_robust(state, local, who, action.act);
      case Act::send:
      case Act::send_in_time:
      case Act::receive:
      case Act::try_receive:
      case Act::receive_in_time:
        return use_queue(state, local, action);
      default:
        return use_pipe(state, p, local, action);
    }
  }

  static int notify(State& state, int outcome) {
    std::vector<unsigned> waiting;
    for (unsigned who = 0; who < 2 * most_processes; ++who)
      if ((state.waiting >> who & 1) != 0) waiting.push_back(who);
    if (waiting.empty()) return 1;
    state.waiting &= ~(1u << waiting[static_cast<std::size_t>(outcome)]);
    return static_cast<int>(waiting.size());
  }

  static int use_signals(State& state, unsigned p, const Action& action) {
    if (action.act == Act::handle || action.act == Act::handle_and_interrupt) {
      state.processes[p].handles = true;
      state.processes[p].interrupts = action.act == Act::handle_and_interrupt;
    }
    if (action.act == Act::handle_children) state.processes[p].handles_children = true;
    if (action.act == Act::kill)
      state.processes[action.object].pending |= state.processes[action.object].status == Process::running;
    return 1;
  }

  void start(State& state, unsigned parent, unsigned child) {
    state.processes[child].reads = state.processes[parent].reads;
    state.processes[child].writes = state.processes[parent].writes;
    state.processes[child].parent = parent;
    state.processes[child].global = state.processes[parent].global;
    begin(state, child);
  }

  static int wait(State& state, Local& local, unsigned child) {
    const Process& process = state.processes[child];
    if (process.status != Process::ended && process.status != Process::dead) return 0;
    local.waited |= static_cast<std::uint8_t>(1u << child);
    local.log +=
        process.status == Process::dead ? process.terminated ? 'T' : 'K' : static_cast<char>('a' + process.code);
    return 1;
  }

  static int use_robust(State& state, Local& local, int who, Act act) {
    if (act == Act::make_consistent) {
      state.inconsistent = local.inconsistent = false;
    } else if (act == Act::unlock_robust) {
      state.robust = -1;
      state.not_recoverable = state.inconsistent;
      local.held_robust = local.inconsistent = false;
    } else if (state.not_recoverable) {
      local.log += 'N';
    } else {
      if (state.robust >= 0) return 0;
      state.robust = who;
      local.held_robust = true;
      local.inconsistent = state.inconsistent;
      local.log += state.inconsistent ? 'O' : 'L';
    }
    return 1;
  }

  int use_queue(State& state, Local& local, const Action& action) {
    const bool sends = action.act == Act::send || action.act == Act::send_in_time;
    if (sends ? state.queue.size() == program_.queue_capacity : state.queue.empty()) {
      if (action.act == Act::send || action.act == Act::receive) return 0;
      local.log += 'E';
      return 1;
    }
    if (sends) {
      state.queue.emplace_back(action.object, action.value);
      return 1;
    }
    const auto first = std::max_element(state.queue.begin(), state.queue.end(),
                                        [](const auto& a, const auto& b) { return a.first < b.first; });
    local.log += static_cast<char>('0' + first->second);
    state.queue.erase(first);
    return 1;
  }

  int use_pipe(State& state, unsigned p, Local& local, const Action& action) {
    std::vector<int>& pipe = state.pipes[action.object];
    switch (action.act) {
      case Act::close_read:
        local.reads[action.object] = state.processes[p].reads[action.object] = false;
        return 1;
      case Act::close_write:
        local.writes[action.object] = state.processes[p].writes[action.object] = false;
        return 1;
      case Act::write:
        if (!anybody(state, &Process::reads, action.object)) {
          local.log += 'B';
          return 1;
        }
        if (pipe.size() == program_.pipe_capacity) return 0;
        pipe.push_back(action.value);
        return 1;
      default:
        if (pipe.empty()) {
          if (anybody(state, &Process::writes, action.object)) return 0;
          local.log += 'F';
          return 1;
        }
        local.log += static_cast<char>('0' + pipe.front());
        pipe.erase(pipe.begin());
        return 1;
    }
  }

  const Program& program_;
  std::set<std::string>& outcomes_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

bool interpret(const Program& program, std::set<std::string>& outcomes) { return Interpreter(program, outcomes).run(); }

}  // namespace heddle::process_oracle
