// Histories drawn as timelines.
#include "checker/analysis/timeline.hpp"

#include <catch2/catch.hpp>

using namespace heddle::analysis;

TEST_CASE("bars overlap where calls do, and follow each other where they do not", "[analysis]") {
  const std::vector<Bar> bars = {{0, "push(1)"}, {0, "pop() = 2"}, {1, "push(2)"}};
  const std::vector<Point> points = {{0, false}, {2, false}, {0, true}, {1, false}, {2, true}, {1, true}};
  CHECK(timeline({"main", "T1"}, bars, points) ==
        "main │ ├ push(1) ┤ ├ pop() = 2 ┤\n"
        "T1   │   ├ push(2) ──┤\n");
}

TEST_CASE("a call that has not returned has no end", "[analysis]") {
  const std::vector<Bar> bars = {{0, "lock()"}, {1, "read() = 0"}};
  CHECK(timeline({"T1", "T2"}, bars, {{0, false}, {1, false}, {1, true}}) ==
        "T1 │ ├ lock() ────────…\n"
        "T2 │   ├ read() = 0 ┤\n");
}

TEST_CASE("a timeline that is too wide goes on below", "[analysis]") {
  const std::vector<Bar> bars = {{0, "write(1)"}, {0, "write(2)"}, {0, "write(3)"}};
  const std::vector<Point> points = {{0, false}, {0, true}, {1, false}, {1, true}, {2, false}, {2, true}};
  CHECK(timeline({"T1"}, bars, points, 32) ==
        "T1 │ ├ write(1) ┤ ├ write(2) ┤\n"
        "\n"
        "T1 │ ├ write(3) ┤\n");
}

TEST_CASE("there may be nothing to draw", "[analysis]") { CHECK(timeline({}, {}, {}).empty()); }
