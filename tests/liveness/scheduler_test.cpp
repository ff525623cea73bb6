// Scheduler models: what each allows, and that it is part of what any scheduler does.
#include <catch2/catch.hpp>
#include <random>

#include "checker/core/error.hpp"
#include "liveness/loop_program.hpp"
#include "models/heddle/heddle.hpp"
#include "models/heddle/linearizable.hpp"

using namespace heddle;

namespace {

Result check_under(const std::string& scheduler, const std::function<void()>& harness, bool keep_going = false) {
  Options options;
  options.search = "liveness";
  options.scheduler = scheduler;
  options.leaks = Leaks::off;
  options.keep_going = keep_going;
  Result result = check(options, harness);
  INFO(result.reason);
  REQUIRE(result.verdict != Verdict::error);
  return result;
}

bool has(const Result& result, FindingKind kind) {
  for (const Finding& finding : result.findings)
    if (finding.kind == kind) return true;
  return false;
}

/// Two threads; the first sets a flag that the second spins on.
void spin_on_a_flag(bool spinner_first) {
  atomic<bool> flag{false};
  auto spin = [&] {
    while (!flag.load()) {
    }
  };
  auto set = [&] { flag.store(true); };
  thread a = spinner_first ? thread(spin) : thread(set);
  thread b = spinner_first ? thread(set) : thread(spin);
  a.join();
  b.join();
}

/// The order in which two threads get to write, as it can come about.
void last_writer_is(int expected) {
  atomic<int> last{0};
  thread a([&] { last.store(1); });
  thread b([&] { last.store(2); });
  a.join();
  b.join();
  HEDDLE_ASSERT(last.load() == expected);
}

}  // namespace

TEST_CASE("who could come back from a join and is never run is starved; who waits for an endless thread is not",
          "[liveness][scheduler]") {
  const auto harness = [](bool joins_the_endless) {
    return [=] {
      atomic<bool> over{false};
      this_thread::set_priority(3);
      thread job([] { this_thread::set_priority(2); });
      thread control([&] {
        this_thread::set_priority(1);
        while (!over.load()) progress();
      });
      this_thread::set_priority(0);
      (joins_the_endless ? control : job).join();
      over.store(true);
      (joins_the_endless ? job : control).join();
    };
  };
  CHECK(has(check_under("fixed-priority", harness(false)), FindingKind::starvation));
  CHECK(check_under("fixed-priority", harness(true)).verdict == Verdict::verified);
  Options exhaustive;
  exhaustive.scheduler = "fixed-priority";
  CHECK(has(check(exhaustive, harness(false)), FindingKind::starvation));
  CHECK(check(exhaustive, harness(true)).verdict == Verdict::verified);
}

TEST_CASE("first in, first out: the order of arrival is the order of running", "[liveness][scheduler]") {
  CHECK(check_under("fifo", [] { last_writer_is(2); }).verdict == Verdict::verified);
  CHECK(check_under("fifo", [] { last_writer_is(1); }).verdict == Verdict::violated);
  CHECK(check_under("any", [] { last_writer_is(2); }).verdict == Verdict::violated);
}

TEST_CASE("who spins without preemption spins for ever", "[liveness][scheduler]") {
  CHECK(check_under("fifo", [] { spin_on_a_flag(false); }).verdict == Verdict::verified);
  const Result result = check_under("fifo", [] { spin_on_a_flag(true); });
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == FindingKind::livelock);
  for (const char* preemptive : {"round-robin", "time-slice=3", "any"})
    CHECK(check_under(preemptive, [] { spin_on_a_flag(true); }).verdict == Verdict::verified);
}

TEST_CASE("a scheduler model leaves few ways", "[liveness][scheduler]") {
  // Who comes at the moment at which another has had its turn may come before or after it: the two ways that there are
  // here, at the second start, meet again.
  const Result turns = check_under("round-robin", [] { last_writer_is(2); });
  CHECK(turns.events <= turns.states + 1);
  const Result slices = check_under("time-slice=2", [] { spin_on_a_flag(true); });
  CHECK(slices.events > slices.states);
  const Result any = check_under("any", [] { spin_on_a_flag(true); });
  CHECK(slices.verdict == any.verdict);
}

TEST_CASE("a higher priority runs at once, and keeps lower ones from running", "[liveness][scheduler]") {
  const auto harness = [](int of_spinner) {
    return [of_spinner] {
      atomic<bool> flag{false};
      this_thread::set_priority(5);
      thread a([&] {
        this_thread::set_priority(of_spinner);
        while (!flag.load()) {
        }
      });
      thread b([&] {
        this_thread::set_priority(2);
        flag.store(true);
      });
      a.join();
      b.join();
    };
  };
  CHECK(check_under("fixed-priority", harness(1)).verdict == Verdict::verified);
  CHECK(has(check_under("fixed-priority", harness(3)), FindingKind::livelock));
}

TEST_CASE("a scheduler model finds nothing that any scheduler would not", "[liveness][scheduler]") {
  using namespace heddle::liveness_oracle;
  std::mt19937_64 random(3);
  unsigned found = 0;
  for (unsigned i = 0; i < 60; ++i) {
    const Program program = random_program(random);
    if (interpret(program, 500).too_large) continue;
    const auto run = [&] { run_as_harness(program); };
    INFO(as_harness(program));
    const Result any = check_under("any", run, true);
    for (const char* model : {"round-robin", "fifo", "fixed-priority", "time-slice=2"}) {
      INFO(model);
      const Result result = check_under(model, run, true);
      for (const FindingKind kind : {FindingKind::deadlock, FindingKind::assertion}) {
        if (!has(result, kind) || has(any, FindingKind::data_race)) continue;
        found++;
        CHECK(has(any, kind));
      }
    }
  }
  CHECK(found > 5);
}

TEST_CASE("scheduler models that are not there, and what does not go with one, are named", "[liveness][scheduler]") {
  Options options;
  for (const char* search : {"liveness", "exhaustive"}) {
    options.search = search;
    for (const char* wrong : {"lottery", "time-slice", "time-slice=0", "time-slice=x", ""}) {
      options.scheduler = wrong;
      CHECK_THROWS_WITH(check(options, [] {}), Catch::Contains("round-robin"));
    }
  }
  options.scheduler = "fixed-priority";
  options.model = "tso";
  CHECK_THROWS_WITH(check(options, [] {}), Catch::Contains("--model=sc"));
  options.model = "sc";
  options.preemption_bound = "2";
  CHECK_THROWS_WITH(check(options, [] {}), Catch::Contains("--preemption-bound"));
  options.preemption_bound = "";
  options.search = "liveness";
  options.fairness = Fairness::weak;
  CHECK_THROWS_WITH(check(options, [] {}), Catch::Contains("--fairness=weak"));
  options.fairness = Fairness::strong;
  for (const char* sample : {"random", "pct", "pos"}) {
    options.search = sample;
    CHECK_THROWS_WITH(check(options, [] {}), Catch::Contains("--search=exhaustive"));
  }
}

TEST_CASE("what needs to know how an execution came about says so", "[liveness]") {
  struct Cell {
    int get() const { return 0; }
    bool operator==(const Cell&) const = default;
  };
  Options options;
  options.search = "liveness";
  const Result result = check(options, [] {
    linearizable<Cell> watched;
    thread a([&] { watched.call<&Cell::get>([] { return 0; }); });
    a.join();
  });
  CHECK(result.verdict == Verdict::error);
  CHECK(result.reason.find("--search=exhaustive") != std::string::npos);
}
