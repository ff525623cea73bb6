// Checks on several system threads, one after another.
#include "checker/runtime/turn.hpp"

#include <catch2/catch.hpp>
#include <heddle/heddle.hpp>
#include <string>
#include <thread>
#include <vector>

using heddle::FindingKind;
using heddle::Result;

namespace {

void two_increments() {
  heddle::atomic<int> count{0};
  heddle::thread other([&] { ++count; });
  ++count;
  other.join();
  HEDDLE_ASSERT(count == 2);
}

/// The same with a load and a store, of which one may be lost.
void lost_increments() {
  heddle::atomic<int> count{0};
  heddle::thread other([&] { count = count + 1; });
  count = count + 1;
  other.join();
  HEDDLE_ASSERT(count == 2);
}

}  // namespace

TEST_CASE("checks that are called on several system threads wait for one another", "[runtime]") {
  constexpr int threads = 4;
  constexpr int rounds = 10;
  std::vector<std::vector<Result>> right(threads);
  std::vector<std::vector<Result>> wrong(threads);
  std::vector<std::thread> callers;
  for (int t = 0; t < threads; ++t) {
    callers.emplace_back([&, t] {
      for (int round = 0; round < rounds; ++round) {
        right[t].push_back(heddle::check({}, two_increments));
        wrong[t].push_back(heddle::check({}, lost_increments));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (int t = 0; t < threads; ++t) {
    for (int round = 0; round < rounds; ++round) {
      INFO(right[t][round].reason << wrong[t][round].reason);
      CHECK(right[t][round]);
      CHECK(right[t][round].executions == 2);  // either increment comes first
      REQUIRE(wrong[t][round].findings.size() == 1);
      CHECK(wrong[t][round].findings.front().kind == FindingKind::assertion);
    }
  }
}

TEST_CASE("a check inside a check is an error, and the check around it goes on", "[runtime]") {
  const Result result = heddle::check({}, [] {
    bool refused = false;
    try {
      static_cast<void>(heddle::check({}, two_increments));
    } catch (const heddle::Error& error) {
      refused = std::string(error.what()).find("do not nest") != std::string::npos;
    }
    HEDDLE_ASSERT(refused);
  });
  CHECK(result);
  CHECK(heddle::check({}, two_increments));
}

TEST_CASE("an endless loop is found whichever system thread checks it", "[runtime]") {
  heddle::Options options;
  options.watchdog_seconds = 0.3;
  Result result;
  std::thread caller([&] {
    result = heddle::check(options, [] {
      for (volatile bool forever = true; forever;) {
      }
    });
  });
  caller.join();
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings.front().kind == FindingKind::no_progress);
}
