#include "process/program.hpp"

#include <algorithm>

namespace heddle::process_oracle {

bool performs(const Action& action, const Local& local) {
  const unsigned bit = 1u << action.object;
  switch (action.act) {
    case Act::write:
      return local.writes[action.object];
    case Act::read:
      return local.reads[action.object];
    case Act::close_read:
      return local.reads[action.object];
    case Act::close_write:
      return local.writes[action.object];
    case Act::lock:
      return !local.held;
    case Act::unlock:
    case Act::wait_notified:
      return local.held;
    case Act::lock_robust:
      return !local.held_robust;
    case Act::unlock_robust:
    case Act::look:
    case Act::change:
      return local.held_robust;
    case Act::make_consistent:
      return local.held_robust && local.inconsistent;
    case Act::kill:
    case Act::wait:
    case Act::look_for_end:
    case Act::wait_in_time:
      return (local.started & bit) != 0 && (local.waited & bit) == 0;
    default:
      return true;
  }
}

namespace {

using enum Act;
const std::vector<Family> all_families = {
    {.name = "pipes", .acts = {{write, 4}, {read, 4}, {close_read, 2}, {close_write, 2}, {store, 1}, {load, 1}}},
    {.name = "pipes and deaths",
     .acts = {{write, 4}, {read, 4}, {close_read, 1}, {close_write, 2}, {load, 1}, {store, 1}},
     .most_actions = 3,
     .crash_percent = 50},
    {.name = "queues and deaths",
     .acts =
         {{send, 4}, {send_in_time, 1}, {receive, 3}, {try_receive, 1}, {receive_in_time, 1}, {store, 1}, {load, 1}},
     .most_actions = 3,
     .crash_percent = 40},
    {.name = "locks and deaths",
     .acts =
         {{lock, 2}, {unlock, 2}, {lock_robust, 4}, {unlock_robust, 3}, {make_consistent, 2}, {store, 1}, {load, 1}},
     .crash_percent = 50},
    {.name = "plain data and deaths",
     .acts = {{lock_robust, 4}, {change, 6}, {look, 3}, {unlock_robust, 2}, {make_consistent, 1}, {store, 1}},
     .most_actions = 5,
     .crash_percent = 60,
     .second_percent = 20},
    {.name = "plain data and signals",
     .acts = {{lock_robust, 4}, {change, 6}, {look, 3}, {unlock_robust, 2}, {handle, 2}},
     .most_processes = 2,
     .most_actions = 4,
     .killable_percent = 90},
    {.name = "shared memory",
     .acts = {{acquire, 2}, {release, 2}, {lock, 3}, {unlock, 3}, {wait_notified, 2}, {notify_one, 2}, {store, 1}},
     .crash_percent = 40},
    {.name = "families",
     .acts = {{store, 2},
              {load, 2},
              {write, 2},
              {read, 1},
              {exit, 1},
              {change_global, 2},
              {look_global, 2},
              {lock_robust, 1}},
     .most_processes = 3,
     .most_actions = 2,
     .crash_percent = 30,
     .nested = true},
    {.name = "families and --crash",
     .acts = {{store, 1}, {load, 2}, {write, 1}, {lock_robust, 1}, {exit, 1}},
     .most_processes = 3,
     .most_actions = 1,
     .nested = true,
     .most_crashes = 2},
    {.name = "threads and deaths",
     .acts = {{store, 2}, {load, 2}, {write, 2}, {read, 2}, {lock_robust, 2}, {unlock_robust, 1}, {send, 1}, {lock, 1}},
     .most_processes = 2,
     .most_actions = 2,
     .crash_percent = 60,
     .second_percent = 60},
    {.name = "signals",
     .acts = {{handle, 3},
              {change_global, 1},
              {look_global, 1},
              {store, 2},
              {load, 2},
              {write, 1},
              {read, 2},
              {lock_robust, 1},
              {unlock_robust, 1}},
     .most_processes = 2,
     .most_actions = 3,
     .crash_percent = 15,
     .killable_percent = 90,
     .second_percent = 20},
    {.name = "interrupted waits",
     .acts = {{handle_and_interrupt, 4}, {handle, 1}, {read, 3}, {write, 3}, {send, 2}, {receive, 2}, {store, 1}},
     .most_processes = 2,
     .most_actions = 3,
     .crash_percent = 10,
     .killable_percent = 90},
    {.name = "ends of children",
     .acts = {{handle_children, 6}, {handle, 1}, {load, 1}, {store, 1}},
     .most_processes = 3,
     .most_actions = 1,
     .crash_percent = 10,
     .killable_percent = 50,
     .nested = true},
    {.name = "mixtures",
     .acts = {{write, 2},
              {read, 2},
              {close_write, 1},
              {send, 1},
              {receive, 1},
              {lock_robust, 2},
              {release, 1},
              {acquire, 1},
              {store, 1},
              {load, 1},
              {unlock_robust, 1},
              {change_global, 1},
              {look_global, 1}},
     .most_actions = 3,
     .crash_percent = 30,
     .second_percent = 15},
};

bool handles(const Action& action) { return action.act >= Act::handle; }

class Generator {
 public:
  Generator(const Family& family, std::mt19937_64& random) : family_(family), random_(random) {}

  Program make() {
    Program program;
    const unsigned count = 2 + below(family_.most_processes - 1);
    program.processes.resize(count);
    program.pipes = 1 + below(most_pipes);
    program.pipe_capacity = 1 + below(2);
    program.queue_capacity = 1 + below(2);
    program.permits = below(2);
    if (family_.most_crashes != 0) program.crashes = 1 + below(family_.most_crashes);
    for (unsigned p = 0; p < count; ++p) {
      ProgramProcess& process = program.processes[p];
      const bool second = below(100) < family_.second_percent;
      fill(process.threads[0], program, second);
      if (second) fill(process.threads[1], program, true);
      process.may_crash = below(100) < family_.crash_percent && (p != 0 || below(3) == 0);
      process.killable = p != 0 && below(100) < family_.killable_percent;
      if (!process.killable || second) std::erase_if(process.threads[0], handles);
      std::erase_if(process.threads[1], handles);
    }
    for (unsigned p = 1; p < count; ++p) {
      auto& actions = program.processes[family_.nested ? below(p) : 0].threads[0];
      const auto object = static_cast<std::uint8_t>(p);
      // Mostly all of them first, and waits last.
      const std::size_t at = below(3) != 0 ? 0 : below(static_cast<unsigned>(actions.size()) + 1);
      actions.insert(actions.begin() + static_cast<std::ptrdiff_t>(at), {.act = Act::start, .object = object});
      const auto later = [&](Act act) {
        const auto place = at + 1 + below(static_cast<unsigned>(actions.size() - at));
        actions.insert(actions.begin() + static_cast<std::ptrdiff_t>(place), {.act = act, .object = object});
      };
      if (program.processes[p].killable && (!family_.nested || below(3) == 0)) later(Act::kill);
      if (program.processes[p].killable && !family_.nested && below(3) == 0) later(Act::kill);
      if (below(4) == 0) later(below(2) != 0 ? Act::look_for_end : Act::wait_in_time);
      if (below(4) == 0) continue;
      const std::size_t rest = actions.size() - at;
      const std::size_t wait = below(2) != 0 ? rest : 1 + below(static_cast<unsigned>(rest));
      actions.insert(actions.begin() + static_cast<std::ptrdiff_t>(at + wait), {.act = Act::wait, .object = object});
    }
    return program;
  }

 private:
  unsigned below(unsigned limit) { return limit == 0 ? 0 : static_cast<unsigned>(random_() % limit); }

  void fill(std::vector<Action>& actions, const Program& program, bool threaded) {
    const unsigned count = 1 + below(family_.most_actions);
    while (actions.size() < count) {
      const Action action = random_action(program);
      // The threads of a process have its descriptors and globals in common, and end it together.
      const bool plain = action.act == Act::look_global || action.act == Act::change_global;
      if (threaded &&
          (plain || action.act == Act::close_read || action.act == Act::close_write || action.act == Act::exit))
        continue;
      actions.push_back(action);
    }
  }

  Action random_action(const Program& program) {
    unsigned total = 0;
    for (const auto& [act, weight] : family_.acts) total += weight;
    unsigned pick = below(total);
    Action action;
    for (const auto& [act, weight] : family_.acts) {
      action.act = act;
      if (pick < weight) break;
      pick -= weight;
    }
    const bool pipe = action.act <= Act::close_write;
    action.object = static_cast<std::uint8_t>(pipe ? below(program.pipes)
                                              : action.act == Act::send || action.act == Act::send_in_time ? below(2)
                                                                                                           : 0);
    action.value = static_cast<std::uint8_t>(1 + below(3));
    return action;
  }

  const Family& family_;
  std::mt19937_64& random_;
};

const char* word_of(Act act) {
  static constexpr const char* words[] = {"write",
                                          "read",
                                          "close_read",
                                          "close_write",
                                          "send",
                                          "send_in_time",
                                          "receive",
                                          "try_receive",
                                          "receive_in_time",
                                          "lock",
                                          "unlock",
                                          "lock_robust",
                                          "unlock_robust",
                                          "make_consistent",
                                          "acquire",
                                          "release",
                                          "load",
                                          "store",
                                          "look",
                                          "look_global",
                                          "change_global",
                                          "change",
                                          "wait_notified",
                                          "notify_one",
                                          "exit",
                                          "start",
                                          "wait",
                                          "look_for_end",
                                          "wait_in_time",
                                          "kill",
                                          "handle",
                                          "handle_children",
                                          "handle_and_interrupt"};
  return words[static_cast<int>(act)];
}

}  // namespace

const std::vector<Family>& families() { return all_families; }
Program random_program(const Family& family, std::mt19937_64& random) { return Generator(family, random).make(); }

unsigned action_count(const Program& program) {
  std::size_t count = 0;
  for (const ProgramProcess& process : program.processes)
    for (const auto& thread : process.threads) count += thread.size();
  return static_cast<unsigned>(count);
}

std::string to_text(const Program& program) {
  std::string text = std::to_string(program.pipes) + " pipes of " + std::to_string(program.pipe_capacity) +
                     ", queue of " + std::to_string(program.queue_capacity) + ", " + std::to_string(program.permits) +
                     " permits, --crash=" + std::to_string(program.crashes) + "\n";
  for (std::size_t p = 0; p < program.processes.size(); ++p) {
    const ProgramProcess& process = program.processes[p];
    text += "process " + std::to_string(p) + (process.may_crash ? ", may crash" : "") +
            (process.killable ? ", killable:" : ":");
    for (const auto& thread : process.threads) {
      if (&thread != &process.threads[0] && !thread.empty()) text += "\n   second thread:";
      for (const Action& a : thread)
        text +=
            std::string(" ") + word_of(a.act) + "(" + std::to_string(a.object) + ", " + std::to_string(a.value) + ")";
    }
    text += "\n";
  }
  return text;
}

}  // namespace heddle::process_oracle
