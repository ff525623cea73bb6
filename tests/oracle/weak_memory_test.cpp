// What weak memory models let happen, beyond the counts: races, lost notifications, replays of stale reads.
#include <catch2/catch.hpp>

#include "models/heddle/heddle.hpp"
#include "oracle/engine.hpp"

using namespace heddle;

namespace {

Options under(const std::string& model) {
  Options options;
  options.model = model;
  return options;
}

const std::string weak_models[] = {"tso", "ra", "rc11"};

/// A message passed through a flag; `publish` and `look` are the orders of its accesses.
void pass_message(memory_order publish, memory_order look) {
  var<int> data{0};
  atomic<bool> flag{false};
  thread writer([&] {
    data = 42;
    flag.store(true, publish);
  });
  if (flag.load(look)) HEDDLE_ASSERT(data == 42);
  writer.join();
}

}  // namespace

TEST_CASE("a message passed through a relaxed flag is a race, except under sc", "[models]") {
  const auto relaxed = [] { pass_message(memory_order_relaxed, memory_order_relaxed); };
  CHECK(check(under("sc"), relaxed).verdict == Verdict::verified);
  for (const std::string& model : weak_models) {
    const Result result = check(under(model), relaxed);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == FindingKind::data_race);
    CHECK(check(under(model), [] { pass_message(memory_order_release, memory_order_acquire); }));
  }
}

TEST_CASE("an execution with stale reads replays", "[models]") {
  // Store buffering: in no interleaving are both reads of the initial value.
  const auto store_buffering = [] {
    atomic<int> x{0};
    atomic<int> y{0};
    int a = 1;
    int b = 1;
    thread first([&] {
      x.store(1, memory_order_release);
      a = y.load(memory_order_acquire);
    });
    thread second([&] {
      y.store(1, memory_order_release);
      b = x.load(memory_order_acquire);
    });
    first.join();
    second.join();
    HEDDLE_ASSERT(a + b != 0);
  };
  // 2+2W: the stores end in an order that no interleaving makes.
  const auto two_plus_two = [] {
    atomic<int> x{0};
    atomic<int> y{0};
    thread first([&] {
      x.store(1, memory_order_release);
      y.store(2, memory_order_release);
    });
    thread second([&] {
      y.store(1, memory_order_release);
      x.store(2, memory_order_release);
    });
    first.join();
    second.join();
    const bool both_first = x.load() == 1 && y.load() == 1;
    HEDDLE_ASSERT(!both_first);
  };
  for (const std::string& model : weak_models) {
    for (const std::function<void()>& harness :
         {std::function<void()>(store_buffering), std::function<void()>(two_plus_two)}) {
      const Result result = check(under(model), harness);
      if (model == "tso" && result.findings.empty()) continue;  // 2+2W
      REQUIRE(result.findings.size() == 1);
      const Schedule& schedule = result.findings[0].schedule;
      CHECK(std::any_of(schedule.steps.begin(), schedule.steps.end(),
                        [](const ScheduleStep& step) { return step.reads_from != ScheduleStep::newest; }));
      const Result again = replay(under(model), schedule, harness);
      REQUIRE(again.findings.size() == 1);
      CHECK(again.findings[0].message == result.findings[0].message);
    }
  }
  CHECK(check(under("sc"), store_buffering).verdict == Verdict::verified);
}

TEST_CASE("a deadlock that needs stale reads is told and replays", "[models]") {
  // One permit; both take one only where each has read the initial value.
  const auto harness = [] {
    atomic<int> x{0};
    atomic<int> y{0};
    counting_semaphore<2> permits(1);
    thread first([&] {
      x.store(1, memory_order_release);
      if (y.load(memory_order_acquire) == 0) permits.acquire();
    });
    thread second([&] {
      y.store(1, memory_order_release);
      if (x.load(memory_order_acquire) == 0) permits.acquire();
    });
    first.join();
    second.join();
  };
  CHECK(check(under("sc"), harness).verdict == Verdict::verified);
  for (const std::string& model : weak_models) {
    const Result result = check(under(model), harness);
    INFO(model << ": " << result.reason);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == FindingKind::deadlock);
    CHECK(result.findings[0].explanation.find("reads an older value than the newest: 0") != std::string::npos);
    const Result again = replay(under(model), result.findings[0].schedule, harness);
    REQUIRE(again.findings.size() == 1);
    CHECK(again.findings[0].message == result.findings[0].message);
  }
}

TEST_CASE("no notification is lost, whatever the orders", "[models]") {
  for (const memory_order order : {memory_order_relaxed, memory_order_seq_cst}) {
    for (const char* model : {"sc", "tso", "ra", "rc11"}) {
      const auto counts = oracle::count_leaves(
          [order] {
            atomic<int> x{0};
            thread waiter([&] { x.wait(0, order); });
            x.store(1, order == memory_order_relaxed ? memory_order_relaxed : memory_order_seq_cst);
            x.notify_one();
            waiter.join();
          },
          under(model));
      INFO(model);
      CHECK(counts.deadlocks == 0);
      CHECK(counts.complete > 1);
    }
  }
}

TEST_CASE("what is made by one thread and reached by another without synchronization is a race", "[models]") {
  struct Node {
    atomic<int> value{7};
  };
  for (const bool relaxed : {false, true}) {
    const Result result = check(under("rc11"), [relaxed] {
      atomic<Node*> shared{nullptr};
      thread maker([&] {
        auto* node = new Node;
        shared.store(node, relaxed ? memory_order_relaxed : memory_order_release);
      });
      if (Node* node = shared.load(memory_order_acquire)) static_cast<void>(node->value.load(memory_order_relaxed));
      maker.join();
      delete shared.load();
    });
    CHECK(result.findings.size() == (relaxed ? 1 : 0));
    if (relaxed) CHECK(result.findings[0].kind == FindingKind::data_race);
  }
}

TEST_CASE("compare_exchange_weak fails for no reason as often as it may", "[models]") {
  const auto until_done = [] {
    atomic<int> x;
    atomic_init(&x, 3);
    for (int expected = 3; !x.compare_exchange_weak(expected, 4);) HEDDLE_ASSERT(expected == 3);
    HEDDLE_ASSERT(x.load() == 4);
  };
  for (const char* model : {"sc", "tso", "ra", "rc11"}) {
    for (const std::uint64_t times : {0U, 1U, 2U}) {
      const Result result = check({.model = model, .spurious_failures = times}, until_done);
      CHECK(result.verdict == Verdict::verified);
      CHECK(result.executions == times + 1);  // it fails 0, 1, ... times
    }
  }
  const auto once = [] {
    atomic<int> x{3};
    int expected = 3;
    HEDDLE_ASSERT(x.compare_exchange_weak(expected, 4));
  };
  CHECK(check({}, once));
  const Result result = check({.spurious_failures = 1}, once);
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].steps[0].outcome == "fails for no reason: 3");
  const Result again = replay({}, result.findings[0].schedule, once);
  REQUIRE(again.findings.size() == 1);
  CHECK(again.findings[0].message == result.findings[0].message);
  // One that is not equal has one outcome only.
  CHECK(check({.spurious_failures = 5}, [] {
          atomic<int> x{3};
          int expected = 2;
          HEDDLE_ASSERT(!x.compare_exchange_weak(expected, 4) && expected == 3);
        }).executions == 1);
}

TEST_CASE("atomics: floating point, flags, free functions, and orders that are not allowed", "[models]") {
  CHECK(check(under("rc11"), [] {
    atomic<double> sum{0.5};
    HEDDLE_ASSERT(sum.fetch_add(1.0, memory_order_relaxed) == 0.5);
    HEDDLE_ASSERT(sum.fetch_sub(0.25, memory_order_acq_rel) == 1.5 && sum.load() == 1.25);
    atomic_flag flag;
    HEDDLE_ASSERT(!flag.test_and_set(memory_order_acquire) && flag.test());
    atomic_flag_clear_explicit(&flag, memory_order_release);
    HEDDLE_ASSERT(!atomic_flag_test(&flag));
    atomic_int number{1};
    HEDDLE_ASSERT(atomic_fetch_add_explicit(&number, 2, memory_order_relaxed) == 1);
    int expected = 4;
    HEDDLE_ASSERT(!atomic_compare_exchange_strong(&number, &expected, 5) && expected == 3);
    HEDDLE_ASSERT(atomic_load_explicit(&number, memory_order_consume) == 3);
  }));
  const std::function<void()> misuses[] = {
      [] { atomic<int>().load(memory_order_release); },
      [] { atomic<int>().store(1, memory_order_acquire); },
      [] {
        int expected = 0;
        atomic<int>().compare_exchange_strong(expected, 1, memory_order_seq_cst, memory_order_acq_rel);
      },
  };
  for (const auto& misuse : misuses) {
    const Result result = check(under("rc11"), misuse);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == FindingKind::misuse);
  }
}
