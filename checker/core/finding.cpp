#include "checker/core/finding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"

namespace heddle {

namespace {

/// In the order of the enumerators.
constexpr std::array<std::string_view, 15> kind_names = {
    "assertion",          "data-race",      "deadlock",    "lock-order", "livelock",
    "starvation",         "use-after-free", "double-free", "leak",       "misuse",
    "uncaught-exception", "crash",          "no-progress", "isolation",  "not-linearizable"};
static_assert(kind_names.size() == static_cast<std::size_t>(FindingKind::not_linearizable) + 1);

constexpr std::array<std::string_view, 4> verdict_names = {"verified", "violated", "inconclusive", "error"};
static_assert(verdict_names.size() == static_cast<std::size_t>(Verdict::error) + 1);

}  // namespace

std::string_view to_string(FindingKind kind) {
  HEDDLE_EXPECTS(static_cast<std::size_t>(kind) < kind_names.size());
  return kind_names[static_cast<std::size_t>(kind)];
}

FindingKind finding_kind_from(std::string_view name) {
  const auto* const found = std::find(kind_names.begin(), kind_names.end(), name);
  if (found == kind_names.end()) {
    std::string names;
    for (std::string_view known : kind_names) names += (names.empty() ? "" : ", ") + std::string(known);
    throw Error("no kind of finding is named '" + std::string(name.substr(0, 40)) + "'; there are: " + names);
  }
  return static_cast<FindingKind>(found - kind_names.begin());
}

std::string to_string(const SourceLine& place) {
  if (place.file.empty()) return "?";
  return place.line == 0 ? place.file : place.file + ":" + std::to_string(place.line);
}

std::string_view to_string(Verdict verdict) {
  HEDDLE_EXPECTS(static_cast<std::size_t>(verdict) < verdict_names.size());
  return verdict_names[static_cast<std::size_t>(verdict)];
}

int exit_code(const std::vector<Result>& results) {
  const auto any = [&results](Verdict verdict) {
    return std::any_of(results.begin(), results.end(),
                       [verdict](const Result& result) { return result.verdict == verdict; });
  };
  if (any(Verdict::violated)) return 1;
  if (any(Verdict::error)) return 2;
  if (any(Verdict::inconclusive)) return 3;
  return 0;
}

}  // namespace heddle
