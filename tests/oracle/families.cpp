#include "oracle/families.hpp"

#include <algorithm>

namespace heddle::oracle {

namespace {

/// Few kinds of operation each.
std::vector<Family> narrow_families() {
  using enum Act;
  return {
      {.name = "atomics",
       .acts = {{load, 4}, {store, 3}, {fetch_add, 2}, {exchange, 1}, {compare_exchange, 2}},
       .main_percent = 30},
      {.name = "weak compare_exchange",
       .acts = {{compare_exchange_weak, 4}, {load, 2}, {store, 2}, {fetch_add, 1}, {choose, 1}},
       .conditional_percent = 20,
       .main_percent = 30,
       .most_spurious_failures = 2},
      {.name = "locks",
       .acts = {{lock, 5}, {try_lock, 2}, {lock_recursive, 2}, {try_lock_recursive, 1}, {load, 1}, {store, 1}},
       .main_percent = 20},
      {.name = "semaphores",
       .acts = {{acquire, 4}, {try_acquire, 2}, {release, 3}, {load, 1}, {store, 1}},
       .semaphores = 2,
       .main_percent = 20},
      {.name = "conditions",
       .acts = {{wait, 3}, {wait_while, 2}, {notify_one, 4}, {notify_all, 2}, {lock, 2}, {store, 2}},
       .atomics = 1,
       .most_actions = 3,
       .main_percent = 20,
       .spurious_percent = 20},
      {.name = "atomic waits",
       .acts = {{atomic_wait, 3}, {atomic_notify_one, 3}, {atomic_notify_all, 1}, {store, 3}, {fetch_add, 1}},
       .atomics = 1,
       .most_actions = 3,
       .main_percent = 20},
      {.name = "branches",
       .acts = {{load, 3}, {store, 3}, {fetch_add, 1}, {compare_exchange, 2}, {choose, 2}, {try_lock, 1}, {lock, 1}},
       .conditional_percent = 40,
       .main_percent = 30},
      {.name = "assumptions",
       .acts = {{load, 3}, {store, 3}, {fetch_add, 1}, {choose, 1}, {lock, 1}, {assume, 2}},
       .conditional_percent = 20,
       .main_percent = 30},
      {.name = "spawns",
       .acts = {{load, 3}, {store, 3}, {fetch_add, 1}, {lock, 2}, {choose, 1}},
       .most_threads = 4,
       .most_actions = 2,
       .conditional_percent = 20,
       .main_percent = 60,
       .nested = true},
  };
}

/// The rest of what waits.
std::vector<Family> waiting_families() {
  using enum Act;
  return {
      {.name = "shared locks",
       .acts = {{lock_alone, 3},
                {try_lock_alone, 1},
                {lock_shared, 4},
                {try_lock_shared, 1},
                {try_lock_shared_for, 1},
                {load, 1},
                {store, 1}},
       .shared_mutexes = 2,
       .main_percent = 20,
       .no_timeouts_percent = 20},
      {.name = "time limits",
       .acts = {{lock_recursive_for, 3},
                {lock_recursive, 1},
                {acquire_for, 2},
                {release, 1},
                {wait_for, 4},
                {wait, 1},
                {notify_one, 3},
                {notify_all, 1},
                {store, 1}},
       .atomics = 1,
       .mutexes = 1,
       .most_actions = 3,
       .main_percent = 20,
       .spurious_percent = 10,
       .no_timeouts_percent = 30},
      {.name = "latches and barriers",
       .acts = {{count_down, 3},
                {try_wait, 1},
                {latch_wait, 2},
                {arrive_and_wait, 4},
                {arrive, 1},
                {arrive_and_drop, 1},
                {load, 1},
                {store, 1}},
       .most_actions = 3,
       .conditional_percent = 10,
       .main_percent = 30},
      {.name = "once",
       .acts = {{call_once, 4}, {load, 1}, {store, 1}, {lock, 1}},
       .flags = 2,
       .conditional_percent = 10,
       .main_percent = 30},
  };
}

/// Those in which time passes.
std::vector<Family> families_of_time() {
  using enum Act;
  return {
      {.name = "time",
       .acts = {{lock_recursive_for, 4},
                {lock_recursive, 1},
                {acquire_for, 3},
                {release, 2},
                {wait_for, 4},
                {notify_one, 2},
                {notify_all, 1},
                {sleep_for, 4},
                {store, 1},
                {load, 1}},
       .atomics = 1,
       .mutexes = 1,
       .most_actions = 3,
       .main_percent = 30,
       .timeouts_last = true},
      {.name = "time and accesses",
       .acts = {{sleep_for, 4}, {load, 3}, {store, 3}, {fetch_add, 1}, {acquire_for, 2}, {release, 1}},
       .most_actions = 4,
       .conditional_percent = 10,
       .main_percent = 30,
       .timeouts_last = true},
      {.name = "time and races",
       .acts =
           {{sleep_for, 4}, {read_plain, 2}, {write_plain, 2}, {load, 1}, {store, 1}, {acquire_for, 1}, {release, 1}},
       .main_percent = 30,
       .timeouts_last = true},
      {.name = "time and what commutes",
       .acts = {{sleep_for, 4},
                {lock_shared, 3},
                {try_lock_shared_for, 2},
                {lock_alone, 2},
                {release, 2},
                {acquire_for, 1},
                {count_down, 1},
                {latch_wait, 1},
                {arrive_and_wait, 1}},
       .most_actions = 4,
       .main_percent = 30,
       .timeouts_last = true},
      {.name = "time and several locks",
       .acts = {{sleep_for, 3}, {lock_several, 3}, {lock, 2}, {lock_recursive_for, 1}, {load, 1}, {store, 1}},
       .mutexes = 3,
       .most_actions = 3,
       .main_percent = 30,
       .timeouts_last = true},
      {.name = "time and loops",
       .acts = {{sleep_for, 3}, {store, 4}, {load, 1}, {acquire_for, 1}, {release, 1}},
       .most_actions = 3,
       .main_percent = 30,
       .timeouts_last = true,
       .loop_acts = {{load, 4}, {try_acquire, 1}},
       .loop_percent = 25},
  };
}

/// What commutes, beside what does not.
std::vector<Family> families_that_commute() {
  using enum Act;
  return {
      {.name = "readers",
       .acts = {{lock_shared, 5}, {lock_alone, 2}, {load, 2}, {store, 2}, {fetch_add, 1}},
       .main_percent = 20},
      {.name = "readers alone", .acts = {{lock_shared, 3}, {lock_alone, 1}}, .shared_mutexes = 2, .main_percent = 20},
      {.name = "releases",
       .acts = {{release, 4}, {acquire, 3}, {load, 1}, {store, 1}},
       .semaphores = 2,
       .conditional_percent = 10,
       .main_percent = 20},
      {.name = "arrivals",
       .acts = {{count_down, 3}, {latch_wait, 1}, {arrive_and_wait, 4}, {arrive, 1}, {load, 1}, {store, 2}},
       .most_actions = 3,
       .main_percent = 30},
      {.name = "all that commutes",
       .acts = {{lock_shared, 4},
                {lock_alone, 2},
                {release, 2},
                {acquire, 2},
                {count_down, 2},
                {latch_wait, 1},
                {arrive_and_wait, 2},
                {store, 1},
                {load, 1}},
       .conditional_percent = 10,
       .main_percent = 20},
      {.name = "what commutes and what fails",
       .acts = {{lock_shared, 5}, {lock_alone, 2}, {release, 4}, {acquire, 3}, {try_acquire, 1}, {try_lock_alone, 1}},
       .conditional_percent = 20,
       .main_percent = 20},
      {.name = "readers of plain data",
       .acts = {{lock_shared, 4}, {lock_alone, 2}, {release, 1}, {acquire, 1}, {read_plain, 3}, {write_plain, 2}},
       .plain = 1,
       .main_percent = 20},
  };
}

/// Several mutexes locked at once.
std::vector<Family> families_with_several() {
  using enum Act;
  return {
      {.name = "several at once",
       .acts = {{lock_several, 5}, {lock, 4}, {load, 1}, {store, 1}},
       .mutexes = 3,
       .most_actions = 3,
       .main_percent = 20},
      {.name = "several at once, and try_lock",
       .acts = {{lock_several, 5}, {lock, 3}, {try_lock, 3}, {store, 1}, {acquire, 1}, {release, 1}},
       .mutexes = 3,
       .most_actions = 3,
       .conditional_percent = 10,
       .main_percent = 20},
      {.name = "several at once, and loops",
       .acts = {{lock_several, 5}, {lock, 3}, {store, 2}},
       .mutexes = 3,
       .most_actions = 2,
       .main_percent = 20,
       .loop_acts = {{load, 2}, {try_lock, 3}},
       .loop_percent = 30},
      {.name = "several at once, some of them shared",
       .acts = {{lock_several, 6}, {lock, 2}, {lock_shared, 3}, {lock_alone, 2}, {load, 1}, {store, 1}},
       .shared_mutexes = 2,
       .most_actions = 3,
       .main_percent = 20,
       .several_shared = 2},
      {.name = "several at once, some of them shared, and tries",
       .acts = {{lock_several, 6},
                {try_lock, 1},
                {lock_shared, 3},
                {lock_alone, 2},
                {try_lock_shared, 2},
                {try_lock_alone, 1}},
       .shared_mutexes = 2,
       .most_actions = 3,
       .conditional_percent = 10,
       .main_percent = 20,
       .several_shared = 2},
      {.name = "several at once, some of them shared, and plain data",
       .acts = {{lock_several, 5}, {lock_shared, 3}, {lock_alone, 2}, {read_plain, 3}, {write_plain, 2}},
       .mutexes = 1,
       .plain = 1,
       .shared_mutexes = 2,
       .most_actions = 3,
       .main_percent = 20,
       .several_shared = 2},
  };
}

/// Loops that wait.
std::vector<Family> families_with_loops() {
  using enum Act;
  return {
      {.name = "loops that read",
       .acts = {{load, 1}, {store, 4}, {fetch_add, 1}},
       .most_actions = 2,
       .main_percent = 20,
       .loop_acts = {{load, 1}},
       .loop_percent = 40},
      {.name = "loops that update",
       .acts = {{load, 1}, {store, 4}, {fetch_add, 1}},
       .most_actions = 2,
       .main_percent = 20,
       .loop_acts = {{load, 2}, {compare_exchange, 2}, {exchange, 1}},
       .loop_percent = 40},
      {.name = "loops and locks",
       .acts = {{load, 1}, {store, 3}, {lock, 2}, {acquire, 1}, {release, 1}, {notify_one, 1}},
       .mutexes = 1,
       .most_actions = 2,
       .main_percent = 20,
       .loop_acts = {{load, 4}, {compare_exchange, 1}, {try_lock, 1}, {try_acquire, 1}},
       .loop_percent = 40},
      {.name = "loops and what commutes",
       .acts = {{lock_shared, 2}, {lock_alone, 2}, {acquire, 2}, {release, 4}, {count_down, 1}, {store, 1}},
       .most_actions = 2,
       .main_percent = 20,
       .loop_acts = {{try_acquire, 3}, {try_lock_shared, 2}, {try_lock_alone, 1}, {try_wait, 1}, {load, 1}},
       .loop_percent = 30},
  };
}

/// Everything at once.
std::vector<Family> wide_families() {
  using enum Act;
  return {
      {.name = "mixtures",
       .acts = {{load, 3},
                {store, 3},
                {fetch_add, 1},
                {exchange, 1},
                {compare_exchange, 1},
                {lock, 3},
                {try_lock, 1},
                {lock_recursive, 1},
                {acquire, 1},
                {try_acquire, 1},
                {release, 1},
                {wait, 1},
                {notify_one, 1},
                {notify_all, 1},
                {choose, 1},
                {atomic_wait, 1},
                {atomic_notify_one, 1}},
       .conditional_percent = 20,
       .main_percent = 30},
      {.name = "plain data",
       .acts = {{read_plain, 3},
                {write_plain, 3},
                {load, 2},
                {store, 2},
                {fetch_add, 1},
                {exchange, 1},
                {compare_exchange, 1},
                {lock, 4},
                {try_lock, 1},
                {acquire, 1},
                {release, 1},
                {wait, 1},
                {notify_one, 1},
                {lock_alone, 1},
                {count_down, 1},
                {latch_wait, 1},
                {arrive_and_wait, 1},
                {call_once, 1}},
       .mutexes = 1,
       .plain = 1,
       .conditional_percent = 20,
       .main_percent = 50,
       .nested = true},
  };
}

/// Accesses of all orders, and fences.
/// Of operations that may fail for no reason.
Family family_that_fails() {
  using enum Act;
  return {.name = "spurious failures",
          .acts = {{compare_exchange_weak, 4}, {load, 2}, {store, 2}, {fetch_add, 1}, {fence, 1}},
          .atomics = 2,
          .most_actions = 3,
          .conditional_percent = 20,
          .main_percent = 20,
          .most_spurious_failures = 2,
          .orders = {Ordering::relaxed, Ordering::acquire, Ordering::release, Ordering::acq_rel, Ordering::seq_cst}};
}

std::vector<Family> families_with_orders() {
  using enum Act;
  constexpr Ordering rlx = Ordering::relaxed, acq = Ordering::acquire, rel = Ordering::release;
  constexpr Ordering both = Ordering::acq_rel, sc = Ordering::seq_cst;
  const std::vector<Ordering> all = {rlx, acq, rel, both, sc};
  return {
      {.name = "orders",
       .acts = {{load, 4}, {store, 4}, {fetch_add, 1}, {exchange, 1}, {compare_exchange, 1}},
       .fewest_actions = 2,
       .most_actions = 3,
       .conditional_percent = 10,
       .main_percent = 20,
       .orders = all},
      {.name = "relaxed orders",
       .acts = {{load, 4}, {store, 4}, {fetch_add, 1}, {exchange, 1}},
       .fewest_actions = 2,
       .most_actions = 3,
       .main_percent = 20,
       .orders = {rlx, rlx, rlx, acq, rel}},
      {.name = "seq_cst and weaker",
       .acts = {{load, 4}, {store, 4}, {fetch_add, 1}},
       .fewest_actions = 2,
       .most_actions = 3,
       .main_percent = 10,
       .orders = {sc, sc, sc, rlx, acq, rel}},
      {.name = "fences",
       .acts = {{load, 4}, {store, 4}, {fence, 4}, {fetch_add, 1}},
       .fewest_actions = 3,
       .most_actions = 4,
       .main_percent = 10,
       .orders = {rlx, rlx, sc, acq, rel, both}},
      {.name = "seq_cst fences",
       .acts = {{load, 4}, {store, 4}, {fence, 3}},
       .fewest_actions = 3,
       .most_actions = 4,
       .orders = {rlx, rlx, sc}},
      {.name = "updates",
       .acts = {{load, 2}, {store, 2}, {fetch_add, 3}, {exchange, 2}, {compare_exchange, 3}, {fence, 1}},
       .atomics = 2,
       .most_actions = 2,
       .conditional_percent = 20,
       .orders = all},
      {.name = "locks and orders",
       .acts = {{lock, 4}, {try_lock, 2}, {acquire, 1}, {try_acquire, 1}, {release, 2}, {load, 6}, {store, 6}},
       .mutexes = 1,
       .fewest_actions = 2,
       .most_actions = 3,
       .conditional_percent = 10,
       .main_percent = 20,
       .orders = {rlx, acq, rel, sc, sc}},
      {.name = "seq_cst and locks",
       .acts = {{lock, 3}, {try_lock, 1}, {acquire, 1}, {release, 1}, {load, 6}, {store, 6}},
       .mutexes = 1,
       .fewest_actions = 2,
       .most_actions = 3,
       .main_percent = 10,
       .orders = {sc}},
      {.name = "plain data and orders",
       .acts = {{read_plain, 3}, {write_plain, 2}, {load, 4}, {store, 4}, {fence, 2}, {fetch_add, 1}, {lock, 1}},
       .mutexes = 1,
       .plain = 1,
       .fewest_actions = 2,
       .most_actions = 3,
       .conditional_percent = 40,
       .main_percent = 20,
       .orders = {rlx, acq, acq, rel, rel, sc}},
  };
}

Family family_with_loops_and_orders() {
  using enum Act;
  constexpr Ordering rlx = Ordering::relaxed, acq = Ordering::acquire, rel = Ordering::release;
  return {.name = "loops and orders",
          .acts = {{load, 2}, {store, 5}, {fetch_add, 1}, {fence, 1}},
          .fewest_actions = 2,
          .most_actions = 3,
          .main_percent = 20,
          .orders = {rlx, rlx, acq, rel, Ordering::acq_rel, Ordering::seq_cst},
          .loop_acts = {{load, 3}, {compare_exchange, 1}},
          .loop_percent = 30,
          .longest_loop = 1};
}

}  // namespace

const std::vector<Family>& weak_families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> families = families_with_orders();
    families.push_back(family_that_fails());
    return families;
  }();
  return all;
}

const std::vector<Family>& commuting_families() {
  static const std::vector<Family> all = families_that_commute();
  return all;
}

const std::vector<Family>& families_of_several() {
  static const std::vector<Family> all = families_with_several();
  return all;
}

const std::vector<Family>& time_families() {
  static const std::vector<Family> all = families_of_time();
  return all;
}

const std::vector<Family>& loop_families() {
  static const std::vector<Family> all = families_with_loops();
  return all;
}

const Family& loops_and_orders() {
  static const Family family = family_with_loops_and_orders();
  return family;
}

const std::vector<Family>& families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> families = narrow_families();
    for (Family& family : waiting_families()) families.push_back(std::move(family));
    for (Family& family : wide_families()) families.push_back(std::move(family));
    return families;
  }();
  return all;
}

const Family& family(const std::string& name) {
  const auto is_it = [&](const Family& f) { return f.name == name; };
  for (const std::vector<Family>* others : {&loop_families(), &commuting_families(), &families_of_several(),
                                            &time_families(), &future_families(), &stop_families()}) {
    const auto found = std::find_if(others->begin(), others->end(), is_it);
    if (found != others->end()) return *found;
  }
  return *std::find_if(families().begin(), families().end(), is_it);
}

}  // namespace heddle::oracle
