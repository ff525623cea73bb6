// The exhaustive search under scheduler models against an interpreter with rules of its own: the same traces, each
// once, and the same endless executions.
#include <catch2/catch.hpp>

#include "checker/runtime/execution.hpp"
#include "checker/search/scheduled.hpp"
#include "oracle/compare.hpp"
#include "oracle/families.hpp"
#include "oracle/fresh_seed.hpp"
#include "oracle/scheduled_brute_force.hpp"
#include "oracle/shrink.hpp"

using namespace heddle;
using namespace heddle::oracle;

namespace {

constexpr const char* models[] = {"round-robin", "fifo", "fixed-priority", "time-slice=2"};
constexpr std::size_t most_states = 3'000;

struct Found {
  Traces traces;
  std::set<std::string> cycles;
  std::vector<std::string> faults;
};

class Watcher final : public search::Observer {
 public:
  Watcher(const Program& program, Found& found) : program_(program), found_(found) {}

  search::Scheduled* search = nullptr;
  runtime::Execution* execution = nullptr;

  void leaf(search::Leaf kind, const graph::ExecutionGraph& graph) override {
    auto& traces = kind == search::Leaf::complete   ? found_.traces.complete
                   : kind == search::Leaf::deadlock ? found_.traces.deadlocks
                                                    : found_.traces.blocked;
    if (kind == search::Leaf::cut) found_.faults.push_back("cut");
    if (kind != search::Leaf::violated) traces[text(graph)]++;
  }
  void cycle(const graph::ExecutionGraph& graph, graph::Position begin, bool starves) override {
    if (!starves || begin >= graph.size()) found_.faults.push_back("a cycle without a fault");
    found_.cycles.insert(text(graph));
  }
  void fault(const graph::ExecutionGraph&) override {
    if (execution->fault().kind == FindingKind::data_race)
      found_.traces.race = true;
    else
      found_.faults.push_back(execution->fault().message);
  }
  void nested_lock(const graph::ExecutionGraph&) override {}
  void restarted() override { found_ = {}; }
  bool wants_to_stop() override { return found_.faults.size() > 3; }

 private:
  std::string text(const graph::ExecutionGraph& graph) const {
    return to_text(trace_of(program_, graph, [this](graph::Position at) { return search->is_left_out(at); }));
  }

  const Program& program_;
  Found& found_;
};

Found explore_under(const Program& program, const std::string& scheduler) {
  Found found;
  Options options;
  options.max_events = 64;
  options.spurious_wakeups = program.spurious_wakeups;
  options.spurious_failures = program.spurious_failures;
  if (program.no_timeouts) options.timeouts = Timeouts::never;
  const auto model = graph::make_memory_model("sc");
  const std::function<void()> harness = [&] { run_as_harness(program); };
  Watcher watcher(program, found);
  try {
    runtime::Execution execution(options, harness);
    execution.set_interleaves(true);
    search::Scheduled search(options, *model, execution, watcher, runtime::make_scheduler(scheduler));
    watcher.search = &search;
    watcher.execution = &execution;
    search.run();
  } catch (const std::exception& error) {
    found.faults.push_back(error.what());
  }
  return found;
}

std::map<std::string, unsigned> once(const std::set<std::string>& traces) {
  std::map<std::string, unsigned> result;
  for (const std::string& trace : traces) result[trace] = 1;
  return result;
}

struct Tally {
  std::size_t programs = 0, traces = 0, deadlocks = 0, cycles = 0, races = 0;
};

/// How the engine differs; empty where it does not, or where there are too many states.
std::string difference(const Program& program, const std::string& scheduler, Tally& tally) {
  ScheduledTraces expected;
  if (!brute_force(program, scheduler, most_states, expected)) return {};
  const Found found = explore_under(program, scheduler);
  std::string text;
  for (const std::string& fault : found.faults) text += fault + "\n";
  if (found.traces.race != expected.race)
    text += expected.race ? "a data race was not found\n" : "there is no data race, but one was found\n";
  tally.programs++;
  tally.races += expected.race ? 1 : 0;
  if (expected.race || !text.empty()) return text;
  compare_sets("complete", once(expected.complete), found.traces.complete, text);
  compare_sets("deadlock", once(expected.deadlocks), found.traces.deadlocks, text);
  compare_sets("given up", once(expected.blocked), found.traces.blocked, text);
  for (const auto& traces : expected.cycles) {
    if (std::none_of(traces.begin(), traces.end(), [&](auto& t) { return found.cycles.contains(t); }))
      text += "an endless execution was not found:\n" + *traces.begin();
  }
  for (const std::string& trace : found.cycles)
    if (std::none_of(expected.cycles.begin(), expected.cycles.end(), [&](auto& t) { return t.contains(trace); }))
      text += "an endless execution that there is not:\n" + trace;
  tally.traces += expected.complete.size();
  tally.deadlocks += expected.deadlocks.size();
  tally.cycles += expected.cycles.size();
  return text;
}

void compare_families(const std::vector<Family>& families, std::uint64_t seed, unsigned programs, Tally& tally) {
  for (const Family& family : families) {
    Random random(seed);
    for (unsigned i = 0; i < programs; ++i) {
      Program program = random_program(family, random);
      // A round that reads orders its thread behind others, which the trace without it does not say: races differ.
      if (family.loop_percent != 0 && objects_of(program).plain != 0) continue;
      for (auto& priority : program.priorities) priority = static_cast<std::int8_t>(random() % 4);
      for (const std::string scheduler : models) {
        const std::string text = difference(program, scheduler, tally);
        if (text.empty()) continue;
        const Program least =
            shrink(program, [&](const Program& p) { return !difference(p, scheduler, tally).empty(); });
        FAIL(scheduler << ", seed " << seed << ":\n"
                       << difference(least, scheduler, tally) << "\n"
                       << as_harness(least));
      }
    }
  }
}

}  // namespace

TEST_CASE("random programs under scheduler models", "[oracle]") {
  Tally tally;
  compare_families(families(), 31, 25, tally);
  CHECK(tally.programs > 1'000);
  CHECK(tally.traces > 3'000);
  CHECK(tally.deadlocks > 300);
  CHECK(tally.races > 10);
}

TEST_CASE("random programs with loops that wait under scheduler models", "[oracle]") {
  Tally tally;
  compare_families(loop_families(), 32, 100, tally);
  CHECK(tally.programs > 1'000);
  CHECK(tally.traces > 1'000);
  CHECK(tally.cycles > 100);
}

TEST_CASE("many more random programs under scheduler models", "[oracle][soak][.]") {
  Tally tally;
  const std::uint64_t seed = fresh_seed();
  for (std::uint64_t i = 0; i < 5; ++i) {
    compare_families(families(), seed + i, 60, tally);
    compare_families(loop_families(), seed + i, 60, tally);
  }
}
