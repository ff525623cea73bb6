// heddle::check and heddle::replay: a search, or one schedule, and what comes of it.
#include "checker/runtime/check.hpp"

#include <atomic>

#include "checker/core/error.hpp"
#include "checker/search/make_search.hpp"
#include "checker/verdict/collector.hpp"
#include "checker/verdict/explain.hpp"
#include "checker/verdict/explain_cycle.hpp"
#include "checker/verdict/interruption.hpp"
#include "checker/verdict/liveness.hpp"
#include "checker/verdict/progress.hpp"

namespace heddle {

namespace {

std::atomic<bool> stop_flag{false};

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string reason_for(verdict::Bound bound, const Options& options) {
  switch (bound) {
    case verdict::Bound::executions:
      return "the bound of --max-executions=" + std::to_string(options.max_executions) + " was reached";
    case verdict::Bound::timeout:
      return "the bound of --timeout was reached";
    case verdict::Bound::interrupted:
      return "interrupted";
    case verdict::Bound::none:
      break;
  }
  return {};
}

void judge(Result& result, const Options& options, const search::Search& search, const runtime::Execution& execution,
           verdict::Collector& collector) {
  const search::Counts& counts = search.counts();
  result.executions = counts.executions;
  result.blocked = counts.blocked;
  result.states = counts.states;
  result.events = counts.events;
  result.findings = collector.findings();
  std::vector<Finding> inversions = collector.inversions();
  auto& into = options.lock_order == LockOrder::error ? result.findings : result.warnings;
  into.insert(into.end(), std::make_move_iterator(inversions.begin()), std::make_move_iterator(inversions.end()));
  // A bound that was reached with the last execution there is has left nothing out.
  if (!search.finished()) result.reason = reason_for(collector.bound(), options);
  const std::string covered = search.partial_coverage();
  if (!covered.empty() && (result.findings.empty() || options.keep_going))
    result.reason += (result.reason.empty() ? "" : ". ") + covered;
  if (!result.findings.empty()) {
    result.verdict = Verdict::violated;
  } else if (!result.reason.empty()) {
    result.verdict = Verdict::inconclusive;
  } else if (!execution.limit().empty()) {
    result.verdict = Verdict::inconclusive;
    result.reason = execution.limit();
  } else if (result.executions == 0 && result.blocked != 0 && !search.cut_at()) {
    result.verdict = Verdict::inconclusive;
    result.reason = "no execution satisfied every heddle::assume, so nothing was checked";
  } else if (search.cut_at()) {
    result.verdict = Verdict::inconclusive;
    runtime::SourceLines lines;
    result.reason = "a thread reached the bound of --max-events=" + std::to_string(options.max_events) +
                    " operations, at " + to_string(lines.line(*search.cut_at())) +
                    ": a loop, perhaps; one that changes something in each round is run round by round";
  }
}

}  // namespace

namespace verdict {

bool stop_requested() { return stop_flag.load(std::memory_order_relaxed); }
void forget_stop_request() { stop_flag.store(false, std::memory_order_relaxed); }

}  // namespace verdict

void request_stop() { stop_flag.store(true, std::memory_order_relaxed); }

namespace {

/// What a scheduler model goes together with. Sets the memory model, where none was asked for.
void settle_scheduler(Options& options) {
  if (options.scheduler == "any") return;
  const std::string given = "--scheduler=" + options.scheduler;
  if (options.search != "exhaustive")
    throw Error(given + " is for --search=exhaustive and --search=liveness: a sample draws itself who runs next");
  if (!options.preemption_bound.empty())
    throw Error(given + " and --preemption-bound do not go together: when threads are preempted is for the scheduler " +
                "model to say. Leave one of them out");
  if (options.timeouts == Timeouts::last)
    throw Error("--timeouts=last does not go together with " + given +
                ": a thread that waits in a loop can always run, so that time would never pass. Use --timeouts=any, or "
                "--scheduler=any");
  if (options.model == Options{}.model) options.model = "sc";
  if (options.model != "sc")
    throw Error(given +
                " is of one processor, which makes executions sequentially consistent: use --model=sc, or "
                "--scheduler=any");
}

}  // namespace

Result check(const Options& given, const std::function<void()>& harness) {
  require_valid(given);
  if (given.search == "liveness") return verdict::check_liveness(given, harness);
  Options options = given;
  settle_scheduler(options);
  Result result;
  result.name = options.test;
  result.model = options.model;
  result.search = options.search;
  const auto model = graph::make_memory_model(options.model);
  runtime::Execution execution(options, harness);
  execution.set_interleaves(model->interleaves());
  verdict::Collector collector(options, *model, execution);
  const auto search = search::make_search(options, *model, execution, collector);
  verdict::ProgressReporter progress(options);
  collector.set_on_leaf([&] { progress.tell(*search); });
  const Clock::time_point start = Clock::now();
  try {
    search->run();
    result.seconds = seconds_since(start) - collector.analysis_time().count();
    judge(result, options, *search, execution, collector);
  } catch (const Error& error) {
    result.seconds = seconds_since(start);
    result.executions = search->counts().executions;
    result.events = search->counts().events;
    result.verdict = Verdict::error;
    result.reason = error.what();
  }
  verdict::forget_stop_request();
  return result;
}

namespace {

Result replay_as_built(const Options& options, const Schedule& schedule, const std::function<void()>& harness) {
  Options of_schedule = options;
  parse_execution_options(schedule.options, of_schedule);
  if (options.gdb) of_schedule.watchdog_seconds = 1e6;  // a person looks at it meanwhile
  require_valid(of_schedule);
  Result result;
  result.name = schedule.test;
  result.model = of_schedule.model;
  result.search = "replay";
  const auto model = graph::make_memory_model(of_schedule.model);
  runtime::Execution execution(of_schedule, harness);
  execution.set_interleaves(model->interleaves());
  runtime::SourceLines lines;
  verdict::Narrator narrator(execution, lines);
  search::Replay replay(*model, execution, lines);
  const Clock::time_point start = Clock::now();
  replay.run(schedule, options.gdb ? [] { runtime::before_fault(); } : std::function<void()>{}, options.cycles);
  result.seconds = seconds_since(start);
  result.executions = 1;
  result.events = static_cast<std::uint64_t>(replay.graph().size());
  std::optional<Finding> finding =
      schedule.cycle == 0 ? verdict::judge(replay, execution, of_schedule, narrator)
                          : verdict::explain_cycle(replay, execution, of_schedule.scheduler != "any", narrator);
  if (finding && (schedule.fault.empty() || to_string(finding->kind) == schedule.fault)) {
    finding->schedule = schedule;
    result.findings.push_back(std::move(*finding));
    result.verdict = Verdict::violated;
  } else if (!schedule.fault.empty()) {
    throw Error("the schedule ran to its end, but the " + schedule.fault +
                " that it was written for did not happen. Has the harness changed?");
  }
  return result;
}

}  // namespace

Result replay(const Options& options, const Schedule& schedule, const std::function<void()>& harness) {
  const bool other_build =
      !schedule.harness.empty() && !options.harness_id.empty() && schedule.harness != options.harness_id;
  try {
    return replay_as_built(options, schedule, harness);
  } catch (const Error& error) {
    if (!other_build) throw;
    throw Error(std::string("the schedule was written for another build of this harness, whose sources or compiler "
                            "flags have changed since: ") +
                error.what());
  }
}

}  // namespace heddle
