// Where a process dies, or takes a signal, among accesses to plain data.
#include <catch2/catch.hpp>
#include <functional>
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

// Each process has one operation: it lives, or dies before it or after. Of two at most N die.
TEST_CASE("at most so many processes die as --crash says", "[process]") {
  const auto harness = [] {
    heddle::shared_memory<heddle::atomic<int>> a(0), b(0);
    heddle::process first([=] { a->store(1); });
    heddle::process second([=] { b->store(1); });
    first.wait();
    second.wait();
  };
  heddle::Options options;
  CHECK(executions(harness, options) == 1);
  options.crashes = 1;
  CHECK(executions(harness, options) == 1 + 2 + 2);
  options.crashes = 2;
  CHECK(executions(harness, options) == 3 * 3);
}

// The main process starts one, and that one another; or two processes start one each.
TEST_CASE("processes of several parents share what --crash allows", "[process]") {
  const auto chain = [](int most) {
    return [most] {
      heddle::process parent([] {
        heddle::process child([] {});
        return child.wait().signaled() ? 1 : 0;
      });
      const heddle::exit_status status = parent.wait();
      HEDDLE_ASSERT((status.signaled() || status.code() != 0) <= most);
      HEDDLE_ASSERT(status.signaled() + status.code() <= most);
    };
  };
  const auto with = [](std::uint64_t crashes) {
    heddle::Options options;
    options.crashes = crashes;
    return options;
  };
  CHECK(executions(chain(0), with(0)) == 1);
  CHECK_THAT(verdict(chain(0), with(1)), StartsWith("assertion: "));
  CHECK(verdict(chain(1), with(1)) == "verified");
  // Each child says whether it has died. Without the count for all, both may with N = 1.
  const auto family = [](int most) {
    return [most] {
      const auto parent = [] {
        heddle::process child([] {});
        return child.wait().signaled() ? 1 : 0;
      };
      heddle::process left(parent), right(parent);
      int died = 0;
      for (heddle::process* process : {&left, &right}) {
        const heddle::exit_status status = process->wait();
        died += status.signaled() ? 1 : status.code();
      }
      HEDDLE_ASSERT(died <= most);
    };
  };
  CHECK(verdict(family(1), with(1)) == "verified");
  CHECK_THAT(verdict(family(1), with(2)), StartsWith("assertion: "));
  CHECK(verdict(family(2), with(2)) == "verified");
}

// Two threads start a process of no operations each, and one of these may die. Neither does: then the order of the
// starts makes no difference. Or either one does, and whether the other one could have was asked before that or after.
TEST_CASE("starts by two threads are ordered where one of the processes is to die", "[process]") {
  heddle::Options options;
  options.crashes = 1;
  CHECK(executions(
            [] {
              const auto start = [] { heddle::process([] {}).detach(); };
              heddle::thread other(start);
              start();
              other.join();
            },
            options) == 1 + 2 + 2);
}

namespace {

/// A process is sent a signal, and what it does, which has to wait, is made possible. It returns 2 where that was
/// interrupted, else 1.
std::function<void()> interruption(int what, bool interrupts, const std::function<void(int code)>& judge) {
  return [=] {
    heddle::pipe<int> ready, filled(1), unfilled;
    heddle::message_queue<int> full(1), empty;
    filled.write(0);
    full.send(0);
    heddle::process server(heddle::killable, [=] {
      heddle::process child([=] {
        int go = 0;
        if (what == 4) unfilled.read(go);
      });
      const auto handler = [](int) {};
      if (interrupts)
        heddle::this_process::on_signal(15, handler, heddle::interrupts);
      else
        heddle::this_process::on_signal(15, handler);
      ready.write(1);
      int number = 0;
      bool interrupted = false;
      try {
        if (what == 0) unfilled.read(number);
        if (what == 1) filled.write(1);
        if (what == 2) full.send(1);
        if (what == 3) empty.receive();
        if (what == 4) child.wait();
      } catch (const std::system_error& error) {
        interrupted = error.code() == std::errc::interrupted;
      }
      if (child.joinable()) child.detach();
      return interrupted ? 2 : 1;
    });
    int number = 0;
    ready.read(number);
    server.kill();
    if (what == 0 || what == 4) unfilled.write(1);
    if (what == 1) filled.read(number);
    if (what == 2) full.receive();
    if (what == 3) empty.send(1);
    judge(server.wait().code());
  };
}

}  // namespace

TEST_CASE("a handler ends what blocks, where it is to", "[process]") {
  for (int what = 0; what < 5; ++what) {
    INFO(what);
    const auto is = [](int wanted) { return [wanted](int code) { HEDDLE_ASSERT(code == wanted); }; };
    CHECK_THAT(verdict(interruption(what, true, is(1))), StartsWith("assertion: ") && Contains("(2 == 1)"));
    CHECK_THAT(verdict(interruption(what, true, is(2))), StartsWith("assertion: ") && Contains("(1 == 2)"));
    CHECK(verdict(interruption(what, true, [](int code) { HEDDLE_ASSERT(code == 1 || code == 2); })) == "verified");
    CHECK(verdict(interruption(what, false, is(1))) == "verified");
  }
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
