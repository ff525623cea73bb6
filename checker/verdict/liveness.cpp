#include "checker/verdict/liveness.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "checker/analysis/fair_cycles.hpp"
#include "checker/core/error.hpp"
#include "checker/search/coverage.hpp"
#include "checker/search/liveness.hpp"
#include "checker/search/replay.hpp"
#include "checker/verdict/interruption.hpp"
#include "checker/verdict/progress.hpp"
#include "checker/verdict/retell.hpp"

namespace heddle::verdict {

namespace {

using analysis::CycleFairness;
using graph::StateId;
using search::Liveness;
using search::Move;

using Clock = std::chrono::steady_clock;

/// The last step of a schedule that ends in a fault of `thread`.
ScheduleStep fault_of(ThreadId thread) {
  return {.thread = thread, .operation = search::operation_word({.kind = OperationKind::fault}), .site = {}};
}

void append(std::vector<ScheduleStep>& steps, std::vector<ScheduleStep> more) {
  for (ScheduleStep& step : more) steps.push_back(std::move(step));
}

/// Gathers faults and cycles as schedules while the states are there; they are told when the states are gone.
class Gatherer final : public search::StateObserver {
 public:
  Gatherer(const Options& options, runtime::Execution& execution, Narrator& narrator)
      : options_(options), execution_(execution), narrator_(narrator) {}

  void use(Liveness& search) { search_ = &search; }

  void fault(StateId state, Move move, bool race) override {
    FindingKind kind = FindingKind::data_race;
    std::string identity;
    if (race) {
      for (unsigned t = 0; t < execution_.thread_count(); ++t) identity += place(static_cast<ThreadId>(t));
    } else {
      const runtime::Fault& fault = execution_.fault();
      kind = fault.kind;
      identity = to_string(narrator_.line(fault.site)) + fault.message;
    }
    if (!is_new(std::string(to_string(kind)) + identity)) return;
    faults_.push_back({kind, state, move});
    faults_.back().at_start = search_->graph().transition_count() == 0 && search_->graph().expanded() == 0;
    if (!options_.keep_going) stop_ = true;
  }

  void standstill(StateId state) override {
    std::string identity = "deadlock";
    for (unsigned t = 0; t < execution_.thread_count(); ++t) identity += place(static_cast<ThreadId>(t));
    if (is_new(identity)) ended(FindingKind::deadlock, state);
  }

  void complete(StateId state) override {
    const auto fault = execution_.memory_fault(options_.leaks == Leaks::error);
    if (fault && is_new(fault->message)) ended(fault->kind, state);
  }

  bool wants_to_stop(std::size_t memory) override {
    if (memory > options_.max_memory_mib << 20)
      bound("the bound of --max-memory=" + std::to_string(options_.max_memory_mib) + " was reached");
    progress_.tell(*search_);
    if (++asked_ % 256 == 0) {
      if (stop_requested()) bound("interrupted");
      if (options_.timeout_seconds > 0 &&
          Clock::now() - start_ > std::chrono::duration<double>(options_.timeout_seconds))
        bound("the bound of --timeout was reached");
    }
    return stop_;
  }

  const std::string& reason() const { return reason_; }
  bool has_found() const { return !schedules_.empty() || !faults_.empty(); }

  /// What was found on the way, as schedules. To be called when the search has ended, before its states are gone.
  void take_down_faults() {
    for (const FaultAt& fault : faults_) {
      Found found{.kind = fault.kind};
      if (!fault.at_start) found.steps = search_->steps_through(search_->graph().way_to(fault.state));
      if (!fault.at_start && !fault.of_state) append(found.steps, search_->steps_of(fault.state, fault.move));
      if (!fault.of_state) found.steps.push_back(fault_of(fault.move.thread));
      schedules_.push_back(std::move(found));
    }
  }

  void take_down_cycles();
  std::vector<Finding> findings(const Teller& teller) const;

 private:
  struct FaultAt {
    FindingKind kind;
    StateId state;
    Move move = {};
    bool of_state = false;  ///< nothing moves: the state itself is the fault
    bool at_start = false;  ///< before the first operation
  };
  struct Found {
    FindingKind kind;
    std::vector<ScheduleStep> steps = {};
    std::size_t cycle = 0;  ///< so many of the steps are repeated
    std::vector<ThreadId> starved = {};
  };

  std::string place(ThreadId thread) const {
    const runtime::Thread& state = execution_.thread(thread);
    return state.status == runtime::ThreadStatus::pending ? to_string(narrator_.line(state.pending.site)) : "";
  }
  void ended(FindingKind kind, StateId state) {
    faults_.push_back({.kind = kind, .state = state, .of_state = true});
    if (!options_.keep_going) stop_ = true;
  }
  void bound(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
    stop_ = true;
  }
  bool is_new(const std::string& identity) { return identities_.insert(identity).second; }
  std::vector<ThreadId> without_progress(const analysis::Lasso& lasso);
  void take_down(FindingKind kind, const analysis::Lasso& lasso);

  const Options& options_;
  runtime::Execution& execution_;
  Narrator& narrator_;
  Liveness* search_ = nullptr;
  std::vector<FaultAt> faults_;
  std::vector<Found> schedules_;
  std::set<std::string> identities_;
  std::string reason_;
  std::uint64_t asked_ = 0;
  Clock::time_point start_ = Clock::now();
  ProgressReporter progress_{options_};
  bool stop_ = false;
};

std::vector<ThreadId> Gatherer::without_progress(const analysis::Lasso& lasso) {
  std::vector<ThreadId> threads;
  const StateId state = lasso.cycle.front().from;
  search_->visit(state);
  const unsigned count = execution_.thread_count();
  for (unsigned t = 0; t < count; ++t) {
    const auto thread = static_cast<ThreadId>(t);
    const auto is_mine = [&](const analysis::CycleStep& step) { return step.transition.thread == thread; };
    const auto progresses = [&](const analysis::CycleStep& step) { return is_mine(step) && step.transition.progress; };
    if (std::any_of(lasso.cycle.begin(), lasso.cycle.end(), progresses)) continue;
    if (search_->should_progress(state, thread, std::any_of(lasso.cycle.begin(), lasso.cycle.end(), is_mine)))
      threads.push_back(thread);
  }
  return threads;
}

void Gatherer::take_down(FindingKind kind, const analysis::Lasso& lasso) {
  Found found{.kind = kind};
  const auto append_all = [&](const std::vector<analysis::CycleStep>& part) {
    for (const analysis::CycleStep& step : part)
      append(found.steps, search_->steps_of(step.from, {step.transition.thread, step.transition.choice}));
  };
  append_all(lasso.way);
  const std::size_t before_cycle = found.steps.size();
  append_all(lasso.cycle);
  found.cycle = found.steps.size() - before_cycle;
  if (kind == FindingKind::starvation) found.starved = without_progress(lasso);
  schedules_.push_back(std::move(found));
}

/// A livelock, and for each thread a starvation, where there are.
void Gatherer::take_down_cycles() {
  const graph::StateGraph& graph = search_->graph();
  analysis::CycleQuery query;
  query.fairness = options_.scheduler != "any"             ? CycleFairness::none
                   : options_.fairness == Fairness::strong ? CycleFairness::strong
                                                           : CycleFairness::weak;
  query.counts = [&](StateId state, bool) { return search_->goes_on(state); };
  if (const auto lasso = analysis::find_fair_cycle(graph, query)) take_down(FindingKind::livelock, *lasso);
  std::set<ThreadId> told;
  for (unsigned t = 0; t < search_->most_threads(); ++t) {
    if (!schedules_.empty() && !options_.keep_going) return;
    query.starved = static_cast<ThreadId>(t);
    if (told.contains(query.starved)) continue;
    query.counts = [&](StateId state, bool moves) { return search_->should_progress(state, query.starved, moves); };
    const auto lasso = analysis::find_fair_cycle(graph, query);
    if (!lasso) continue;
    take_down(FindingKind::starvation, *lasso);
    told.insert(schedules_.back().starved.begin(), schedules_.back().starved.end());
  }
}

/// The fault that the execution has come to where the schedule has it go on: a race that no two accesses next to each
/// other show, because what is between them orders nothing.
std::optional<Finding> fault_on_the_way(const Teller& teller, const std::vector<ScheduleStep>& steps) {
  search::Replay replay(teller.model, teller.execution, teller.lines);
  Schedule schedule;
  schedule.steps = steps;
  try {
    replay.run(schedule);
    return std::nullopt;
  } catch (const Error&) {
    // Perhaps some steps ago: nobody had asked the thread to move since.
    for (unsigned t = 0; t < teller.execution.thread_count(); ++t) {
      const auto id = static_cast<ThreadId>(t);
      const runtime::Thread& thread = teller.execution.thread(id);
      if (thread.status != runtime::ThreadStatus::pending || thread.pending.kind != OperationKind::fault) continue;
      std::vector<ScheduleStep> part(steps.begin(), steps.begin() + replay.graph().size());
      part.push_back(fault_of(id));
      return retell(teller, teller.execution.fault().kind, part);
    }
    return std::nullopt;
  }
}

std::vector<Finding> Gatherer::findings(const Teller& teller) const {
  std::vector<Finding> findings;
  const auto tell = [&](const Found& found) -> std::optional<Finding> {
    std::string why;
    try {
      std::optional<Finding> finding =
          found.cycle != 0 ? retell_cycle(teller, found.steps, found.cycle) : retell(teller, found.kind, found.steps);
      // Of a race with who destroys the data, that is what is told.
      if (!finding && found.kind == FindingKind::data_race)
        finding = retell(teller, FindingKind::use_after_free, found.steps);
      if (finding) return finding;
    } catch (const Error& error) {
      if (auto finding = fault_on_the_way(teller, found.steps)) return finding;
      why = std::string(" (") + error.what() + ")";
    }
    throw Error("the harness is not deterministic: a " + std::string(to_string(found.kind)) +
                " did not come back when its schedule was run again" + why +
                ". A harness may not depend on time, random numbers, addresses or uninitialised memory");
  };
  for (const Found& found : schedules_) {
    std::optional<Finding> finding = tell(found);
    const bool known = std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.kind == finding->kind && other.message == finding->message;
    });
    if (!known) findings.push_back(std::move(*finding));
  }
  return findings;
}

/// The search and what comes of it; the states are gone when it returns.
void explore(Result& result, const Options& options, const runtime::Scheduler* scheduler, runtime::Execution& execution,
             Gatherer& gatherer) {
  Liveness search(execution, gatherer, scheduler, options.state_hash);
  gatherer.use(search);
  const Clock::time_point start = Clock::now();
  search.run();
  if (!gatherer.has_found() || options.keep_going) gatherer.take_down_cycles();
  gatherer.take_down_faults();
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  result.executions = search.ends();
  result.states = search.graph().size();
  result.events = search.graph().transition_count();
  result.reason = gatherer.reason();
  if (result.reason.empty()) result.reason = execution.limit();
  if (result.reason.empty() && search.all_given_up())
    result.reason = "no execution satisfied every heddle::assume, so nothing was checked";
}

}  // namespace

Result check_liveness(const Options& given, const std::function<void()>& harness) {
  Options options = given;
  if (options.model == Options{}.model) options.model = "sc";  // states know no other; the verdict says so
  if (options.model != "sc")
    throw Error("--search=liveness knows sequential consistency only: use --model=sc, or --search=exhaustive");
  if (options.timeouts == Timeouts::last)
    throw Error(
        "--timeouts=last is not for --search=liveness: a thread that waits in a loop can always run, so that time "
        "would never pass. Use --timeouts=any, or --search=exhaustive");
  if (!options.preemption_bound.empty())
    throw Error(
        "--preemption-bound is not for --search=liveness: it goes through states, and no state knows how it came "
        "about");
  if (options.scheduler != "any" && options.fairness != Options{}.fairness)
    throw Error("--fairness=weak does not go together with --scheduler=" + options.scheduler +
                ": who moves is for the scheduler model to say. Leave one of them out");
  Result result;
  result.name = options.test;
  result.model = options.model;
  result.search = options.search;
  const auto model = graph::make_memory_model(options.model);
  const auto scheduler = runtime::make_scheduler(options.scheduler);
  runtime::Execution execution(options, harness);
  runtime::SourceLines lines;
  Narrator narrator(execution, lines);
  Gatherer gatherer(options, execution, narrator);
  try {
    explore(result, options, scheduler.get(), execution, gatherer);
    result.findings = gatherer.findings({options, *model, execution, lines, narrator});
    result.verdict = !result.findings.empty() ? Verdict::violated
                     : !result.reason.empty() ? Verdict::inconclusive
                                              : Verdict::verified;
    if (options.state_hash)
      result.reason += (result.reason.empty() ? "" : ". ") +
                       std::string("States are known by 128-bit hashes: that two of them ") +
                       "were taken for one has a chance below " +
                       search::power_of_ten(std::log10(search::chance_of_collision(result.states)));
  } catch (const Error& error) {
    result.verdict = Verdict::error;
    result.reason = error.what();
  }
  forget_stop_request();
  return result;
}

}  // namespace heddle::verdict
