#include "checker/report/wire.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "checker/core/error.hpp"
#include "checker/report/json.hpp"
#include "report/example_result.hpp"

using heddle::Result;
using heddle::report::from_wire;
using heddle::report::to_wire;

TEST_CASE("a result crosses the wire without loss", "[report][wire]") {
  Result result = heddle::test::example_result();
  result.name = std::string("caf\xe9\0\n", 6);
  result.executions = std::numeric_limits<std::uint64_t>::max();
  result.seconds = 1e-300;
  const Result again = from_wire(to_wire(result));
  CHECK(to_wire(again) == to_wire(result));
  CHECK(again.name == result.name);
  CHECK(again.seconds == result.seconds);
  CHECK(again.executions == result.executions);
  CHECK(again.findings[0].schedule == result.findings[0].schedule);
  CHECK(again.findings[0].dot == result.findings[0].dot);
  CHECK(again.findings[0].graph == result.findings[0].graph);
  CHECK(again.findings[0].steps[4].fault);
  CHECK(again.findings[0].steps[4].site == result.findings[0].steps[4].site);
  CHECK(heddle::report::to_json({again}) == heddle::report::to_json({result}));
}

TEST_CASE("a result that breaks off is refused, wherever it does", "[report][wire]") {
  const std::string bytes = to_wire(heddle::test::example_result());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(from_wire(std::string_view(bytes).substr(0, size)), heddle::Error);
  }
  CHECK_THROWS_AS(from_wire(bytes + "x"), heddle::Error);
}

TEST_CASE("a result with wrong bytes is refused or read, and nothing else happens", "[report][wire]") {
  std::mt19937 random(1);
  const std::string bytes = to_wire(heddle::test::example_result());
  for (unsigned round = 0; round < 20000; ++round) {
    std::string wrong = bytes;
    for (unsigned left = 1 + random() % 3; left != 0; --left)
      wrong[random() % wrong.size()] = static_cast<char>(random());
    try {
      from_wire(wrong);
    } catch (const heddle::Error&) {
      // The only exception there may be.
    }
  }
}
