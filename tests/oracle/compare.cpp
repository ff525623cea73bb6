#include "oracle/compare.hpp"

#include "oracle/candidates.hpp"

namespace heddle::oracle {

void compare_sets(const char* what, const std::map<std::string, unsigned>& expected,
                  const std::map<std::string, unsigned>& found, std::string& difference) {
  for (const auto& [trace, times] : found) {
    if (!expected.contains(trace))
      difference += std::string("not to be found, ") + what + ":\n" + trace;
    else if (times > 1)
      difference += "found " + std::to_string(times) + " times, " + what + ":\n" + trace;
  }
  for (const auto& [trace, times] : expected)
    if (!found.contains(trace)) difference += std::string("not found, ") + what + ":\n" + trace;
}

namespace {

Options under(const std::string& model) {
  Options options;
  options.model = model;
  options.max_events = 64;  // a thread that has no end is noticed early
  return options;
}

/// Says in `result` how what the engine found differs from what there is to find.
void compare_with(const Exploration& found, Comparison& result) {
  std::string& difference = result.difference;
  result.in_vain = found.blocked;
  for (const auto& [trace, times] : found.traces.blocked) result.in_vain -= times;  // they were meant to be
  for (const std::string& fault : found.faults) difference += fault + "\n";
  if (found.traces.race != result.traces.race)
    difference += result.traces.race ? "a data race was not found\n" : "there is no data race, but one was found\n";
  if (result.traces.race) return;
  if (found.violated != 0) difference += std::to_string(found.violated) + " executions were violated\n";
  compare_sets("complete", result.traces.complete, found.traces.complete, difference);
  compare_sets("deadlock", result.traces.deadlocks, found.traces.deadlocks, difference);
  compare_sets("livelock", result.traces.livelocks, found.traces.livelocks, difference);
  compare_sets("given up", result.traces.blocked, found.traces.blocked, difference);
}

}  // namespace

Comparison compare(const Program& program, const BruteForce& how) {
  Comparison result;
  BruteForce commuting = how;
  commuting.commuting = true;
  result.too_large = !brute_force(program, commuting, result.traces);
  if (!result.too_large) compare_with(explore(program, true, under("sc"), result.traces.commuting), result);
  return result;
}

std::map<std::string, Comparison> compare_under(const std::vector<std::string>& models, const Program& program,
                                                std::size_t most_candidates) {
  TracesOfModels traces;
  for (const std::string& model : models) traces[model];
  const bool too_large = !axiomatic(program, most_candidates, traces);
  std::map<std::string, Comparison> results;
  for (const std::string& model : models) {
    Comparison& result = results[model];
    result.too_large = too_large;
    result.traces = std::move(traces[model]);
    if (!too_large) compare_with(explore(program, true, under(model), result.traces.commuting), result);
  }
  return results;
}

}  // namespace heddle::oracle
