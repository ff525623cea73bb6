// Random objects, most of them wrong, against all interleavings: a history that no order of the calls explains is found
// if and only if some interleaving has one.
//
// The interpreter knows nothing of traces: a call is invoked right before its first step and returns right after its
// last, in each interleaving of the steps of all threads.
#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <heddle/heddle.hpp>
#include <heddle/linearizable.hpp>
#include <optional>
#include <random>
#include <vector>

namespace {

struct Step {
  enum Code { load, store, fetch_add, nothing } code;
  int atomic;  ///< 0 or 1
  int value;   ///< stored; or -1: one more than was read last
};

struct Call {
  enum Code { write, read, increment } code;
  int value;  ///< written
  std::vector<Step> steps;
};

using Program = std::vector<std::vector<Call>>;  ///< by thread

struct Register {
  int value = 0;
  void write(int to) { value = to; }
  int read() const { return value; }
  int increment() { return value++; }
  bool operator==(const Register&) const = default;
};

// --- all interleavings ----------------------------------------------------------------------------------------------

struct Happened {
  const Call* call;
  int answer;
  int first;  ///< step of the interleaving
  int last;
};

struct Position {
  std::size_t call = 0;
  std::size_t step = 0;
  int last_read = 0;
  int first = 0;  ///< when the call that is under way was invoked
};

bool answers_same(Register& object, const Happened& happened) {
  switch (happened.call->code) {
    case Call::write:
      object.write(happened.call->value);
      return true;
    case Call::read:
      return object.read() == happened.answer;
    case Call::increment:
      return object.increment() == happened.answer;
  }
  return false;
}

bool explained(const std::vector<Happened>& history, unsigned taken, const Register& object) {
  if (taken + 1 == 1U << history.size()) return true;
  for (unsigned i = 0; i < history.size(); ++i) {
    if ((taken >> i & 1U) != 0) continue;
    bool may = true;
    for (unsigned other = 0; other < history.size(); ++other)
      may = may && ((taken >> other & 1U) != 0 || history[other].last >= history[i].first);
    Register next = object;
    if (may && answers_same(next, history[i]) && explained(history, taken | 1U << i, next)) return true;
  }
  return false;
}

class Interleavings {
 public:
  explicit Interleavings(const Program& program) : program_(program), positions_(program.size()) {}

  /// Whether some interleaving has a history that is not explained.
  bool unexplained(int time = 0) {
    bool moved = false;
    for (std::size_t thread = 0; thread < program_.size(); ++thread) {
      if (positions_[thread].call == program_[thread].size()) continue;
      moved = true;
      const Position before = positions_[thread];
      const int memory[] = {memory_[0], memory_[1]};
      const std::size_t calls = history_.size();
      step(thread, time);
      const bool found = unexplained(time + 1);
      positions_[thread] = before;
      std::copy(memory, memory + 2, memory_);
      history_.resize(calls);
      if (found) return true;
    }
    return !moved && !explained(history_, 0, {});
  }

 private:
  void step(std::size_t thread, int time) {
    Position& at = positions_[thread];
    const Call& call = program_[thread][at.call];
    const Step& step = call.steps[at.step];
    if (at.step == 0) {
      at.first = time;
      at.last_read = 0;
    }
    int& memory = memory_[step.atomic];
    if (step.code == Step::store) {
      memory = step.value < 0 ? at.last_read + 1 : step.value;
    } else if (step.code != Step::nothing) {
      at.last_read = memory;
      if (step.code == Step::fetch_add) memory++;
    }
    if (++at.step < call.steps.size()) return;
    history_.push_back({&call, at.last_read, at.first, time});
    at.step = 0;
    at.call++;
  }

  const Program& program_;
  std::vector<Position> positions_;
  int memory_[2] = {};
  std::vector<Happened> history_;
};

// --- the same as a harness ------------------------------------------------------------------------------------------

struct World {
  heddle::linearizable<Register> watched;
  heddle::atomic<int> atomics[2];

  int perform(const Call& call) {
    int last_read = 0;
    for (const Step& step : call.steps) {
      heddle::atomic<int>& atomic = atomics[step.atomic];
      if (step.code == Step::load) last_read = atomic.load();
      if (step.code == Step::store) atomic.store(step.value < 0 ? last_read + 1 : step.value);
      if (step.code == Step::fetch_add) last_read = atomic.fetch_add(1);
    }
    return last_read;
  }

  void run(const std::vector<Call>& calls) {
    for (const Call& call : calls) {
      if (call.code == Call::write)
        watched.call<&Register::write>([&](int) { perform(call); }, call.value);
      else if (call.code == Call::read)
        watched.call<&Register::read>([&] { return perform(call); });
      else
        watched.call<&Register::increment>([&] { return perform(call); });
    }
  }
};

heddle::Result check(const Program& program, const std::string& search) {
  return heddle::check({.model = "sc", .search = search, .max_executions = search == "exhaustive" ? 0U : 500U}, [&] {
    World world;
    std::deque<heddle::thread> threads;
    for (std::size_t i = 1; i < program.size(); ++i)
      threads.emplace_back([&world, &program, i] { world.run(program[i]); });
    world.run(program[0]);  // the main thread makes calls too
    for (heddle::thread& thread : threads) thread.join();
  });
}

// --- random programs ------------------------------------------------------------------------------------------------

Program random_program(std::mt19937& random) {
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  Program program(static_cast<std::size_t>(2 + below(2)));
  int steps = 7;
  for (std::vector<Call>& calls : program) {
    for (int count = 1 + below(2); count > 0 && steps > 0; --count) {
      Call call{static_cast<Call::Code>(below(3)), 1 + below(2), {}};
      const int mostly = below(8) == 0 ? 1 : 0;
      const auto one = [&](Step::Code code, int value) { call.steps.push_back({code, mostly, value}); };
      if (call.code == Call::write) {
        one(Step::store, call.value);
        if (below(4) == 0) call.steps.push_back({Step::store, 1 - mostly, call.value});
      } else if (call.code == Call::read) {
        if (below(8) == 0)
          one(Step::nothing, 0);
        else
          one(Step::load, 0);
        if (below(5) == 0) one(Step::load, 0);
      } else if (below(2) == 0) {
        one(Step::fetch_add, 0);
      } else {
        one(Step::load, 0);
        one(Step::store, -1);
      }
      steps -= static_cast<int>(call.steps.size());
      calls.push_back(std::move(call));
    }
  }
  return program;
}

std::string text_of(const Program& program) {
  static constexpr const char* calls[] = {"write", "read", "increment"};
  static constexpr const char* steps[] = {"load", "store", "fetch_add", "nothing"};
  std::string text;
  for (const auto& thread : program) {
    for (const Call& call : thread) {
      text += calls[call.code] + std::string("(") + std::to_string(call.value) + ") {";
      for (const Step& step : call.steps)
        text +=
            std::string(" ") + steps[step.code] + " x" + std::to_string(step.atomic) + " " + std::to_string(step.value);
      text += " } ";
    }
    text += "\n";
  }
  return text;
}

}  // namespace

namespace {

void compare_objects(unsigned seed, unsigned programs) {
  std::mt19937 random(seed);
  unsigned wrong = 0;
  for (unsigned i = 0; i < programs; ++i) {
    const Program program = random_program(random);
    INFO("program " << i << ":\n" << text_of(program));
    const bool expected = Interleavings(program).unexplained();
    const heddle::Result result = check(program, "exhaustive");
    INFO(result.reason);
    REQUIRE(result.verdict == (expected ? heddle::Verdict::violated : heddle::Verdict::verified));
    wrong += expected ? 1 : 0;
    if (expected) {
      REQUIRE(result.findings.size() == 1);
      REQUIRE(result.findings[0].kind == heddle::FindingKind::not_linearizable);
    }
    if (i % 10 == 0 && !expected) REQUIRE(check(program, "random").findings.empty());
  }
  CHECK(wrong > programs / 4);
  CHECK(wrong < programs * 3 / 4);
}

}  // namespace

TEST_CASE("random objects are found wrong if and only if some interleaving shows it", "[linearizability]") {
  compare_objects(11, 300);
}

TEST_CASE("many more random objects", "[linearizability][soak][.]") {
  for (unsigned seed = 100; seed < 110; ++seed) compare_objects(seed, 1'000);
}
