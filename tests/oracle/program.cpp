#include "oracle/program.hpp"

#include <algorithm>

namespace heddle::oracle {

bool performs(const Action& action, const Local& local) {
  if (action.only_if >= 0 && local.reg != action.only_if) return false;
  const auto bit = static_cast<std::uint8_t>(1u << action.other);
  switch (action.act) {
    case Act::lock:
    case Act::try_lock:
      return local.held[action.object] == 0;
    case Act::unlock:
    case Act::wait:
    case Act::wait_while:
      return local.held[action.object] != 0;
    case Act::unlock_recursive:
      return local.held_recursive[action.object] != 0;
    case Act::spawn:
      return (local.spawned & bit) == 0;
    case Act::join:
      return (local.spawned & bit) != 0 && (local.joined & bit) == 0;
    default:
      return true;
  }
}

Objects objects_of(const Program& program) {
  Objects objects;
  const auto need = [](unsigned& count, unsigned number) { count = std::max(count, number + 1); };
  for (const ProgramThread& thread : program.threads) {
    for (const Action& action : thread.actions) {
      switch (action.act) {
        case Act::lock:
        case Act::try_lock:
        case Act::unlock:
          need(objects.mutexes, action.object);
          break;
        case Act::lock_recursive:
        case Act::try_lock_recursive:
        case Act::unlock_recursive:
          need(objects.recursive_mutexes, action.object);
          break;
        case Act::acquire:
        case Act::try_acquire:
        case Act::release:
          need(objects.semaphores, action.object);
          break;
        case Act::wait_while:
          need(objects.atomics, action.other);
          [[fallthrough]];
        case Act::wait:
          need(objects.mutexes, action.object);
          [[fallthrough]];
        case Act::notify_one:
        case Act::notify_all:
          need(objects.conditions, action.object);
          break;
        case Act::read_plain:
        case Act::write_plain:
          need(objects.plain, action.object);
          break;
        case Act::choose:
        case Act::assume:
        case Act::spawn:
        case Act::join:
          break;
        default:
          need(objects.atomics, action.object);
          break;
      }
    }
  }
  return objects;
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
    text_ += "HEDDLE_TEST(\"found by the oracle\") {  // what threads may hold at the end is never destroyed\n";
    declare("atomic<int>", "x", objects.atomics);
    declare("mutex", "m", objects.mutexes);
    declare("recursive_mutex", "q", objects.recursive_mutexes);
    for (unsigned i = 0; i < objects.semaphores; ++i)
      line(1, "auto& s" + std::to_string(i) + " = *new heddle::counting_semaphore<>(" +
                  std::to_string(program_.permits[i]) + ");");
    declare("condition_variable", "c", objects.conditions);
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
      if (a.object != mutex) continue;
      if (a.act == Act::try_lock) return true;
      const bool takes = a.act == Act::lock;
      const bool needs = a.act == Act::unlock || a.act == Act::wait || a.act == Act::wait_while;
      if (!takes && !needs) continue;
      if (held != needs || (a.only_if >= 0 && a.act != Act::wait && a.act != Act::wait_while)) return true;
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
      if (a.act == Act::try_lock_recursive) return true;
      if (!takes && a.act != Act::unlock_recursive) continue;
      held += takes ? 1 : -1;
      if (held < 0 || a.only_if >= 0) return true;
    }
    return false;
  }

  void body(unsigned id, unsigned depth) {
    const ProgramThread& thread = program_.threads[id];
    std::vector<unsigned> children;
    for (const Action& a : thread.actions)
      if (a.act == Act::spawn) children.push_back(a.other);
    if (has(thread, [](const Action& a) { return a.only_if >= 0 || a.value_is_register || a.act == Act::assume; }))
      line(depth, "int r = 0;");
    for (unsigned m = 0; m < most_objects; ++m) {
      if (holds_uncertain(thread, m)) line(depth, "int held_m" + std::to_string(m) + " = 0;");
      if (holds_uncertain_recursive(thread, m)) line(depth, "int held_q" + std::to_string(m) + " = 0;");
    }
    for (const unsigned child : children) line(depth, "heddle::thread t" + std::to_string(child) + ";");
    for (const Action& action : thread.actions) statement(thread, action, depth);
    for (const unsigned child : children) {
      const std::string t = "t" + std::to_string(child);
      line(depth, "if (" + t + ".joinable()) " + t + (program_.threads[child].detached ? ".detach();" : ".join();"));
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
    std::string code = text_of(a);
    const bool keeps_r =
        has(thread, [](const Action& b) { return b.only_if >= 0 || b.value_is_register || b.act == Act::assume; });
    if (code.starts_with("r = ") && !keeps_r) code.erase(0, 4);
    if (a.act == Act::join) also("t" + std::to_string(a.other) + ".joinable()");
    const bool plain = a.act == Act::lock || a.act == Act::try_lock || a.act == Act::unlock || a.act == Act::wait ||
                       a.act == Act::wait_while;
    const bool recursive =
        a.act == Act::lock_recursive || a.act == Act::try_lock_recursive || a.act == Act::unlock_recursive;
    const bool counted =
        (plain && holds_uncertain(thread, a.object)) || (recursive && holds_uncertain_recursive(thread, a.object));
    if (counted) {
      const std::string held = (plain ? "held_m" : "held_q") + std::to_string(a.object);
      const bool takes = a.act == Act::lock || a.act == Act::try_lock;
      if (takes || plain || a.act == Act::unlock_recursive) also(held + (takes ? " == 0" : " != 0"));
      if (a.act == Act::unlock || a.act == Act::unlock_recursive) code += " --" + held + ";";
      if (a.act == Act::lock || a.act == Act::lock_recursive) code += " ++" + held + ";";
      if (a.act == Act::try_lock || a.act == Act::try_lock_recursive) {
        code = (keeps_r ? held + " += r = " : held + " += ") + code.substr(keeps_r ? 4 : 0);
      }
      if (!condition.empty() && code.find(';') + 1 != code.size()) code = "{ " + code + " }";
    }
    line(depth, (condition.empty() ? "" : "if (" + condition + ") ") + code);
  }

  static std::string text_of(const Action& a) {
    const std::string n = std::to_string(a.object);
    const std::string value = a.value_is_register ? "r" : std::to_string(a.value);
    const std::string expected = std::to_string(a.expected);
    const std::string adopted = "std::unique_lock<heddle::mutex> l(m" + n + ", std::adopt_lock); ";
    const std::string other = std::to_string(a.other);
    switch (a.act) {
      case Act::load:
        return "r = x" + n + ".load();";
      case Act::store:
        return "x" + n + ".store(" + value + ");";
      case Act::fetch_add:
        return "r = x" + n + ".fetch_add(" + value + ");";
      case Act::exchange:
        return "r = x" + n + ".exchange(" + value + ");";
      case Act::compare_exchange:
        return "r = [&](int e, int d) { x" + n + ".compare_exchange_strong(e, d); return e; }(" + expected + ", " +
               value + ");";
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
      case Act::acquire:
        return "s" + n + ".acquire();";
      case Act::try_acquire:
        return "r = s" + n + ".try_acquire();";
      case Act::release:
        return "s" + n + ".release(" + value + ");";
      case Act::wait:
        return "{ " + adopted + "c" + n + ".wait(l); l.release(); }";
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
        return "heddle::assume(r == " + expected + ");";
      case Act::spawn:
        return "";
      case Act::join:
        return "t" + other + ".join();";
      case Act::read_plain:
        return "r = p" + n + ";";
      case Act::write_plain:
        return "p" + n + " = " + value + ";";
    }
    return "";
  }

  const Program& program_;
  std::string text_;
};

}  // namespace

std::string as_harness(const Program& program) { return Printer(program).print(); }

}  // namespace heddle::oracle
