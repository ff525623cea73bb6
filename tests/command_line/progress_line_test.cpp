#include "checker/command_line/progress_line.hpp"

#include <catch2/catch.hpp>

using heddle::Progress;
using heddle::command_line::progress_text;

TEST_CASE("the progress line tells how far the search is", "[command_line]") {
  CHECK(progress_text("two transfers", Progress{1234567, 890'400, 0.1234, 185}) ==
        "two transfers: 1234567 executions, 890k/s, 12.3 % done, about 3 min left");
  CHECK(progress_text("t", Progress{0, 0, 0, -1}) == "t: 0 executions, 0/s, 0.0 % done");
  CHECK(progress_text("t", Progress{0, 0, -1, -1}) == "t: 0 executions, 0/s");
  CHECK_THAT(progress_text("t", Progress{1, 2.5e6, 0.5, 1e12}),
             Catch::Contains("2.5M/s") && Catch::Contains("years left"));
  CHECK(progress_text("hallway", {.states = 1234567, .states_to_expand = 4567, .transitions_per_second = 1.25e6}) ==
        "hallway: 1234567 states, 1.2M transitions/s, 4567 states to go on from");
}
