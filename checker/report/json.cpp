#include "checker/report/json.hpp"

#include <nlohmann/json.hpp>

#include "checker/core/version.hpp"

namespace heddle::report {

namespace {

using Json = nlohmann::ordered_json;

Json steps_of(const Finding& finding) {
  Json steps = Json::array();
  for (const Step& step : finding.steps) {
    steps.push_back({{"thread", step.thread},
                     {"operation", step.operation},
                     {"outcome", step.outcome},
                     {"location", step.site.file.empty() ? std::string() : to_string(step.site)},
                     {"fault", step.fault}});
  }
  return steps;
}

Json json_of(const Finding& finding) {
  Json locations = Json::array();
  for (const SourceLine& place : finding.locations) {
    if (!place.file.empty() && place.line != 0) locations.push_back(to_string(place));
  }
  return {{"kind", to_string(finding.kind)},
          {"message", finding.message},
          {"threads", finding.threads},
          {"locations", locations},
          {"schedule", finding.schedule_path},
          {"explanation", finding.explanation},
          {"thread_names", finding.thread_names},
          {"steps", steps_of(finding)},
          {"cycle", finding.cycle}};
}

Json json_of(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) list.push_back(json_of(finding));
  return list;
}

Json json_of(const Result& result) {
  return {{"name", result.name},
          {"verdict", to_string(result.verdict)},
          {"search", result.search},
          {"model", result.model},
          {"executions", result.executions},
          {"blocked", result.blocked},
          {"states", result.states},
          {"events", result.events},
          {"seconds", result.seconds},
          {"reason", result.reason},
          {"findings", json_of(result.findings)},
          {"warnings", json_of(result.warnings)}};
}

}  // namespace

std::string to_json(const std::vector<Result>& results) {
  Json tests = Json::array();
  for (const Result& result : results) tests.push_back(json_of(result));
  const Json run = {{"heddle", version_text}, {"tests", tests}};
  return run.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace heddle::report
