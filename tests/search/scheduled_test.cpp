// The exhaustive search under scheduler models: how many executions each allows, and what is told of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <mutex>

#include "checker/core/error.hpp"
#include "models/heddle/heddle.hpp"

using namespace heddle;

namespace {

Result check_under(const std::string& scheduler, const std::function<void()>& harness, bool keep_going = false) {
  Options options;
  options.scheduler = scheduler;
  options.keep_going = keep_going;
  const Result result = check(options, harness);
  INFO(result.reason);
  REQUIRE(result.verdict != Verdict::error);
  CHECK(result.model == "sc");
  return result;
}

/// Two threads that write twice each, and then what was written last is read.
void two_writers() {
  atomic<int> last{0};
  const auto write_twice = [&] {
    last.store(1);
    last.store(2);
  };
  thread a(write_twice);
  thread b(write_twice);
  a.join();
  b.join();
  static_cast<void>(last.load());
}

void spin_on_a_flag() {
  atomic<bool> flag{false};
  thread spinner([&] {
    while (!flag.load()) {
    }
  });
  thread setter([&] { flag.store(true); });
  spinner.join();
  setter.join();
}

void invert(bool inherit) {
  mutex plain;
  priority_mutex inheriting;
  counting_semaphore<> alarm(0);
  atomic<bool> handled{false};
  this_thread::set_priority(4);
  const auto with_lock = [&](auto act) {
    if (inherit) {
      std::lock_guard lock(inheriting);
      act();
    } else {
      std::lock_guard lock(plain);
      act();
    }
  };
  thread high([&] {
    this_thread::set_priority(3);
    alarm.acquire();
    with_lock([&] { handled.store(true); });
  });
  thread middle([&] {
    this_thread::set_priority(2);
    alarm.acquire();
    while (!handled.load()) {
    }
  });
  thread low([&] {
    this_thread::set_priority(1);
    with_lock([&] {
      alarm.release();
      alarm.release();
    });
  });
  high.join();
  middle.join();
  low.join();
}

}  // namespace

TEST_CASE("a scheduler allows few of the orders that there are", "[scheduled]") {
  CHECK(check_under("fifo", two_writers).executions == 1);  // one after the other
  // The second thread starts one turn after the first, or at one moment with what main does then: in either order.
  CHECK(check_under("round-robin", two_writers).executions <= 4);
  // With slices that no thread can use up, any thread may be preempted at any point, though not by whom it likes.
  const std::uint64_t slices = check_under("time-slice=9", two_writers).executions;
  CHECK(slices == 6);  // 4 stores of 2 threads, in any order
  CHECK(check_under("time-slice=1", two_writers).executions == check_under("round-robin", two_writers).executions);
}

TEST_CASE("who spins where nobody preempts it is a livelock, with its cycle", "[scheduled]") {
  for (const char* preemptive : {"round-robin", "time-slice=2"})
    CHECK(check_under(preemptive, spin_on_a_flag).verdict == Verdict::verified);
  const Result result = check_under("fifo", spin_on_a_flag);
  REQUIRE(result.findings.size() == 1);
  const Finding& finding = result.findings[0];
  CHECK(finding.kind == FindingKind::livelock);
  CHECK(finding.cycle == 1);
  CHECK(finding.schedule.cycle == 1);
  CHECK(finding.threads == std::vector<unsigned>{1});
  Options options;
  options.cycles = 5;
  const Result again = replay(options, finding.schedule, spin_on_a_flag);
  REQUIRE(again.findings.size() == 1);
  CHECK(again.findings[0].kind == FindingKind::livelock);
  CHECK(again.model == "sc");
  CHECK(again.findings[0].steps.size() == finding.steps.size() + 4);
}

TEST_CASE("a loop that counts is cut under a scheduler too, and named", "[scheduled]") {
  Options options;
  options.scheduler = "fifo";
  options.max_events = 50;
  const Result result = check(options, [] {
    atomic<int> counter{0};
    for (;;) counter.fetch_add(1);
  });
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.reason.find("--max-events=50") != std::string::npos);
  CHECK(result.reason.find("scheduled_test.cpp") != std::string::npos);
}

TEST_CASE("who waits for a thread that was cut does not go round for ever", "[scheduled]") {
  Options options;
  options.max_events = 30;
  for (const char* scheduler : {"round-robin", "time-slice=2"}) {
    options.scheduler = scheduler;
    const Result result = check(options, [] {
      atomic<bool> taken{false};
      const auto work = [&] {
        for (;;) {
          while (taken.exchange(true)) {
          }
          taken.store(false);
        }
      };
      thread a(work);
      thread b([&] {
        while (taken.load()) {
        }
      });
      a.join();
      b.join();
    });
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.findings.empty());
  }
}

TEST_CASE("an unbounded priority inversion, and its cure", "[scheduled]") {
  const Result inverted = check_under("fixed-priority", [] { invert(false); });
  REQUIRE(inverted.findings.size() == 1);
  CHECK(inverted.findings[0].kind == FindingKind::livelock);
  CHECK(inverted.findings[0].threads == std::vector<unsigned>{2});
  CHECK(inverted.findings[0].explanation.find("scheduler model") != std::string::npos);
  CHECK(check_under("fixed-priority", [] { invert(true); }).verdict == Verdict::verified);
  CHECK(check_under("round-robin", [] { invert(false); }).verdict == Verdict::verified);
}

TEST_CASE("findings show the order that the scheduler had, and replay", "[scheduled]") {
  const auto harness = [] {
    atomic<int> x{0};
    thread a([&] {
      x.store(1);
      x.store(2);
    });
    thread b([&] { HEDDLE_ASSERT(x.load() != 1); });
    a.join();
    b.join();
  };
  CHECK(check_under("fifo", harness).verdict == Verdict::verified);
  const Result result = check_under("round-robin", harness);
  REQUIRE(result.findings.size() == 1);
  const std::vector<std::string>& kept = result.findings[0].schedule.options;
  CHECK(std::find(kept.begin(), kept.end(), "--scheduler=round-robin") != kept.end());
  CHECK(replay({}, result.findings[0].schedule, harness).findings.size() == 1);
}

TEST_CASE("deadlocks, races and leaks are found under a scheduler", "[scheduled]") {
  const auto opposite = [] {
    mutex m, n;
    thread a([&] {
      std::lock_guard first(m);
      std::lock_guard second(n);
    });
    thread b([&] {
      std::lock_guard first(n);
      std::lock_guard second(m);
    });
    a.join();
    b.join();
  };
  CHECK(check_under("fifo", opposite).verdict == Verdict::verified);  // though a warning is due
  CHECK(check_under("fifo", opposite).warnings.size() == 1);
  const Result result = check_under("time-slice=2", opposite);
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == FindingKind::deadlock);
  // Even where no two threads ever run at once, what is not ordered by operations is a race.
  const Result race = check_under("fifo", [] {
    var<int> data{0};
    thread a([&] { data = 1; });
    thread b([&] { data = 2; });
    a.join();
    b.join();
  });
  REQUIRE(race.findings.size() == 1);
  CHECK(race.findings[0].kind == FindingKind::data_race);
  const Result leak = check_under("round-robin", [] {
    atomic<int*> lost{new int};
    lost.store(nullptr);
  });
  REQUIRE(leak.findings.size() == 1);
  CHECK(leak.findings[0].kind == FindingKind::leak);
}

TEST_CASE("where the states do not fit into the memory allowed, the verdict says so", "[scheduled]") {
  Options options;
  options.scheduler = "time-slice=100";
  options.max_memory_mib = 1;
  const Result result = check(options, [] {
    atomic<int> x{0};
    std::vector<thread> threads;
    for (int t = 0; t < 5; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) x.fetch_add(1);
      });
    for (thread& t : threads) t.join();
  });
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.reason.find("--max-memory=1") != std::string::npos);
}
