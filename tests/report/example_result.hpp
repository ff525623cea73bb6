// A result with something in every field, for the tests of reports.
#pragma once

#include "checker/core/finding.hpp"

namespace heddle::test {

inline Finding example_finding() {
  Finding finding;
  finding.kind = FindingKind::deadlock;
  finding.message = "T1 and T2 wait for each other";
  finding.explanation =
      "T1 holds mutex a since bank.cpp:12 and waits for mutex b. T2 holds mutex b since bank.cpp:20 and waits for "
      "mutex "
      "a. Neither can go on.\n\nTake the two in the same order everywhere.";
  finding.threads = {1, 2};
  finding.locations = {{"bank.cpp", 13, "debit"}, {"bank.cpp", 21, "credit"}};
  finding.thread_names = {"main", "T1 (bank.cpp:31)", "T2 (bank.cpp:32)"};
  finding.steps = {{0, "spawn T1", "", {"bank.cpp", 31, "main"}, false},
                   {0, "spawn T2", "", {"bank.cpp", 32, "main"}, false},
                   {1, "lock a", "", {"bank.cpp", 12, "debit"}, false},
                   {2, "lock b", "", {"bank.cpp", 20, "credit"}, false},
                   {2, "lock a", "waits", {"bank.cpp", 21, "credit"}, true},
                   {1, "lock b", "waits", {"bank.cpp", 13, "debit"}, true}};
  finding.schedule.test = "two transfers keep the total";
  finding.schedule.options = {"--max-events=50"};
  finding.schedule.fault = "deadlock";
  finding.schedule.steps = {{0, "spawn", 0, ScheduleStep::newest, "bank.cpp:31"}, {1, "lock", 2, 0, "bank.cpp:12"}};
  finding.schedule_path = "bank.schedule";
  finding.dot = "digraph { a -> b }";
  finding.graph = "digraph { a -> b -> a }";
  return finding;
}

inline Result example_result() {
  Result result;
  result.name = "two transfers keep the total";
  result.verdict = Verdict::violated;
  result.executions = 7;
  result.blocked = 1;
  result.states = 2;
  result.events = 130;
  result.seconds = 0.25;
  result.reason = "the first finding ends the search";
  result.findings = {example_finding()};
  result.warnings = {example_finding()};
  result.warnings[0].kind = FindingKind::lock_order;
  return result;
}

}  // namespace heddle::test
