#include "checker/command_line/death.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

namespace heddle::command_line {

namespace {

/// contract.cpp begins its message so.
constexpr std::string_view our_own_fault = "heddle: internal error:";

std::string quoted(const std::string& last_words) {
  return last_words.empty() ? "" : "\nThe last it wrote to stderr:\n" + last_words;
}

Result ended(const Death& death, Verdict verdict, std::string reason) {
  Result result;
  result.name = death.test;
  result.verdict = verdict;
  result.reason = std::move(reason);
  return result;
}

std::string name_of(int signal) {
  const char* const name = sigabbrev_np(signal);
  return std::string("SIG") + (name != nullptr ? name : "?");
}

Result crashed(const Death& death, int signal) {
  Finding finding;
  finding.kind = FindingKind::crash;
  finding.message = fmt::format("the process of this test died of {} ({})", name_of(signal), strsignal(signal));
  finding.explanation =
      "It died outside of any operation that could be blamed, so there is no schedule: what the search had found until "
      "then is lost with it. Memory written through a wild pointer is the usual cause, or a "
      "longjmp into another thread's stack." +
      quoted(death.last_words);
  Result result = ended(death, Verdict::violated, "");
  result.findings.push_back(std::move(finding));
  return result;
}

}  // namespace

Result result_of_death(const Death& death) {
  if (death.out_of_time) return ended(death, Verdict::inconclusive, "killed: it went on long after its timeout");
  if (WIFEXITED(death.status)) {
    return ended(death, Verdict::error,
                 fmt::format("the test ended its process with exit code {}; a test must return, not exit or exec, and "
                             "leave descriptors alone that are not its own",
                             WEXITSTATUS(death.status)) +
                     quoted(death.last_words));
  }
  const int signal = WTERMSIG(death.status);
  if (signal == SIGKILL && death.interrupted) return ended(death, Verdict::inconclusive, "interrupted, and killed");
  if (signal == SIGKILL && death.stopped_by != 0) {
    return ended(death, Verdict::error,
                 "the test stopped its process (" + name_of(death.stopped_by) + "), which was then killed" +
                     quoted(death.last_words));
  }
  if (signal == SIGKILL) {
    return ended(death, Verdict::error,
                 "the process of this test was killed, as the system does when memory runs out; a smaller --heap-size, "
                 "--stack-size or --max-events needs less");
  }
  if (death.last_words.find(our_own_fault) != std::string::npos) return ended(death, Verdict::error, death.last_words);
  return crashed(death, signal);
}

}  // namespace heddle::command_line
