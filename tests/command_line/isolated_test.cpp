#include "checker/command_line/isolated.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"

using heddle::Finding;
using heddle::FindingKind;
using heddle::Result;
using heddle::Verdict;
using heddle::command_line::Isolation;
using heddle::command_line::run_isolated;

namespace {

Result isolated(const std::function<Result()>& body) {
  Isolation how;
  how.test = "a test";
  return run_isolated(how, body);
}

[[noreturn]] void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::abort();
}

}  // namespace

TEST_CASE("a result comes back whole from its process", "[command_line]") {
  const Result result = isolated([] {
    Result sent;
    sent.verdict = Verdict::violated;
    sent.executions = 123456789012;
    sent.findings.resize(3);
    sent.findings[1].message = std::string(1'000'000, 'x');
    return sent;
  });
  CHECK(result.name == "a test");
  CHECK(result.verdict == Verdict::violated);
  CHECK(result.executions == 123456789012);
  REQUIRE(result.findings.size() == 3);
  CHECK(result.findings[1].message.size() == 1'000'000);
}

TEST_CASE("what a test does to its process stays there", "[command_line]") {
  int value = 1;
  const Result result = isolated([&] {
    value = 2;
    std::puts("this must not be seen");
    std::cerr << "nor this\n";
    return Result{};
  });
  CHECK(result.verdict == Verdict::verified);
  CHECK(value == 1);
}

TEST_CASE("a signal is a crash, with what was said last", "[command_line]") {
  const Result result = isolated([]() -> Result {
    std::cerr << std::string(10'000, 'x') << "my last words\n";
    die_of(SIGSEGV);
  });
  CHECK(result.verdict == Verdict::violated);
  REQUIRE(result.findings.size() == 1);
  const Finding& finding = result.findings.front();
  CHECK(finding.kind == FindingKind::crash);
  CHECK_THAT(finding.message, Catch::Contains("SIGSEGV"));
  CHECK_THAT(finding.explanation, Catch::Contains("my last words"));
  CHECK(finding.explanation.size() < 6000);
}

TEST_CASE("an exit, a kill and a fault of ours are errors that say so", "[command_line]") {
  const Result ended = isolated([]() -> Result { _exit(0); });
  CHECK(ended.verdict == Verdict::error);
  CHECK_THAT(ended.reason, Catch::Contains("exit code 0"));

  const Result killed = isolated([]() -> Result { die_of(SIGKILL); });
  CHECK(killed.verdict == Verdict::error);
  CHECK_THAT(killed.reason, Catch::Contains("memory"));

  const Result our_fault = isolated([]() -> Result {
    std::signal(SIGABRT, SIG_DFL);
    heddle::core::contract_failed("two < one", "somewhere.cpp", 12);
  });
  CHECK(our_fault.verdict == Verdict::error);
  CHECK_THAT(our_fault.reason, Catch::Contains("two < one"));
}

TEST_CASE("what a check throws becomes the reason of an error", "[command_line]") {
  const Result thrown = isolated([]() -> Result { throw heddle::Error("wrong use"); });
  CHECK(thrown.verdict == Verdict::error);
  CHECK(thrown.reason == "wrong use");
  const Result unknown = isolated([]() -> Result { throw 42; });
  CHECK(unknown.verdict == Verdict::error);
}

TEST_CASE("a process left behind does not hold up the result", "[command_line]") {
  const auto begin = std::chrono::steady_clock::now();
  pid_t left_behind[1] = {0};
  const Result result = isolated([&]() -> Result {
    left_behind[0] = fork();  // holds the pipes open
    if (left_behind[0] == 0) {
      sleep(5);
      _exit(0);
    }
    _exit(3);
  });
  CHECK(result.verdict == Verdict::error);
  CHECK_THAT(result.reason, Catch::Contains("exit code 3"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(3));
}

TEST_CASE("a check that goes on after its time is killed", "[command_line]") {
  Isolation how;
  how.test = "a test";
  how.kill_after_seconds = 0.2;
  const Result result = run_isolated(how, []() -> Result {
    for (;;) pause();
  });
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK_THAT(result.reason, Catch::Contains("timeout"));
}

TEST_CASE("a test that stops its process is an error that says so", "[command_line]") {
  // SIGTSTP stops no process of an orphaned group, which is what there is without a terminal.
  const auto begin = std::chrono::steady_clock::now();
  const Result result = isolated([]() -> Result {
    std::raise(SIGSTOP);
    return Result{};
  });
  CHECK(result.verdict == Verdict::error);
  CHECK_THAT(result.reason, Catch::Contains("SIGSTOP"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(3));
}

TEST_CASE("a test that is stopped for a moment, as by Ctrl-Z, goes on", "[command_line]") {
  const Result result = isolated([]() -> Result {
    const pid_t parent = getpid();
    if (fork() == 0) {
      for (int i = 0; i < 10; ++i) {  // however late it stops
        usleep(50'000);
        kill(parent, SIGCONT);
      }
      _exit(0);
    }
    std::raise(SIGSTOP);
    usleep(500'000);  // so that it is looked at while it goes on
    return Result{};
  });
  CHECK(result.verdict == Verdict::verified);
}
