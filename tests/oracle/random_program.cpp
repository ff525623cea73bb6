#include "oracle/random_program.hpp"

#include <algorithm>

namespace heddle::oracle {

namespace {

class Generator {
 public:
  Generator(const Family& family, Random& random) : family_(family), random_(random) {}

  Program make() {
    const unsigned threads = family_.fewest_threads + below(family_.most_threads - family_.fewest_threads + 1);
    program_.threads.resize(threads + 1);
    for (auto& permits : program_.permits) permits = static_cast<std::int8_t>(below(3));
    program_.spurious_failures =
        family_.most_spurious_failures == 0 ? 0 : static_cast<std::uint8_t>(below(family_.most_spurious_failures + 1));
    program_.spurious_wakeups = below(100) < family_.spurious_percent ? 1 : 0;
    for (unsigned t = 1; t <= threads; ++t) {
      fill(program_.threads[t], family_.fewest_actions + below(family_.most_actions + 1 - family_.fewest_actions));
      program_.threads[t].detached = family_.nested && below(8) == 0;
    }
    if (below(100) < family_.main_percent) fill(program_.threads[0], 1 + below(2));
    for (unsigned t = 1; t <= threads; ++t) place_spawn(t);
    program_.no_timeouts = below(100) < family_.no_timeouts_percent;
    program_.timeouts_last = family_.timeouts_last;
    program_.any_conditions = family_.any_conditions;
    keep_one_maker(program_);
    for (const ProgramThread& thread : program_.threads)
      for (const Action& action : thread.actions)
        if (action.act == Act::count_down)
          program_.counts[action.object] = static_cast<std::int8_t>(program_.counts[action.object] + action.value);
    return program_;
  }

 private:
  unsigned below(unsigned limit) { return limit == 0 ? 0 : static_cast<unsigned>(random_() % limit); }

  void place_spawn(unsigned child) {
    const unsigned parent = family_.nested ? below(child) : 0;
    auto& actions = program_.threads[parent].actions;
    const auto late = [&](std::size_t from) {
      return static_cast<std::ptrdiff_t>(from + below(static_cast<unsigned>(actions.size() - from) + 1));
    };
    Action spawn{.act = Act::spawn, .other = static_cast<std::uint8_t>(child)};
    if (!family_.nested && below(3) != 0) {  // mostly all of them first
      actions.insert(actions.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(child - 1, actions.size())),
                     spawn);
      return;
    }
    if (family_.nested && below(4) == 0) spawn.only_if = static_cast<std::int8_t>(below(2));
    const std::ptrdiff_t at = late(0);
    actions.insert(actions.begin() + at, spawn);
    if (below(2) != 0)
      actions.insert(actions.begin() + late(static_cast<std::size_t>(at) + 1),
                     {.act = Act::join, .other = spawn.other});
  }

  void fill(ProgramThread& thread, unsigned count) {
    std::vector<Action> open;  // the unlocks that are due
    const auto add = [&](Action action) {
      if (below(100) < family_.conditional_percent) action.only_if = static_cast<std::int8_t>(below(3) % 2);
      thread.actions.push_back(action);
    };
    for (unsigned i = 0; i < count; ++i) {
      if (!open.empty() && below(3) == 0) {
        const unsigned which = below(static_cast<unsigned>(open.size()));
        thread.actions.push_back(open[which]);
        open.erase(open.begin() + which);
        continue;
      }
      if (family_.loop_percent != 0 && below(100) < family_.loop_percent) {
        add_loop(thread);
        continue;
      }
      const Action action = random_action(family_.acts);
      const Action unlock{.act = Act::unlock, .object = action.object};
      if (needs_mutex(action.act) && std::find(open.begin(), open.end(), unlock) == open.end()) {
        thread.actions.push_back({.act = Act::lock, .object = action.object});
        open.push_back(unlock);
      }
      add(action);
      if (action.act == Act::lock || action.act == Act::try_lock) open.push_back(unlock);
      if (action.act == Act::lock_several)
        for (const OneLock lock : several_of(action)) open.push_back(unlock_of(lock));
      if (action.act == Act::lock_recursive || action.act == Act::try_lock_recursive ||
          action.act == Act::lock_recursive_for)
        open.push_back({.act = Act::unlock_recursive, .object = action.object});
      if (action.act == Act::lock_alone || action.act == Act::try_lock_alone)
        open.push_back({.act = Act::unlock_alone, .object = action.object});
      if (action.act == Act::lock_shared || action.act == Act::try_lock_shared ||
          action.act == Act::try_lock_shared_for)
        open.push_back({.act = Act::unlock_shared, .object = action.object});
    }
    if (below(12) == 0) return;  // what is held stays so
    std::reverse(open.begin(), open.end());
    thread.actions.insert(thread.actions.end(), open.begin(), open.end());
  }

  /// One to three reads, and back to the first while the register holds what the last of them has found.
  void add_loop(ProgramThread& thread) {
    const auto expected = static_cast<std::int8_t>(below(2));
    const auto length = static_cast<std::int8_t>(std::min(1 + below(2) + below(3) / 2, family_.longest_loop));
    if (below(3) != 0 || family_.longest_loop == 1) thread.actions.push_back({.act = Act::set, .value = expected});
    for (int i = 0; i < length; ++i) {
      Action action = random_action(family_.loop_acts);
      if (i > 0 && below(3) == 0) action.only_if = static_cast<std::int8_t>(below(2));
      if (action.act == Act::exchange && below(2) != 0) action.value = expected;
      thread.actions.push_back(action);
    }
    thread.actions.push_back({.act = Act::again, .value = length, .expected = expected});
  }

  Action random_action(const std::vector<std::pair<Act, unsigned>>& acts) {
    unsigned total = 0;
    for (const auto& [act, weight] : acts) total += weight;
    unsigned pick = below(total);
    Action action;
    for (const auto& [act, weight] : acts) {
      action.act = act;
      if (pick < weight) break;
      pick -= weight;
    }
    const Objects most{family_.atomics,    family_.mutexes, family_.recursive_mutexes, family_.semaphores,
                       family_.conditions, family_.plain,   family_.shared_mutexes,    family_.latches,
                       family_.barriers,   family_.flags,   family_.results,           family_.stops};
    const auto kind = kind_of(action.act);
    action.object = static_cast<std::uint8_t>(below(kind == nullptr ? 1 : most.*kind));
    if (action.act == Act::wait_while || action.act == Act::wait_stop || action.act == Act::make_callback)
      action.other = static_cast<std::uint8_t>(below(family_.atomics));
    action.value = static_cast<std::int8_t>(
        action.act == Act::release || action.act == Act::choose || action.act == Act::count_down ? 1 + below(2)
                                                                                                 : below(3));
    if (action.act == Act::choose) action.value++;
    if (action.act == Act::store || action.act == Act::exchange || action.act == Act::write_plain)
      action.value_is_register = below(3) == 0;
    action.expected = static_cast<std::int8_t>(below(2));
    if ((action.act == Act::compare_exchange || action.act == Act::compare_exchange_weak) &&
        action.value == action.expected)
      action.value++;
    if (!family_.orders.empty()) choose_orders(action);
    if (action.act == Act::lock_several) choose_several(action);
    return action;
  }

  /// Two locks or three.
  void choose_several(Action& action) {
    do {
      action.value = static_cast<std::int8_t>(below(1u << family_.mutexes));
      unsigned shared = 0;
      for (unsigned w = 0; w < family_.several_shared; ++w)
        if (const unsigned mode = below(3); mode != 0) shared |= 1u << (w + (mode == 1 ? 0 : most_objects));
      action.other = static_cast<std::uint8_t>(shared);
    } while (several_of(action).size() < 2 || several_of(action).size() > 3);
  }

  Ordering order(std::initializer_list<Ordering> forbidden) {
    while (true) {
      const Ordering order = family_.orders[below(static_cast<unsigned>(family_.orders.size()))];
      if (std::find(forbidden.begin(), forbidden.end(), order) == forbidden.end()) return order;
    }
  }
  void choose_orders(Action& action) {
    using enum Ordering;
    switch (action.act) {
      case Act::load:
        action.order = order({release, acq_rel});
        break;
      case Act::store:
        action.order = order({acquire, acq_rel});
        break;
      case Act::compare_exchange:
      case Act::compare_exchange_weak:
        action.order = order({});
        action.failure = order({release, acq_rel});
        break;
      case Act::fetch_add:
      case Act::exchange:
        action.order = order({});
        break;
      case Act::fence:
        action.order = order({relaxed});
        break;
      default:
        break;
    }
  }

  const Family& family_;
  Random& random_;
  Program program_;
};

}  // namespace

Program random_program(const Family& family, Random& random) { return Generator(family, random).make(); }

}  // namespace heddle::oracle
