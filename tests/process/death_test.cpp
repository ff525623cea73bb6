// Where a process dies, or takes a signal, among accesses to plain data.
#include <catch2/catch.hpp>
#include <heddle/heddle.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "process/verdicts.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using heddle::process_tests::check;
using heddle::process_tests::executions;
using heddle::process_tests::verdict;

namespace {

struct Account {
  heddle::robust_mutex access;
  heddle::var<int> from{100}, to{0};
};

/// A process that may die moves 30, and whoever locks after it finds 100 in all. Its death may be seen half way.
void transfer(bool repairs) {
  heddle::shared_memory<Account> account;
  heddle::process child([=] {
    heddle::may_crash();
    account->access.lock();
    account->from -= 30;
    account->to += 30;
    account->access.unlock();
  });
  child.wait();
  if (account->access.lock() == std::errc::owner_dead) {
    if (repairs) account->to = 100 - account->from;
    account->access.make_consistent();
  }
  HEDDLE_ASSERT(account->from + account->to == 100);
  account->access.unlock();
}

}  // namespace

// It lives, or dies before the lock, before the first or the second write, before the unlock, or at its end.
TEST_CASE("a process dies between two writes of plain data in shared memory, and a robust mutex is for repair",
          "[process]") {
  CHECK_THAT(verdict([] { transfer(false); }), StartsWith("assertion: ") && Contains("(70 == 100)"));
  CHECK(executions([] { transfer(true); }) == 6);
  const auto with = [](const char* search, const char* scheduler, const char* preemptions) {
    heddle::Options options;
    options.search = search;
    options.scheduler = scheduler;
    options.preemption_bound = preemptions;
    return options;
  };
  for (heddle::Options options :
       {with("exhaustive", "any", "0"), with("exhaustive", "fifo", ""), with("liveness", "any", ""),
        with("random", "any", ""), with("pct", "any", ""), with("pos", "any", "")}) {
    INFO(options.search << ", " << options.scheduler);
    CHECK_THAT(verdict([] { transfer(false); }, options), StartsWith("assertion: ") && Contains("(70 == 100)"));
    options.max_executions = 500;
    CHECK(check([] { transfer(true); }, options).findings.empty());
  }
}

// Reads are no place to die at: what others find is the same right after them. So one way to live, and two to die:
// before the write, and at the end.
TEST_CASE("a process does not die before reads of plain data, nor before writes of its own", "[process]") {
  CHECK(executions([] {
          heddle::shared_memory<heddle::var<int>> number(0);
          heddle::process child([=] {
            heddle::may_crash();
            heddle::var<int> own{0};
            own = *number;
            own += *number;
            *number = 1;
            own = *number;
          });
          child.wait();
        }) == 3);
}

// The signal is there before the first, the second, or the third look for it, which are those before the two writes and
// that at the end, or after all of them; it is taken at any of the looks from then on, or at none: 4 + 3 + 2 + 1.
TEST_CASE("a signal ends a process between two writes of plain data in shared memory", "[process]") {
  const auto harness = [](bool knows) {
    return [knows] {
      heddle::shared_memory<Account> account;
      heddle::process child(heddle::killable, [=] {
        account->from -= 30;
        account->to += 30;
      });
      child.kill(9);
      const heddle::exit_status status = child.wait();
      HEDDLE_ASSERT(account->from + account->to == 100 || (knows && status.signaled()));
    };
  };
  CHECK_THAT(verdict(harness(false)), StartsWith("assertion: "));
  CHECK(executions(harness(true)) == 10);
}

TEST_CASE("a handler runs between two accesses to plain data, the process's own too", "[process]") {
  const auto harness = [](int least) {
    return [least] {
      heddle::process child(heddle::killable, [=] {
        heddle::var<int> from{100}, to{0};
        heddle::this_process::on_signal(10, [&](int) { HEDDLE_ASSERT(from + to >= least); });
        from -= 30;
        to += 30;
        heddle::this_process::on_signal(10, [](int) {});
      });
      child.kill(10);
      child.wait();
    };
  };
  CHECK_THAT(verdict(harness(100)), StartsWith("assertion: ") && Contains("(70 >= 100)"));
  CHECK(verdict(harness(70)) == "verified");
}

TEST_CASE("a report says where a process dies, at its end too", "[process]") {
  const heddle::Result result = check([] {
    heddle::process child([] { heddle::may_crash(); });
    HEDDLE_ASSERT(child.wait().exited());
  });
  REQUIRE(result.findings.size() == 1);
  std::vector<std::string> rows;
  for (const heddle::Step& step : result.findings[0].steps)
    if (step.thread == 1) rows.push_back(step.operation);
  CHECK(rows == std::vector<std::string>{"its process dies", "ends"});
}
