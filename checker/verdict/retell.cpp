#include "checker/verdict/retell.hpp"

#include <algorithm>

#include "checker/core/version.hpp"
#include "checker/search/replay.hpp"
#include "checker/verdict/explain.hpp"
#include "checker/verdict/explain_cycle.hpp"

namespace heddle::verdict {

namespace {

/// `steps` with the places that only the replay could see.
std::vector<ScheduleStep> placed(const Teller& teller, const search::Replay& replay,
                                 const std::vector<ScheduleStep>& steps) {
  std::vector<ScheduleStep> result = steps;
  auto row = replay.rows().begin();
  for (ScheduleStep& step : result) {
    while (row->event == none) ++row;
    step.site = step.operation == search::operation_word({.kind = OperationKind::fault})
                    ? ""
                    : to_string(teller.narrator.line(row->site));
    ++row;
  }
  return result;
}

Schedule with_header(const Options& options, std::vector<ScheduleStep> steps, const Finding& finding) {
  Schedule schedule;
  schedule.test = options.test;
  schedule.harness = options.harness_id;
  schedule.build = "heddle " + std::string(version_text) + ", compiler " + __VERSION__;
  schedule.options = execution_options(options);
  schedule.fault = std::string(to_string(finding.kind));
  schedule.message = finding.message;
  schedule.steps = std::move(steps);
  return schedule;
}

}  // namespace

std::optional<Finding> retell(const Teller& teller, FindingKind kind, const std::vector<ScheduleStep>& steps) {
  search::Replay replay(teller.model, teller.execution, teller.lines);
  Schedule schedule;
  schedule.steps = steps;
  replay.run(schedule);
  std::optional<Finding> finding = judge(replay, teller.execution, teller.options, teller.narrator);
  if (!finding || finding->kind != kind) return std::nullopt;
  finding->schedule = with_header(teller.options, placed(teller, replay, steps), *finding);
  return finding;
}

std::optional<Finding> retell_cycle(const Teller& teller, const std::vector<ScheduleStep>& steps, std::size_t cycle) {
  search::Replay replay(teller.model, teller.execution, teller.lines);
  Schedule schedule;
  schedule.steps = steps;
  schedule.cycle = cycle;
  replay.run(schedule);
  std::optional<Finding> finding =
      explain_cycle(replay, teller.execution, teller.options.scheduler != "any", teller.narrator);
  if (!finding) return std::nullopt;
  finding->schedule = with_header(teller.options, placed(teller, replay, steps), *finding);
  finding->schedule.cycle = cycle;
  return finding;
}

}  // namespace heddle::verdict
