#include "liveness/loop_program.hpp"

namespace heddle::liveness_oracle {

namespace {

unsigned below(std::mt19937_64& random, unsigned bound) { return static_cast<unsigned>(random() % bound); }

Act random_act(std::mt19937_64& random) {
  static constexpr std::pair<Act, unsigned> weights[] = {
      {Act::load, 6},       {Act::store, 6},    {Act::exchange, 4}, {Act::increase, 2}, {Act::claim, 3},
      {Act::lock, 6},       {Act::try_lock, 3}, {Act::unlock, 7},   {Act::wait, 1},     {Act::notify_one, 1},
      {Act::notify_all, 1}, {Act::choose, 2},   {Act::write, 2},    {Act::read, 1},     {Act::progress, 7},
      {Act::deny, 1},       {Act::skip_if, 8},  {Act::back, 5}};
  unsigned all = 0;
  for (const auto& [act, weight] : weights) all += weight;
  unsigned chosen = below(random, all);
  for (const auto& [act, weight] : weights) {
    if (chosen < weight) return act;
    chosen -= weight;
  }
  return Act::load;
}

std::string line_of(const Action& action, unsigned number) {
  const std::string x = "x[" + std::to_string(action.object) + "]";
  const std::string m = "m[" + std::to_string(action.object) + "]";
  const std::string h = "held[" + std::to_string(action.object) + "]";
  const std::string value = std::to_string(action.value);
  switch (action.act) {
    case Act::load:
      return "r = " + x + ".load();";
    case Act::store:
      return x + ".store(" + value + ");";
    case Act::exchange:
      return "r = " + x + ".exchange(" + value + ");";
    case Act::increase:
      return x + ".store((r + 1) % 3);";
    case Act::claim:
      return "{ int e = " + value + "; r = " + x + ".compare_exchange_strong(e, " + std::to_string(action.other) +
             "); }";
    case Act::lock:
      return "if (!" + h + ") { " + m + ".lock(); " + h + " = true; }";
    case Act::try_lock:
      return "if (!" + h + ") { r = " + h + " = " + m + ".try_lock(); }";
    case Act::unlock:
      return "if (" + h + ") { " + m + ".unlock(); " + h + " = false; }";
    case Act::wait:
      return "if (held[0]) { std::unique_lock l(m[0], std::adopt_lock); c.wait(l); l.release(); }";
    case Act::notify_one:
      return "c.notify_one();";
    case Act::notify_all:
      return "c.notify_all();";
    case Act::choose:
      return "r = heddle::choose(2);";
    case Act::write:
      return "p = 1;";
    case Act::read:
      return "(void)p.read();";
    case Act::progress:
      return "heddle::progress();";
    case Act::deny:
      return "HEDDLE_ASSERT(r != " + value + ");";
    case Act::skip_if:
      return "if (r == " + value + ") goto a" + std::to_string(number + 2) + ";";
    case Act::back:
      return x + ".load(); goto a" + std::to_string(action.target) + ";";
  }
  return {};
}

}  // namespace

Program random_program(std::mt19937_64& random) {
  Program program;
  program.threads.resize(2 + (below(random, 5) == 0 ? 1 : 0));
  for (auto& thread : program.threads) {
    const unsigned count = 2 + below(random, 6);
    for (unsigned i = 0; i < count; ++i)
      thread.push_back({.act = random_act(random),
                        .object = static_cast<std::uint8_t>(below(random, 2)),
                        .value = static_cast<std::int8_t>(below(random, 2)),
                        .other = static_cast<std::int8_t>(below(random, 3)),
                        .target = static_cast<std::uint8_t>(below(random, i + 1))});
    if (below(random, 2) == 0) thread.push_back({.act = Act::back});
  }
  return program;
}

std::string as_harness(const Program& program) {
  std::string text =
      "HEDDLE_TEST(\"found\") {\n  heddle::atomic<int> x[2];\n  heddle::mutex m[2];\n"
      "  heddle::condition_variable c;\n  heddle::var<int> p{0};\n";
  for (unsigned t = 0; t < program.threads.size(); ++t) {
    text += "  heddle::thread t" + std::to_string(t + 1) + "([&] {\n    int r = 0;\n    bool held[2] = {};\n";
    const auto& actions = program.threads[t];
    for (unsigned i = 0; i < actions.size(); ++i)
      text += "  a" + std::to_string(i) + ": " + line_of(actions[i], i) + "\n";
    text += "  a" + std::to_string(actions.size()) + ":\n  a" + std::to_string(actions.size() + 1) + ":;\n  });\n";
  }
  for (unsigned t = 0; t < program.threads.size(); ++t) text += "  t" + std::to_string(t + 1) + ".join();\n";
  return text + "}\n";
}

std::string to_text(const Outcomes& o) {
  if (o.too_large) return "too large";
  if (o.race) return "a data race";
  std::string text = std::string(o.deadlock ? "a deadlock, " : "") + (o.assertion ? "a failed assertion, " : "");
  for (const int strong : {0, 1}) {
    text += strong == 0 ? "weak: " : "strong: ";
    if (o.livelock[strong]) text += "livelock ";
    for (unsigned t = 0; t < 8; ++t)
      if ((o.starved[strong] >> t & 1) != 0) text += "T" + std::to_string(t) + " starved ";
    if (!o.livelock[strong] && o.starved[strong] == 0) text += "nothing ";
  }
  return text + "(" + std::to_string(o.states) + " states)";
}

Program shrink(const Program& program) {
  const auto differs = [](const Program& candidate) {
    const Outcomes expected = interpret(candidate, 1000);
    return !expected.too_large && !(search(candidate) == expected);
  };
  Program smallest = program;
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (std::size_t t = 0; t < smallest.threads.size() && !smaller; ++t) {
      Program without = smallest;
      without.threads.erase(without.threads.begin() + static_cast<std::ptrdiff_t>(t));
      smaller = differs(without);
      for (std::size_t i = 0; i < smallest.threads[t].size() && !smaller; ++i) {
        without = smallest;
        auto& actions = without.threads[t];
        actions.erase(actions.begin() + static_cast<std::ptrdiff_t>(i));
        for (std::size_t a = i; a < actions.size(); ++a)
          if (actions[a].target > i || actions[a].target > a) actions[a].target--;
        smaller = differs(without);
      }
      if (smaller) smallest = without;
    }
  }
  return smallest;
}

}  // namespace heddle::liveness_oracle
