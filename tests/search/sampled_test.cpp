// The searches that sample: what they find, what they promise, and that they repeat themselves.
#include <catch2/catch.hpp>
#include <cmath>
#include <heddle/heddle.hpp>
#include <mutex>
#include <set>

#include "checker/search/coverage.hpp"
#include "checker/search/make_search.hpp"
#include "models/memory/sc.hpp"

namespace {

using heddle::FindingKind;
using heddle::Options;
using heddle::Result;
using heddle::Verdict;
using heddle::graph::ExecutionGraph;
namespace search = heddle::search;

const std::string searches[] = {"random", "pct", "pos"};

/// The traces of all executions in their order, and how many of them were violated.
class Recorder final : public search::Observer {
 public:
  std::vector<std::uint64_t> traces;
  unsigned violated = 0;

  void leaf(search::Leaf kind, const ExecutionGraph& graph) override {
    traces.push_back(search::hash_of_trace(graph));
    violated += kind == search::Leaf::violated ? 1 : 0;
  }
  void fault(const ExecutionGraph&) override {}
  void nested_lock(const ExecutionGraph&) override {}
  bool wants_to_stop() override { return false; }
};

Recorder record(const Options& options, const std::function<void()>& harness) {
  const auto model = heddle::models::make_sc();
  Recorder recorder;
  heddle::runtime::Execution execution(options, harness);
  search::make_search(options, *model, execution, recorder)->run();
  return recorder;
}

void three_increments() {
  heddle::atomic<int> x{0};
  const auto twice = [&] {
    x.fetch_add(1);
    x.fetch_add(1);
  };
  heddle::thread a(twice);
  heddle::thread b(twice);
  twice();
  a.join();
  b.join();
}

void lost_update() {
  heddle::atomic<int> x{0};
  heddle::thread a([&] { x.store(x.load() + 1); });
  heddle::thread b([&] { x.store(x.load() + 1); });
  a.join();
  b.join();
  HEDDLE_ASSERT(x.load() == 2);
}

void opposite_locks() {
  heddle::mutex m;
  heddle::mutex n;
  heddle::thread a([&] {
    const std::lock_guard first(m);
    const std::lock_guard second(n);
  });
  heddle::thread b([&] {
    const std::lock_guard first(n);
    const std::lock_guard second(m);
  });
  a.join();
  b.join();
}

void lost_wakeup() {
  heddle::mutex m;
  heddle::condition_variable ready;
  heddle::thread a([&] {
    std::unique_lock lock(m);
    ready.wait(lock);
  });
  ready.notify_one();
  a.join();
}

void race() {
  heddle::mutex m;
  heddle::var<int> x{0};
  heddle::thread a([&] {
    const std::lock_guard lock(m);
    x = 1;
  });
  bool locked = m.try_lock();
  x = 2;
  if (locked) m.unlock();
  a.join();
}

struct Classic {
  void (*harness)();
  FindingKind kind;
};
const Classic classics[] = {{lost_update, FindingKind::assertion},
                            {opposite_locks, FindingKind::deadlock},
                            {lost_wakeup, FindingKind::deadlock},
                            {race, FindingKind::data_race}};

}  // namespace

TEST_CASE("each search that samples finds the classic faults, and replays of them reproduce them", "[search]") {
  for (const std::string& name : searches) {
    for (const Classic& classic : classics) {
      INFO(name << ", " << to_string(classic.kind));
      const Result result = heddle::check({.search = name}, classic.harness);
      REQUIRE(result.verdict == Verdict::violated);
      REQUIRE(result.search == name);
      REQUIRE(result.findings.size() == 1);
      REQUIRE(result.findings[0].kind == classic.kind);
      const Result again = heddle::replay({}, result.findings[0].schedule, classic.harness);
      REQUIRE(again.findings.size() == 1);
      CHECK(again.findings[0].message == result.findings[0].message);
    }
  }
}

TEST_CASE("a sample verifies nothing, and says what it has covered", "[search]") {
  for (const std::string& name : searches) {
    const Result result = heddle::check({.search = name, .seed = 12, .max_executions = 3'000}, three_increments);
    INFO(result.reason);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.executions == 3'000);
    // Two increments each of three threads: 6!/(2!*2!*2!) = 90 orders. PCT of depth 3 preempts twice only.
    CHECK((result.reason.find("90 different traces") != std::string::npos) == (name != "pct"));
    CHECK(result.reason.find(" different traces") != std::string::npos);
    CHECK(result.reason.find("--seed=12") != std::string::npos);
  }
}

TEST_CASE("a sample counts traces, in which the order of operations that commute is none", "[search]") {
  const auto posts = [] {
    heddle::counting_semaphore<> s(0);
    heddle::thread a([&] { s.release(); });
    heddle::thread b([&] { s.release(); });
    s.release();
    a.join();
    b.join();
  };
  const Recorder recorder = record({.search = "random", .max_executions = 50}, posts);
  REQUIRE(recorder.traces.size() == 50);
  CHECK(std::set(recorder.traces.begin(), recorder.traces.end()).size() == 1);
}

TEST_CASE("without a bound a sample ends by itself", "[search]") {
  const Result result = heddle::check({.search = "pct"}, three_increments);
  CHECK(result.executions == 10'000);
}

TEST_CASE("a harness in which nothing is ever open is verified by its one execution", "[search]") {
  for (const std::string& name : searches) {
    const Result result = heddle::check({.search = name}, [] {
      heddle::mutex m;
      heddle::atomic<int> x{1};
      const std::lock_guard lock(m);
      HEDDLE_ASSERT(x.load() == 1);
    });
    CHECK(result.verdict == Verdict::verified);
    CHECK(result.executions == 1);
    CHECK(heddle::check({.search = name, .max_executions = 50}, [] { heddle::choose(2); }).verdict ==
          Verdict::inconclusive);
  }
}

TEST_CASE("the same seed makes the same executions, another seed makes others", "[search]") {
  for (const std::string& name : searches) {
    const auto traces = [&](std::uint64_t seed) {
      return record({.search = name, .seed = seed, .max_executions = 200}, three_increments).traces;
    };
    CHECK(traces(5) == traces(5));
    CHECK(traces(5) != traces(6));
  }
}

TEST_CASE("samples draw outcomes too", "[search]") {
  for (const std::string& name : searches) {
    const Result result = heddle::check({.search = name}, [] { HEDDLE_ASSERT(heddle::choose(50) != 33); });
    CHECK(result.verdict == Verdict::violated);
  }
}

TEST_CASE("a sample ends where every execution is given up", "[search]") {
  const Result result =
      heddle::check({.search = "random", .max_executions = 100}, [] { heddle::assume(heddle::choose(2) == 2); });
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.executions == 0);
  CHECK(result.blocked == 100);
}

TEST_CASE("samples notice a harness that is not deterministic", "[search]") {
  for (const std::string& name : searches) {
    const Result result = heddle::check({.search = name}, [] {
      const auto block = std::make_unique<int>(1);
      const auto address = reinterpret_cast<std::uintptr_t>(block.get());
      heddle::atomic<int> x{0};
      heddle::atomic<int> y{0};
      (address % 4096 < 1024 ? x : y).store(1);
    });
    CHECK(result.verdict == Verdict::error);
  }
}

TEST_CASE("PCT lets a thread that waits in a loop give way", "[search]") {
  const Result result = heddle::check({.model = "sc", .search = "pct", .max_executions = 500}, [] {
    heddle::atomic<bool> ready{false};
    heddle::thread a([&] { ready.store(true); });
    while (!ready.load()) {
    }
    a.join();
  });
  CHECK(result.executions == 500);
  CHECK(result.blocked == 0);
  CHECK(result.reason.find("give way") != std::string::npos);
}

TEST_CASE("PCT promises nothing where older writes are drawn too", "[search]") {
  const auto reason = [](const std::string& model) {
    return heddle::check({.model = model, .search = "pct", .max_executions = 50},
                         [] {
                           heddle::atomic<int> x{0};
                           heddle::thread a([&] { x.store(1, std::memory_order_relaxed); });
                           static_cast<void>(x.load(std::memory_order_relaxed));
                           a.join();
                         })
        .reason;
  };
  CHECK(reason("sc").find("is found with a probability of at least") != std::string::npos);
  CHECK(reason("rc11").find("PCT promises nothing where reads of older writes are drawn") != std::string::npos);
}

TEST_CASE("the weights of all schedules make one", "[search]") {
  // Few schedules, and a sample large enough to meet them all.
  const Result result = heddle::check({.search = "random", .max_executions = 20'000}, [] {
    heddle::atomic<int> x{0};
    heddle::thread a([&] { x.fetch_add(1); });
    heddle::choose(3);
    a.join();
  });
  INFO(result.reason);
  CHECK(result.reason.find("make up 100.0 %") != std::string::npos);
}

TEST_CASE("partial order sampling says how likely its schedules were at least", "[search]") {
  // One of a and b draws its priority again after the other: orders of the priorities are forests, and all are met.
  const Result all = heddle::check({.search = "pos", .max_executions = 20'000}, [] {
    heddle::atomic<int> x{0};
    heddle::thread a([&] { x.fetch_add(1); });
    x.fetch_add(1);
    a.join();
  });
  INFO(all.reason);
  CHECK(all.reason.find("make up at least") != std::string::npos);
  CHECK(all.reason.find("an execution") != std::string::npos);
  // Of twelve operations in four threads there are far more than ten thousand orders.
  const Result few = heddle::check({.search = "pos", .max_executions = 3}, [] {
    heddle::atomic<int> x{0};
    const auto add = [&] {
      for (int i = 0; i < 3; ++i) x.fetch_add(1);
    };
    heddle::thread threads[] = {heddle::thread(add), heddle::thread(add), heddle::thread(add), heddle::thread(add)};
    for (heddle::thread& thread : threads) thread.join();
  });
  INFO(few.reason);
  const std::size_t share = few.reason.find("make up at least ");
  REQUIRE(share != std::string::npos);
  CHECK(few.reason.find("e-", share) < few.reason.find(" of all by weight"));
}

namespace {

/// How often an assertion failed, of `executions`, under PCT.
unsigned violated(std::uint64_t depth, std::uint64_t executions, const std::function<void()>& harness) {
  return record({.search = "pct", .seed = 1, .pct_depth = depth, .max_executions = executions}, harness).violated;
}

/// The least number that the bound allows for, less five standard deviations.
double least(double probability, std::uint64_t executions) {
  const auto n = static_cast<double>(executions);
  return n * probability - 5 * std::sqrt(n * probability);
}

}  // namespace

TEST_CASE("PCT finds faults of depth 1, 2 and 3 at least as often as it promises", "[search]") {
  // Depth 1: B comes before A. Threads: 3. Promise: 1/3.
  const auto order = [] {
    heddle::atomic<int> x{0};
    heddle::thread a([&] { x.store(1); });
    heddle::thread b([&] { HEDDLE_ASSERT(x.load() == 1); });
    a.join();
    b.join();
  };
  CHECK(violated(1, 3'000, order) >= least(1.0 / 3, 3'000));
  // Depth 2: B comes between A's two accesses. 3 threads; at most 12 events: 2 starts, 2 begins, 2 ends, 2 joins, 4.
  const auto atomicity = [] {
    heddle::atomic<int> x{0};
    heddle::thread a([&] {
      x.store(1);
      HEDDLE_ASSERT(x.load() == 1);
    });
    heddle::thread b([&] { x.store(2); });
    a.join();
    b.join();
  };
  CHECK(violated(2, 10'000, atomicity) >= least(1.0 / (3 * 12), 10'000));
  CHECK(violated(1, 3'000, atomicity) == 0);  // without a change of priorities B never comes between
  // Depth 3: A, B, A, B. 3 threads, at most 13 events.
  const auto alternation = [] {
    heddle::atomic<int> x{0};
    heddle::thread a([&] {
      x.store(1);
      x.store(2);
    });
    heddle::thread b([&] {
      const bool first = x.load() == 1;
      HEDDLE_ASSERT(!(first && x.load() == 2));
    });
    a.join();
    b.join();
  };
  CHECK(violated(3, 40'000, alternation) >= least(1.0 / (3 * 13 * 13), 40'000));
  CHECK(violated(2, 3'000, alternation) == 0);
}
