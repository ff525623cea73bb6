#include "oracle/compare.hpp"

namespace heddle::oracle {

namespace {

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

}  // namespace

Comparison compare(const Program& program, const BruteForce& how) {
  Comparison result;
  result.too_large = !brute_force(program, how, result.traces);
  if (result.too_large) return result;
  const Exploration found = explore(program, true);
  std::string& difference = result.difference;
  for (const std::string& fault : found.faults) difference += fault + "\n";
  if (found.traces.race != result.traces.race)
    difference += result.traces.race ? "a data race was not found\n" : "there is no data race, but one was found\n";
  if (result.traces.race) return result;
  if (found.violated != 0) difference += std::to_string(found.violated) + " executions were violated\n";
  compare_sets("complete", result.traces.complete, found.traces.complete, difference);
  compare_sets("deadlock", result.traces.deadlocks, found.traces.deadlocks, difference);
  compare_sets("given up", result.traces.blocked, found.traces.blocked, difference);
  return result;
}

}  // namespace heddle::oracle
