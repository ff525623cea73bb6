#include "checker/analysis/wording.hpp"

#include <catch2/catch.hpp>

#include "checker/analysis/drawing.hpp"

using namespace heddle::analysis;
using heddle::SourceLine;

TEST_CASE("a list reads as in a sentence", "[analysis]") {
  REQUIRE(listed({}).empty());
  REQUIRE(listed({"a"}) == "a");
  REQUIRE(listed({"a", "b"}) == "a and b");
  REQUIRE(listed({"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("two places in one file name the file once", "[analysis]") {
  REQUIRE(both_places({"f.cpp", 10, ""}, {"f.cpp", 11, ""}) == "f.cpp:10, 11");
  REQUIRE(both_places({"f.cpp", 10, ""}, {"g.cpp", 11, ""}) == "f.cpp:10, g.cpp:11");
  REQUIRE(both_places({"f.cpp", 10, ""}, {"f.cpp", 10, ""}) == "f.cpp:10");
  REQUIRE(both_places({"f.cpp", 10, ""}, {}) == "f.cpp:10, ?");
}

TEST_CASE("an object is named without its place where that is enough", "[analysis]") {
  REQUIRE(brief_name("mutex m (f.cpp:1)", {"mutex m (f.cpp:1)", "mutex n (f.cpp:2)"}) == "mutex m");
  REQUIRE(brief_name("mutex m (f.cpp:1)", {"mutex m (f.cpp:2)"}) == "mutex m (f.cpp:1)");
  REQUIRE(brief_name("mutex (f.cpp:1)", {}) == "mutex (f.cpp:1)");
  REQUIRE(brief_name("mutex m", {}) == "mutex m");
}

TEST_CASE("a place is kept once, whatever function it is in", "[analysis]") {
  std::vector<SourceLine> places;
  add_once(places, {"f.cpp", 1, "f"});
  add_once(places, {"f.cpp", 1, "g"});
  add_once(places, {});
  add_once(places, {"f.cpp", 2, "f"});
  REQUIRE(places == std::vector<SourceLine>{{"f.cpp", 1, "f"}, {"f.cpp", 2, "f"}});
}

TEST_CASE("empty paragraphs leave no gap", "[analysis]") {
  std::string text;
  add_sentence(text, "One.");
  add_sentence(text, "Two.");
  REQUIRE(paragraphs({text, "", "Three."}) == "One. Two.\n\nThree.");
}

TEST_CASE("labels of a drawing are escaped", "[analysis]") {
  Drawing drawing("a \"b\"");
  drawing.box("x\\", "line\nbreak\ttab");
  REQUIRE(drawing.text().find(R"(digraph "a \"b\"")") == 0);
  REQUIRE(drawing.text().find(R"("x\\" [shape=box, label="line\nbreak tab"];)") != std::string::npos);
}
