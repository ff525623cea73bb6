// --preemption-bound: what it visits, what it leaves out, and when it knows that nothing is left out.
#include <catch2/catch.hpp>
#include <heddle/heddle.hpp>
#include <mutex>
#include <shared_mutex>
#include <vector>

namespace {

using heddle::Result;
using heddle::Verdict;

/// Two threads of `count` increments each.
std::function<void()> increments(int count) {
  return [count] {
    heddle::atomic<int> x{0};
    const auto add = [&] {
      for (int i = 0; i < count; ++i) x.fetch_add(1);
    };
    heddle::thread a(add);
    heddle::thread b(add);
    a.join();
    b.join();
    HEDDLE_ASSERT(x.load() == 2 * count);
  };
}

/// Needs two preemptions: A, B, A, B, where B begins when A is preempted.
void alternation() {
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
}

Result check(const std::string& bound, const std::function<void()>& harness) {
  return heddle::check({.model = "sc", .preemption_bound = bound}, harness);  // older writes cost no preemption
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a bound visits the traces with so many preemptions, and says that others were left out", "[search]") {
  // Without a preemption: A then B, or B then A. Each order of the 2*4 increments has a number of switches; with b
  // preemptions and one switch at the end of the first thread there are up to b + 2 runs, and the first two of three
  // runs end at any place: AB, BA; A-B-A and B-A-B with 3 places each; A-B-A-B with 3*3 places, and likewise B first.
  const std::uint64_t expected[] = {2, 2 + 2 * 3, 2 + 2 * 3 + 2 * 3 * 3};
  for (unsigned bound = 0; bound < 3; ++bound) {
    const Result result = check(std::to_string(bound), increments(4));
    INFO(result.reason);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.executions == expected[bound]);
    CHECK(contains(result.reason, "All executions with up to " + std::to_string(bound) + " preemption"));
  }
}

TEST_CASE("where nothing is left out, a bound verifies", "[search]") {
  const Result exhaustive = heddle::check({}, increments(3));
  REQUIRE(exhaustive.executions == 20);  // 6!/(3!*3!)
  for (const std::string bound : {"50", "auto"}) {
    const Result result = check(bound, increments(3));
    INFO(result.reason);
    CHECK(result.verdict == Verdict::verified);
    CHECK(result.executions == exhaustive.executions);
    CHECK(result.states > 0);
  }
  // All traces can be had with four preemptions (six runs, one of them after an end), but not all of their beginnings:
  // it is so before it is known.
  CHECK(check("4", increments(3)).executions == exhaustive.executions);
  CHECK(check("4", increments(3)).verdict == Verdict::inconclusive);
  CHECK(check("3", increments(3)).executions < exhaustive.executions);
}

TEST_CASE("under a bound, too, the order of operations that commute is none", "[search]") {
  const auto readers_and_writer = [](unsigned readers) {
    return [readers] {
      heddle::shared_mutex m;
      std::vector<heddle::thread> threads;
      for (unsigned i = 0; i < readers; ++i) threads.emplace_back([&] { std::shared_lock reader(m); });
      { std::scoped_lock writer(m); }
      for (heddle::thread& thread : threads) thread.join();
    };
  };
  for (unsigned readers = 1; readers <= 4; ++readers)  // each comes before the writer or after
    CHECK(check("auto", readers_and_writer(readers)).executions == 1U << readers);
  const auto posts = [](int most) {
    return [most] {
      heddle::counting_semaphore<3> s(3 - most);
      heddle::thread a([&] { s.release(); });
      heddle::thread b([&] { s.release(); });
      s.release();
      a.join();
      b.join();
    };
  };
  CHECK(check("auto", posts(3)).executions == 1);
  CHECK(check("auto", posts(2)).verdict == Verdict::violated);  // the last one is beyond the maximum
}

TEST_CASE("a fault is found from the bound on that it needs", "[search]") {
  CHECK(check("0", alternation).findings.empty());
  CHECK(check("1", alternation).findings.empty());
  for (const std::string bound : {"2", "auto"}) {
    const Result result = check(bound, alternation);
    REQUIRE(result.findings.size() == 1);
    const Result again = heddle::replay({}, result.findings[0].schedule, alternation);
    REQUIRE(again.findings.size() == 1);
    CHECK(again.findings[0].message == result.findings[0].message);
  }
}

TEST_CASE("a deadlock of two locks needs one preemption", "[search]") {
  const auto opposite_locks = [] {
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
  };
  CHECK(check("0", opposite_locks).findings.empty());
  const Result result = check("1", opposite_locks);
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == heddle::FindingKind::deadlock);
}

TEST_CASE("a harness far too large to exhaust is visited within a bound", "[search]") {
  // Two threads of 50 increments each: 100!/(50!*50!), more than 10^29 traces. With one preemption: 2 + 2*49.
  const Result result = check("1", increments(50));
  CHECK(result.executions == 2 + 2 * 49);
}

TEST_CASE("executions and time bound a bounded search too", "[search]") {
  const Result few = heddle::check({.max_executions = 5, .preemption_bound = "3"}, increments(5));
  CHECK(few.executions == 5);
  CHECK(few.verdict == Verdict::inconclusive);
  CHECK(contains(few.reason, "Some executions with up to 3 preemptions"));
  const Result late = heddle::check({.timeout_seconds = 0.2, .preemption_bound = "auto"}, increments(60));
  CHECK(late.verdict == Verdict::inconclusive);
  CHECK(contains(late.reason, "--timeout"));
}

TEST_CASE("a harness that waits at once is a deadlock under a bound too", "[search]") {
  const Result result = check("0", [] {
    heddle::counting_semaphore<> permits(0);
    permits.acquire();
  });
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == heddle::FindingKind::deadlock);
}

TEST_CASE("a bound that is none is refused", "[search]") {
  for (const std::string bound : {"x", "-1", "1001", "2x"}) CHECK_THROWS_AS(check(bound, [] {}), heddle::Error);
  CHECK_THROWS_AS(heddle::check({.search = "pct", .preemption_bound = "2"}, [] {}), heddle::Error);
}
