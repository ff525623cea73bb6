// Findings, verdicts and results: what a check answers. Values only; every report is made from these.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "checker/core/schedule.hpp"

namespace heddle {

/// What kind of fault a finding is. The names (to_string) are part of the contract with users.
enum class FindingKind : std::uint8_t {
  assertion,
  data_race,
  deadlock,
  lock_order,
  livelock,
  starvation,
  use_after_free,
  double_free,
  leak,
  misuse,
  uncaught_exception,
  crash,
  no_progress,
  isolation,
  not_linearizable,
};

/// The name used in reports, JSON and schedule files, e.g. "data-race".
std::string_view to_string(FindingKind kind);
/// The kind with that name. Throws heddle::Error where there is none.
FindingKind finding_kind_from(std::string_view name);

/// A place in the harness. `line` is 0 where it is not known.
struct SourceLine {
  std::string file;
  unsigned line = 0;
  std::string function;

  bool operator==(const SourceLine&) const = default;
};

/// "file:line", or "?" where the place is not known.
std::string to_string(const SourceLine& place);

/// One operation of a failing execution, in the order in which the schedule runs them: a row of the table.
struct Step {
  unsigned thread = 0;    ///< 0 is the main thread of the harness
  std::string operation;  ///< what was asked: "lock m", "load x", "join T2", "write total"
  std::string outcome;    ///< what came of it: "= 3 (from T1)", "waits", "fails"; may be empty
  SourceLine site;
  bool fault = false;  ///< this row is (part of) the fault
};

/// One fault, with all that is needed to explain it.
struct Finding {
  FindingKind kind = FindingKind::assertion;
  std::string message;                    ///< one sentence
  std::string explanation;                ///< a paragraph or several: why it happened, what would have prevented it
  std::vector<unsigned> threads;          ///< the threads at fault, ascending
  std::vector<SourceLine> locations;      ///< the lines at fault, the most important first
  std::vector<std::string> thread_names;  ///< of every thread of the execution: "main", "T1 (queue.cpp:12)"
  std::vector<Step> steps;                ///< the execution up to the fault, with as few context switches as were found
  std::size_t cycle = 0;                  ///< so many of the steps, the last, are repeated for ever
  Schedule schedule;                      ///< what replays it
  std::string schedule_path;              ///< where the schedule was written; empty where it was not
  std::string dot;                        ///< a Graphviz drawing (wait-for graph, lock graph) where the kind has one
  std::string graph;                      ///< the execution graph up to the fault, as a Graphviz drawing
};

enum class Verdict : std::uint8_t {
  verified,
  violated,
  inconclusive,  ///< a bound was reached before the end
  error,         ///< the harness itself is at fault (not deterministic, does not run)
};

std::string_view to_string(Verdict verdict);

/// The answer of one check.
struct Result {
  std::string name;
  Verdict verdict = Verdict::verified;
  std::string search = "exhaustive";
  std::string model = "rc11";
  std::uint64_t executions = 0;  ///< leaves of the search: complete ones, deadlocks and violations
  std::uint64_t blocked = 0;     ///< executions begun and given up
  std::uint64_t states = 0;      ///< of a search over states; 0 otherwise
  std::uint64_t events = 0;      ///< events added by the search
  double seconds = 0;            ///< the search alone
  std::string
      reason;  ///< for inconclusive and error: which bound, or what is wrong, and the cure; what a proof depends on
  std::vector<Finding> findings;
  std::vector<Finding> warnings;  ///< lock-order inversions that leave the verdict as it is

  /// True where the verdict is verified: `REQUIRE(heddle::check(...))` reads well.
  explicit operator bool() const { return verdict == Verdict::verified; }
};

/// Exit code of one run over these results (0 verified, 1 violated, 2 error, 3 inconclusive): the gravest wins, in the
/// order violated, error, inconclusive, verified.
int exit_code(const std::vector<Result>& results);

}  // namespace heddle
