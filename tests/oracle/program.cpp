#include "oracle/program.hpp"

#include <algorithm>

#include "oracle/result_text.hpp"

namespace heddle::oracle {

bool performs(const Action& action, const Local& local) {
  if (action.only_if >= 0 && local.reg != action.only_if) return false;
  const auto bit = static_cast<std::uint8_t>(1u << action.other);
  switch (action.act) {
    case Act::lock:
    case Act::try_lock:
      return local.held[action.object] == 0;
    case Act::lock_several: {
      const auto locks = several_of(action);
      return std::all_of(locks.begin(), locks.end(), [&](OneLock lock) {
        const auto n = lock.number;
        return lock.mode == OneLock::plain ? local.held[n] == 0 : local.held_alone[n] + local.held_shared[n] == 0;
      });
    }
    case Act::unlock:
    case Act::wait:
    case Act::wait_for:
    case Act::wait_while:
    case Act::wait_stop:
      return local.held[action.object] != 0;
    case Act::lock_alone:
    case Act::try_lock_alone:
    case Act::lock_shared:
    case Act::try_lock_shared:
    case Act::try_lock_shared_for:
      return local.held_alone[action.object] == 0 && local.held_shared[action.object] == 0;
    case Act::unlock_alone:
      return local.held_alone[action.object] != 0;
    case Act::unlock_shared:
      return local.held_shared[action.object] != 0;
    case Act::arrive:
    case Act::arrive_and_wait:
    case Act::arrive_and_drop:
      return !local.left_barrier[action.object];
    case Act::unlock_recursive:
      return local.held_recursive[action.object] != 0;
    case Act::again:
      return local.reg == action.expected;
    case Act::make_result:
    case Act::make_at_exit:
    case Act::break_promise:
      return maker_of(action.object) != Maker::deferred && !local.broken[action.object];
    case Act::make_exception:
      return maker_of(action.object) == Maker::promise && !local.broken[action.object];
    case Act::make_callback:
      return !local.has_callback[action.object];
    case Act::drop_callback:
      return local.has_callback[action.object];
    case Act::spawn:
      return (local.spawned & bit) == 0;
    case Act::join:
      return (local.spawned & bit) != 0 && (local.joined & bit) == 0;
    default:
      return true;
  }
}

std::vector<OneLock> several_of(const Action& action) {
  std::vector<OneLock> locks;
  for (std::uint8_t m = 0; m < most_objects; ++m)
    if ((action.value >> m & 1) != 0) locks.push_back({OneLock::plain, m});
  for (std::uint8_t w = 0; w < most_objects; ++w) {
    if ((action.other >> w & 1) != 0)
      locks.push_back({OneLock::alone, w});
    else if ((action.other >> (most_objects + w) & 1) != 0)
      locks.push_back({OneLock::shared, w});
  }
  return locks;
}

Action unlock_of(OneLock lock) {
  static constexpr Act acts[] = {Act::unlock, Act::unlock_alone, Act::unlock_shared};
  return {.act = acts[lock.mode], .object = lock.number};
}

unsigned Objects::*kind_of(Act act) {
  switch (act) {
    case Act::load:
    case Act::store:
    case Act::fetch_add:
    case Act::exchange:
    case Act::compare_exchange:
    case Act::compare_exchange_weak:
    case Act::atomic_wait:
    case Act::atomic_notify_one:
    case Act::atomic_notify_all:
      return &Objects::atomics;
    case Act::lock:
    case Act::try_lock:
    case Act::unlock:
      return &Objects::mutexes;
    case Act::lock_recursive:
    case Act::try_lock_recursive:
    case Act::unlock_recursive:
    case Act::lock_recursive_for:
      return &Objects::recursive_mutexes;
    case Act::lock_alone:
    case Act::try_lock_alone:
    case Act::unlock_alone:
    case Act::lock_shared:
    case Act::try_lock_shared:
    case Act::try_lock_shared_for:
    case Act::unlock_shared:
      return &Objects::shared_mutexes;
    case Act::acquire:
    case Act::try_acquire:
    case Act::acquire_for:
    case Act::release:
      return &Objects::semaphores;
    case Act::count_down:
    case Act::try_wait:
    case Act::latch_wait:
      return &Objects::latches;
    case Act::arrive:
    case Act::arrive_and_wait:
    case Act::arrive_and_drop:
      return &Objects::barriers;
    case Act::call_once:
      return &Objects::flags;
    case Act::wait:
    case Act::wait_for:
    case Act::wait_while:
    case Act::wait_stop:
    case Act::notify_one:
    case Act::notify_all:
      return &Objects::conditions;
    case Act::read_plain:
    case Act::write_plain:
      return &Objects::plain;
    default:  // a lock_several is about two kinds
      break;
  }
  if (act >= Act::make_result && act <= Act::wait_result_for) return &Objects::results;
  if (act >= Act::request_stop && act <= Act::drop_callback) return &Objects::stops;
  return nullptr;
}

bool needs_mutex(Act act) {
  return act == Act::wait || act == Act::wait_for || act == Act::wait_while || act == Act::wait_stop;
}

bool is_makers(Act act) {
  return act == Act::make_result || act == Act::make_exception || act == Act::make_at_exit || act == Act::break_promise;
}

void keep_one_maker(Program& program) {
  for (std::uint8_t result = 0; result < most_objects; ++result) {
    const auto makes = [&](const Action& a) { return is_makers(a.act) && a.object == result; };
    bool alone = maker_of(result) == Maker::task;
    for (const ProgramThread& thread : program.threads)
      for (const Action& a : thread.actions) alone = alone || (makes(a) && a.act == Act::break_promise);
    bool found = !alone;
    for (ProgramThread& thread : program.threads) {
      if (found && alone) std::erase_if(thread.actions, makes);
      found = found || std::any_of(thread.actions.begin(), thread.actions.end(), makes);
    }
  }
}

Objects objects_of(const Program& program) {
  Objects objects;
  const auto need = [](unsigned& count, unsigned number) { count = std::max(count, number + 1); };
  for (const ProgramThread& thread : program.threads) {
    for (const Action& action : thread.actions) {
      if (const auto kind = kind_of(action.act); kind != nullptr) need(objects.*kind, action.object);
      if (action.act == Act::lock_several)
        for (const OneLock lock : several_of(action))
          need(lock.mode == OneLock::plain ? objects.mutexes : objects.shared_mutexes, lock.number);
      if (action.act == Act::wait_while || action.act == Act::wait_stop ||
          (action.act == Act::make_callback && action.value != 0))
        need(objects.atomics, action.other);
      if (needs_mutex(action.act)) need(objects.mutexes, action.object);
      if (action.act == Act::wait_stop) need(objects.stops, action.object);
      if (kind_of(action.act) == &Objects::results && maker_of(action.object) != Maker::promise)
        need(objects.atomics, 0);
    }
  }
  return objects;
}

unsigned comers(const Program& program, unsigned barrier) {
  return static_cast<unsigned>(
      std::count_if(program.threads.begin(), program.threads.end(), [&](const ProgramThread& thread) {
        return std::any_of(thread.actions.begin(), thread.actions.end(), [&](const Action& action) {
          return kind_of(action.act) == &Objects::barriers && action.object == barrier;
        });
      }));
}

Program program_of(std::vector<std::vector<Action>> threads, const std::vector<Action>& main) {
  Program program;
  program.threads.emplace_back();
  for (auto& actions : threads) {
    program.threads[0].actions.push_back(
        {.act = Act::spawn, .other = static_cast<std::uint8_t>(program.threads.size())});
    program.threads.push_back({.actions = std::move(actions)});
  }
  program.threads[0].actions.insert(program.threads[0].actions.end(), main.begin(), main.end());
  return program;
}

unsigned action_count(const Program& program) {
  unsigned count = 0;
  for (const ProgramThread& thread : program.threads) count += static_cast<unsigned>(thread.actions.size());
  return count;
}

namespace {

/// Writes a program as C++.
class Printer {
 public:
  explicit Printer(const Program& program) : program_(program) {}

  std::string print() {
    const Objects objects = objects_of(program_);
    if (program_.spurious_wakeups != 0)
      text_ = "// --spurious-wakeups=" + std::to_string(program_.spurious_wakeups) + "\n";
    if (program_.spurious_failures != 0)
      text_ += "// --spurious-failures=" + std::to_string(program_.spurious_failures) + "\n";
    if (program_.through_refs) text_ += "// each atomic is an int, and each operation makes an atomic_ref of it\n";
    if (program_.no_timeouts) text_ += "// --timeouts=never\n";
    if (program_.timeouts_last) text_ += "// --timeouts=last\n";
    text_ += "HEDDLE_TEST(\"found by the oracle\") {  // what threads may hold at the end is never destroyed\n";
    declare("atomic<int>", "x", objects.atomics);
    declare("mutex", "m", objects.mutexes);
    declare("recursive_timed_mutex", "q", objects.recursive_mutexes);
    declare("shared_timed_mutex", "w", objects.shared_mutexes);
    for (unsigned i = 0; i < objects.semaphores; ++i)
      line(1, "auto& s" + std::to_string(i) + " = *new heddle::counting_semaphore<>(" +
                  std::to_string(program_.permits[i]) + ");");
    for (unsigned i = 0; i < objects.results; ++i)
      for (const std::string& code : declaration_of_result(i)) line(1, code);
    for (unsigned i = 0; i < objects.latches; ++i)
      line(1, "auto& l" + std::to_string(i) + " = *new heddle::latch(" + std::to_string(program_.counts[i]) + ");");
    for (unsigned i = 0; i < objects.barriers; ++i)
      line(1, "auto& b" + std::to_string(i) + " = *new heddle::barrier(" + std::to_string(comers(program_, i)) +
                  (has_completion(i) ? ", [] {});" : ");"));
    declare("once_flag", "f", objects.flags);
    declare(program_.any_conditions ? "condition_variable_any" : "condition_variable", "c", objects.conditions);
    declare("stop_source", "e", objects.stops);
    declare("var<int>", "p", objects.plain);
    body(0, 1);
    return text_ + "}\n";
  }

 private:
  void line(unsigned depth, const std::string& code) {
    text_ += std::string(std::size_t{2} * depth, ' ') + code + "\n";
  }

  void declare(const std::string& type, const std::string& name, unsigned count) {
    for (unsigned i = 0; i < count; ++i) line(1, "auto& " + name + std::to_string(i) + " = *new heddle::" + type + ";");
  }

  static bool has(const ProgramThread& thread, auto condition) {
    return std::any_of(thread.actions.begin(), thread.actions.end(), condition);
  }

  /// Whether the thread may come to an unlock or wait without holding the mutex, or to a lock with it.
  static bool holds_uncertain(const ProgramThread& thread, unsigned mutex) {
    bool held = false;
    for (const Action& a : thread.actions) {
      if (a.act == Act::lock_several && (a.value >> mutex & 1) != 0) return true;
      if (a.object != mutex) continue;
      if (a.act == Act::try_lock) return true;
      const bool takes = a.act == Act::lock;
      const bool waits = needs_mutex(a.act);
      const bool needs = a.act == Act::unlock || waits;
      if (!takes && !needs) continue;
      if (held != needs || (a.only_if >= 0 && !waits)) return true;
      if (takes) held = true;
      if (a.act == Act::unlock) held = false;
    }
    return false;
  }
  static bool holds_uncertain_recursive(const ProgramThread& thread, unsigned mutex) {
    int held = 0;
    for (const Action& a : thread.actions) {
      if (a.object != mutex) continue;
      const bool takes = a.act == Act::lock_recursive;
      if (a.act == Act::try_lock_recursive || a.act == Act::lock_recursive_for) return true;
      if (!takes && a.act != Act::unlock_recursive) continue;
      held += takes ? 1 : -1;
      if (held < 0 || a.only_if >= 0) return true;
    }
    return false;
  }

  static bool keeps_register(const ProgramThread& thread) {
    return has(thread, [](const Action& a) {
      return a.only_if >= 0 || a.value_is_register || a.act == Act::assume || a.act == Act::again || keeps_result(a);
    });
  }
  static std::string condition_of(const Action& a) {
    return a.only_if >= 0 ? "r == " + std::to_string(a.only_if) + " && " : "";
  }
  static bool is_gone_back_to(const ProgramThread& thread, std::size_t place) {
    for (std::size_t at = place; at < thread.actions.size(); ++at)
      if (thread.actions[at].act == Act::again && back_from(thread.actions[at], at) == place) return true;
    return false;
  }

  void body(unsigned id, unsigned depth) {
    const ProgramThread& thread = program_.threads[id];
    std::vector<unsigned> children;
    for (const Action& a : thread.actions)
      if (a.act == Act::spawn) children.push_back(a.other);
    if (const int priority = program_.priorities[id]; priority != 0)
      line(depth, "heddle::this_thread::set_priority(" + std::to_string(priority) + ");");
    if (keeps_register(thread)) line(depth, "int r = 0;");
    for (unsigned m = 0; m < most_objects; ++m) {
      if (holds_uncertain(thread, m)) line(depth, "int held_m" + std::to_string(m) + " = 0;");
      if (holds_uncertain_recursive(thread, m)) line(depth, "int held_q" + std::to_string(m) + " = 0;");
    }
    for (unsigned w = 0; w < most_objects; ++w)
      if (has(thread, [&](const Action& a) {
            return a.act == Act::lock_several ? (a.other >> w & 0x11) != 0
                                              : kind_of(a.act) == &Objects::shared_mutexes && a.object == w;
          }))
        line(depth, "int held_w" + std::to_string(w) + " = 0;  // 1: alone, 2: shared");
    for (std::uint8_t i = 0; i < most_objects; ++i)
      for (const std::string& code : own_of(thread, i)) line(depth, code);
    for (const unsigned child : children) line(depth, "heddle::thread t" + std::to_string(child) + ";");
    for (std::size_t at = 0; at < thread.actions.size(); ++at) {
      if (is_gone_back_to(thread, at)) line(depth - 1, "from_" + std::to_string(at) + ":");
      const Action& action = thread.actions[at];
      if (action.act == Act::again)
        line(depth, "if (" + condition_of(action) + "r == " + std::to_string(action.expected) + ") goto from_" +
                        std::to_string(back_from(action, at)) + ";");
      else
        statement(thread, action, depth);
    }
    for (const unsigned child : children) {
      const std::string t = "t" + std::to_string(child);
      line(depth,
           "if (" + t + ".joinable()) " +
               (program_.threads[child].detached ? "new heddle::thread(std::move(" + t + "));" : t + ".join();"));
    }
  }

  void statement(const ProgramThread& thread, const Action& a, unsigned depth) {
    std::string condition = a.only_if >= 0 ? "r == " + std::to_string(a.only_if) : "";
    const auto also = [&](const std::string& more) { condition += (condition.empty() ? "" : " && ") + more; };
    if (a.act == Act::spawn) {
      line(depth, (condition.empty() ? "" : "if (" + condition + ") ") + "t" + std::to_string(a.other) +
                      " = heddle::thread([&] {");
      body(a.other, depth + 1);
      line(depth, "});");
      return;
    }
    if (a.act == Act::lock_several) {
      std::string before;
      std::string arguments;
      std::string after;
      for (const OneLock lock : several_of(a)) {
        const std::string m = (lock.mode == OneLock::plain ? "m" : "w") + std::to_string(lock.number);
        const bool shared = lock.mode == OneLock::shared;
        also("held_" + m + " == 0");
        if (shared) before += "std::shared_lock l" + m + "(" + m + ", std::defer_lock); ";
        arguments += (arguments.empty() ? "" : ", ") + std::string(shared ? "l" : "") + m;
        after += " held_" + m + " = " + (shared ? "2; l" + m + ".release();" : "1;");
      }
      line(depth, "if (" + condition + ") { " + before + "std::lock(" + arguments + ");" + after + " }");
      return;
    }
    std::string code = text_of(a);
    const bool keeps_r = keeps_register(thread);
    if (code.starts_with("r = ") && !keeps_r) code.erase(0, 4);
    if (a.act == Act::join) also("t" + std::to_string(a.other) + ".joinable()");
    const bool tries_recursive = a.act == Act::try_lock_recursive || a.act == Act::lock_recursive_for;
    const bool plain = a.act == Act::lock || a.act == Act::try_lock || a.act == Act::unlock || needs_mutex(a.act);
    const bool recursive = tries_recursive || a.act == Act::lock_recursive || a.act == Act::unlock_recursive;
    const bool counted =
        (plain && holds_uncertain(thread, a.object)) || (recursive && holds_uncertain_recursive(thread, a.object));
    if (counted) {
      const std::string held = (plain ? "held_m" : "held_q") + std::to_string(a.object);
      const bool takes = a.act == Act::lock || a.act == Act::try_lock;
      if (takes || plain || a.act == Act::unlock_recursive) also(held + (takes ? " == 0" : " != 0"));
      if (a.act == Act::unlock || a.act == Act::unlock_recursive) code += " --" + held + ";";
      if (a.act == Act::lock || a.act == Act::lock_recursive) code += " ++" + held + ";";
      if (a.act == Act::try_lock || tries_recursive) {
        code = (keeps_r ? held + " += r = " : held + " += ") + code.substr(keeps_r ? 4 : 0);
      }
      if (!condition.empty() && code.find(';') + 1 != code.size()) code = "{ " + code + " }";
    }
    line(depth, (condition.empty() ? "" : "if (" + condition + ") ") + code);
  }

  static std::string text_of_shared(const Action& a) {
    const std::string n = std::to_string(a.object);
    const std::string held = "held_w" + n;
    const std::string if_free = "if (" + held + " == 0) ";
    switch (a.act) {
      case Act::lock_alone:
        return if_free + "{ w" + n + ".lock(); " + held + " = 1; }";
      case Act::try_lock_alone:
        return if_free + held + " = r = w" + n + ".try_lock();";
      case Act::unlock_alone:
        return "if (" + held + " == 1) { w" + n + ".unlock(); " + held + " = 0; }";
      case Act::lock_shared:
        return if_free + "{ w" + n + ".lock_shared(); " + held + " = 2; }";
      case Act::try_lock_shared:
        return if_free + held + " = 2 * (r = w" + n + ".try_lock_shared());";
      case Act::try_lock_shared_for:
        return if_free + held + " = 2 * (r = w" + n + ".try_lock_shared_for(" + limit_text(a) + "));";
      default:
        return "if (" + held + " == 2) { w" + n + ".unlock_shared(); " + held + " = 0; }";
    }
  }

  static std::string limit_text(const Action& a) { return "std::chrono::seconds(" + std::to_string(limit_of(a)) + ")"; }

  static std::string text_of_others(const Action& a) {
    const std::string n = std::to_string(a.object);
    const std::string value = std::to_string(a.value);
    switch (a.act) {
      case Act::acquire_for:
        return "r = s" + n + ".try_acquire_for(" + limit_text(a) + ");";
      case Act::sleep_for:
        return "heddle::this_thread::sleep_for(" + limit_text(a) + ");";
      case Act::count_down:
        return "l" + n + ".count_down(" + value + ");";
      case Act::try_wait:
        return "r = l" + n + ".try_wait();";
      case Act::latch_wait:
        return "l" + n + ".wait();";
      case Act::arrive:
        return "static_cast<void>(b" + n + ".arrive());";
      case Act::arrive_and_wait:
        return "b" + n + ".arrive_and_wait();";
      case Act::arrive_and_drop:
        return "b" + n + ".arrive_and_drop();";
      case Act::call_once:
        return a.value == 2 ? "try { heddle::call_once(f" + n + ", [] { throw 1; }); } catch (int) {}"
                            : "heddle::call_once(f" + n + ", [] {});";
      default:
        return "";
    }
  }

  static std::string order_name(Ordering order) {
    static constexpr const char* names[] = {"relaxed", "acquire", "release", "acq_rel", "seq_cst"};
    return names[static_cast<int>(order)];
  }
  /// As an argument; nothing where it is the default, and so need not be said.
  static std::string order_of(const Action& a, const std::string& before = ", ") {
    const bool is_default = a.order == Ordering::seq_cst && a.failure == Ordering::seq_cst && a.act != Act::fence;
    return is_default ? "" : before + "std::memory_order_" + order_name(a.order);
  }

  static std::string text_of_access(const Action& a) {
    const std::string n = std::to_string(a.object);
    const std::string value = a.value_is_register ? "r" : std::to_string(a.value);
    const std::string expected = std::to_string(a.expected);
    switch (a.act) {
      case Act::load:
        return "r = x" + n + ".load(" + order_of(a, "") + ");";
      case Act::store:
        return "x" + n + ".store(" + value + order_of(a) + ");";
      case Act::fetch_add:
        return "r = x" + n + ".fetch_add(" + value + order_of(a) + ");";
      case Act::exchange:
        return "r = x" + n + ".exchange(" + value + order_of(a) + ");";
      case Act::compare_exchange:
      case Act::compare_exchange_weak:
        return "r = [&](int e, int d) { x" + n + ".compare_exchange_" +
               (a.act == Act::compare_exchange ? "strong" : "weak") + "(e, d" + order_of(a) +
               (order_of(a).empty() ? "" : ", std::memory_order_" + order_name(a.failure)) + "); return e; }(" +
               expected + ", " + value + ");";
      default:
        return "heddle::atomic_thread_fence(" + order_of(a, "") + ");";
    }
  }

  static std::string text_of_rest(const Action& a) {
    const std::string n = std::to_string(a.object);
    if (a.act == Act::wait_stop)
      return "{ std::unique_lock<heddle::mutex> l(m" + n + ", std::adopt_lock); r = c" + n + ".wait(l, e" + n +
             ".get_token(), [&] { return x" + std::to_string(a.other) + ".load() != " + std::to_string(a.expected) +
             "; }); l.release(); }";
    const auto kind = kind_of(a.act);
    return kind == &Objects::shared_mutexes ? text_of_shared(a)
           : kind == &Objects::results      ? text_of_result(a)
           : kind == &Objects::stops        ? text_of_stop(a)
                                            : text_of_others(a);
  }

  static std::string text_of(const Action& a) {
    const std::string n = std::to_string(a.object);
    const std::string value = a.value_is_register ? "r" : std::to_string(a.value);
    const std::string expected = std::to_string(a.expected);
    const std::string adopted = "std::unique_lock<heddle::mutex> l(m" + n + ", std::adopt_lock); ";
    const std::string other = std::to_string(a.other);
    switch (a.act) {
      case Act::load:
      case Act::store:
      case Act::fetch_add:
      case Act::exchange:
      case Act::compare_exchange:
      case Act::compare_exchange_weak:
      case Act::fence:
        return text_of_access(a);
      case Act::atomic_wait:
        return "x" + n + ".wait(" + expected + ");";
      case Act::atomic_notify_one:
        return "x" + n + ".notify_one();";
      case Act::atomic_notify_all:
        return "x" + n + ".notify_all();";
      case Act::lock:
        return "m" + n + ".lock();";
      case Act::try_lock:
        return "r = m" + n + ".try_lock();";
      case Act::unlock:
        return "m" + n + ".unlock();";
      case Act::lock_recursive:
        return "q" + n + ".lock();";
      case Act::try_lock_recursive:
        return "r = q" + n + ".try_lock();";
      case Act::unlock_recursive:
        return "q" + n + ".unlock();";
      case Act::lock_recursive_for:
        return "r = q" + n + ".try_lock_for(" + limit_text(a) + ");";
      case Act::acquire:
        return "s" + n + ".acquire();";
      case Act::try_acquire:
        return "r = s" + n + ".try_acquire();";
      case Act::release:
        return "s" + n + ".release(" + value + ");";
      case Act::wait:
        return "{ " + adopted + "c" + n + ".wait(l); l.release(); }";
      case Act::wait_for:
        return "{ " + adopted + "r = c" + n + ".wait_for(l, " + limit_text(a) +
               ") == std::cv_status::no_timeout; l.release(); }";
      case Act::wait_while:
        return "{ " + adopted + "c" + n + ".wait(l, [&] { return x" + other + ".load() != " + expected +
               "; }); l.release(); }";
      case Act::notify_one:
        return "c" + n + ".notify_one();";
      case Act::notify_all:
        return "c" + n + ".notify_all();";
      case Act::choose:
        return "r = heddle::choose(" + value + ");";
      case Act::assume:
        return "heddle::assume(r " + std::string(a.other != 0 ? "!=" : "==") + " " + expected + ");";
      case Act::set:
        return "r = " + value + ";";
      case Act::join:
        return "t" + other + ".join();";
      case Act::read_plain:
        return "r = p" + n + ";";
      case Act::write_plain:
        return "p" + n + " = " + value + ";";
      default:
        return text_of_rest(a);
    }
  }

  const Program& program_;
  std::string text_;
};

}  // namespace

std::string as_harness(const Program& program) { return Printer(program).print(); }

}  // namespace heddle::oracle
