#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <heddle/heddle.hpp>
#include <mutex>

TEST_CASE("a check inside a test of another framework") {
  const heddle::Result result = heddle::check(heddle::Options{}, [] {
    heddle::mutex mutex;
    heddle::var<int> count{0};
    heddle::thread other([&] {
      const std::lock_guard lock(mutex);
      count += 1;
    });
    {
      const std::lock_guard lock(mutex);
      count += 1;
    }
    other.join();
    HEDDLE_ASSERT(count == 2);
  });
  REQUIRE(result);
  CHECK(result.executions == 2);  // one for each order of the two critical sections
}

TEST_CASE("a fault is a value") {
  const heddle::Result result = heddle::check(heddle::Options{}, [] { HEDDLE_ASSERT(1 + 1 == 3); });
  CHECK(result.verdict == heddle::Verdict::violated);
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == heddle::FindingKind::assertion);
}

TEST_CASE("a race is told with its lines") {
  unsigned line = 0;
  const heddle::Result result = heddle::check(heddle::Options{}, [&] {
    line = __LINE__ + 2;  // of the increment
    heddle::var<int> count{0};
    const auto increment = [&] { count += 1; };
    heddle::thread other(increment);
    increment();
    other.join();
  });
  REQUIRE(result.findings.size() == 1);
  REQUIRE_FALSE(result.findings[0].locations.empty());
  CHECK(result.findings[0].locations[0].line == line);
}
