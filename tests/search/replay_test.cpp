// One schedule run again: where a debugger is to stop, and what it is told of the threads.
#include "checker/search/replay.hpp"

#include <catch2/catch.hpp>
#include <heddle/heddle.hpp>
#include <string>
#include <vector>

using heddle::Schedule;
using heddle::ScheduleStep;

namespace {

/// What is known before the step from which a thread runs on to the fault.
struct Stop {
  int times = 0;
  heddle::core::Position events = 0;
  std::vector<std::string> whereabouts;
};

Stop stop_of(const std::vector<ScheduleStep>& steps, const std::function<void()>& harness) {
  const heddle::Options options;
  const auto model = heddle::graph::make_memory_model("sc");
  heddle::runtime::Execution execution(options, harness);
  execution.set_interleaves(true);
  heddle::runtime::SourceLines lines;
  heddle::search::Replay replay(*model, execution, lines);
  Schedule schedule;
  schedule.steps = steps;
  Stop stop;
  replay.run(schedule, [&] {
    stop.times++;
    stop.events = replay.graph().size();
    for (unsigned t = 0; t < execution.thread_count(); ++t)
      stop.whereabouts.push_back(replay.whereabouts(static_cast<heddle::core::ThreadId>(t)));
  });
  return stop;
}

void race_after_load() {
  heddle::var<int> x{0};
  heddle::atomic<int> y{0};
  heddle::thread t([&] {
    x = 1;
    y = 2;
  });
  heddle::thread u([&] { x = y.load(); });
  t.join();
  u.join();
}

bool ends_with(const std::string& text, const std::string& end) { return text.ends_with(end); }

}  // namespace

TEST_CASE("a debugger stops before the step from which a thread runs on to the fault", "[search]") {
  // T2's load is followed by its faulty access; what T1 does then comes after the fault.
  const Stop stop = stop_of({{.thread = 0, .operation = "start", .site = {}},
                             {.thread = 0, .operation = "start", .site = {}},
                             {.thread = 1, .operation = "begin", .site = {}},
                             {.thread = 2, .operation = "begin", .site = {}},
                             {.thread = 2, .operation = "load", .site = {}},
                             {.thread = 1, .operation = "store", .site = {}},
                             {.thread = 2, .operation = "fault", .site = {}}},
                            race_after_load);
  CHECK(stop.times == 1);
  CHECK(stop.events == 4);
  REQUIRE(stop.whereabouts.size() == 3);
  CHECK(ends_with(stop.whereabouts[0], " join"));
  CHECK(ends_with(stop.whereabouts[1], " store"));
  CHECK(ends_with(stop.whereabouts[2], " load"));
  CHECK(stop.whereabouts[1].starts_with(std::string(__FILE__) + ':'));
}

TEST_CASE("a debugger stops before the start where the fault comes before the first operation", "[search]") {
  const Stop stop = stop_of({{.thread = 0, .operation = "fault", .site = {}}}, [] { HEDDLE_ASSERT(1 + 1 == 3); });
  CHECK(stop.times == 1);
  CHECK(stop.events == 0);
  CHECK(stop.whereabouts == std::vector<std::string>{"is at its beginning"});
}

TEST_CASE("a debugger stops before the last step where no thread is stopped", "[search]") {
  const Stop stop = stop_of({{.thread = 0, .operation = "lock", .site = {}}}, [] {
    heddle::mutex m;
    m.lock();
    heddle::thread t([&] { m.lock(); });
    t.join();
  });
  CHECK(stop.times == 1);
  CHECK(stop.events == 0);
  REQUIRE(stop.whereabouts.size() == 1);
  CHECK(ends_with(stop.whereabouts[0], " lock"));
}
