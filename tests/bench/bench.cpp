// `./heddle bench [NAME] [--model=MODEL]`: what the search costs on standard programs, one line each.
//
// A second table has the liveness search on programs that do not end.
//
// Each program runs in a process of its own, so that its peak memory is its own. "of a run": the time for a trace, as a
// share of the time to run the harness once from beginning to end on the same fibers, with its graph but without a
// search.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "bench/programs.hpp"
#include "checker/search/exhaustive.hpp"
#include "checker/search/liveness.hpp"

namespace heddle::bench {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Counts leaves and looks at nothing.
class Uninterested final : public search::Observer {
 public:
  void leaf(search::Leaf, const graph::ExecutionGraph&) override {}
  void fault(const graph::ExecutionGraph&) override {}
  void nested_lock(const graph::ExecutionGraph&) override {}
  bool wants_to_stop() override { return false; }
};

/// Seconds for one run of the harness: each thread as far as it comes, the lowest first.
double one_run(const graph::MemoryModel& model, runtime::Execution& execution) {
  constexpr int times = 200;
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < times; ++i) {
    graph::ExecutionGraph graph;
    graph.set_has_orders(!model.interleaves());
    execution.use(graph);
    execution.start();
    execution.advance(0);
    for (unsigned t = 0; t < execution.thread_count();) {
      const auto thread = static_cast<core::ThreadId>(t);
      const runtime::Thread& state = execution.thread(thread);
      if (state.status != runtime::ThreadStatus::pending || !search::can_move(graph, thread, state.pending)) {
        ++t;
        continue;
      }
      graph::Event event = search::prepare(graph, thread, state.pending);
      const auto newest = event.reads || event.writes ? graph.location(state.pending.location).last : core::none;
      if (event.reads) search::read_from(graph, event, newest);
      const auto at = graph.add(event, newest);
      model.added(graph);
      execution.deliver(thread, search::delivery_of(graph, at), at);
      execution.advance_if_able(thread);
      t = 0;
    }
  }
  return seconds_since(start) / times;
}

struct Measurement {
  std::uint64_t traces;
  std::uint64_t blocked;
  std::uint64_t events;
  double seconds;
  double run_seconds;
  long peak_kib;
};

Measurement measure(const Program& program, const std::string& model_name) {
  const Options options;
  const auto model = graph::make_memory_model(model_name);
  Uninterested observer;
  runtime::Execution execution(options, program.harness);
  Measurement result{};
  {
    search::Exhaustive search(options, *model, execution, observer);
    const Clock::time_point start = Clock::now();
    search.run();
    result.seconds = seconds_since(start);
    result.traces = search.counts().executions;
    result.blocked = search.counts().blocked;
    result.events = search.counts().events + search.counts().replayed;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  result.peak_kib = usage.ru_maxrss;
  result.run_seconds = one_run(*model, execution);
  return result;
}

struct StatesMeasurement {
  std::uint64_t states;
  std::uint64_t transitions;
  std::size_t bytes;  ///< of all states and transitions
  double seconds;     ///< of the processor, until all states were found
};

/// Looks at nothing.
class UninterestedInStates final : public search::StateObserver {
 public:
  void fault(graph::StateId, search::Move, bool) override {}
  void standstill(graph::StateId) override {}
  void complete(graph::StateId) override {}
  bool wants_to_stop(std::size_t memory) override {
    bytes = std::max(bytes, memory);
    return false;
  }
  std::size_t bytes = 0;
};

StatesMeasurement measure(const EndlessProgram& program, bool hashed) {
  const Options options;
  UninterestedInStates observer;
  runtime::Execution execution(options, program.harness);
  search::Liveness search(execution, observer, nullptr, hashed);
  const std::clock_t start = std::clock();
  search.run();
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return {search.graph().size(), search.graph().transition_count(), observer.bytes, seconds};
}

/// Measures in a child process. False where the child died.
template <class Result, class Measure>
bool measure_apart(const Measure& measure_it, Result& result) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    const Result measured = measure_it();
    const bool sent = write(ends[1], &measured, sizeof measured) == sizeof measured;
    _exit(sent ? 0 : 1);
  }
  close(ends[1]);
  const bool received = read(ends[0], &result, sizeof result) == sizeof result;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return received;
}

int run(std::string_view chosen, const std::string& model) {
  fmt::print("{:<18}{:>9}{:>9}{:>12}{:>11}{:>10}{:>10}{:>11}\n", "program", "traces", "blocked", "traces/s", "ns/event",
             "peak MiB", "of a run", "to a peer");
  double product = 1;
  int measured = 0;
  bool right = true;
  for (const Program& program : programs()) {
    if (!chosen.empty() && program.name.find(chosen) == std::string::npos) continue;
    Measurement m{};
    const std::string& under = program.model.empty() ? model : program.model;
    if (!measure_apart([&] { return measure(program, under); }, m)) {
      fmt::print("{:<18} died\n", program.name);
      right = false;
      continue;
    }
    const double rate = static_cast<double>(m.traces) / m.seconds;
    fmt::print("{:<18}{:>9}{:>9}{:>12.0f}{:>11.0f}{:>10.1f}{:>9.0f}%{:>10.1f}x{}\n", program.name, m.traces, m.blocked,
               rate, m.seconds * 1e9 / static_cast<double>(m.events), static_cast<double>(m.peak_kib) / 1024,
               100 / rate / m.run_seconds, rate / program.peer,
               m.traces == program.traces ? "" : "  WRONG NUMBER OF TRACES");
    std::fflush(stdout);
    right = right && m.traces == program.traces;
    product *= rate / program.peer;
    ++measured;
  }
  if (measured > 1) fmt::print("{:<80}{:>9.1f}x in the geometric mean\n", "", std::pow(product, 1.0 / measured));
  return right ? 0 : 1;
}

/// The liveness search: with the bytes of states kept, and with their hashes only.
int run_states(std::string_view chosen) {
  fmt::print("\n{:<18}{:>12}{:>13}{:>15}{:>13}\n", "program", "states", "transitions", "transitions/s", "bytes/state");
  bool right = true;
  for (const EndlessProgram& program : endless_programs())
    for (const bool hashed : {false, true}) {
      const std::string name = program.name + (hashed ? " hashed" : "");
      if (!chosen.empty() && name.find(chosen) == std::string::npos) continue;
      StatesMeasurement m{};
      if (!measure_apart([&] { return measure(program, hashed); }, m)) {
        fmt::print("{:<18} died\n", name);
        right = false;
        continue;
      }
      fmt::print("{:<18}{:>12}{:>13}{:>15.0f}{:>13}{}\n", name, m.states, m.transitions,
                 static_cast<double>(m.transitions) / m.seconds, m.bytes / m.states,
                 m.states == program.states ? "" : "  WRONG NUMBER OF STATES");
      std::fflush(stdout);
      right = right && m.states == program.states;
    }
  return right ? 0 : 1;
}

}  // namespace

}  // namespace heddle::bench

/// [part of a program's name] [--model=NAME]
int main(int argc, char** argv) {
  std::string_view chosen;
  std::string model = "sc";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--model="))
      model = argument.substr(std::string_view("--model=").size());
    else
      chosen = argument;
  }
  return heddle::bench::run(chosen, model) + heddle::bench::run_states(chosen);
}
