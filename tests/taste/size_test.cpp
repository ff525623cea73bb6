// What a reader can hold: files and functions of a bounded size, each file with a head that says what it is.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "taste/source_tree.hpp"

using namespace heddle::taste;

namespace {

constexpr std::size_t longest_file = 600;
constexpr unsigned longest_function = 70;

const std::vector<std::string> everything = {"checker", "models", "examples", "tests"};

std::vector<unsigned> lengths_of(const std::vector<std::string>& lines) {
  std::vector<unsigned> lengths;
  for (const FunctionSize& function : functions_of(lines)) lengths.push_back(function.lines);
  return lengths;
}

}  // namespace

TEST_CASE("functions are found and measured", "[taste]") {
  CHECK(lengths_of({"int f() { return 1; }"}) == std::vector<unsigned>{1});
  CHECK(lengths_of({"namespace a {", "struct B {", "  int c{3};", "  int f() const {", "    if (c) {", "    }",
                    "    return '{';", "  }", "  int d = 0;", "};", "}  // }"}) == std::vector<unsigned>{5});
  CHECK(lengths_of({"template <class T>", "void f(", "    T t) {", "  g([&] {", "  });", "}"}) ==
        std::vector<unsigned>{6});
  CHECK(lengths_of({"#define F(x) \\", "  { {", "int list[] = {1, 2};", "/* { */ enum class E { a, b };"}).empty());
  CHECK(lengths_of({"struct alignas(16) A {", "  A() : a(1) {", "    char c = '\\''; const char* d = \"\\\"{\";",
                    "    auto e = R\"x({)x\"; int f = 1'000;", "  }", "};"}) == std::vector<unsigned>{4});
}

TEST_CASE("no file and no function outgrows its reader", "[taste]") {
  for (const SourceFile& file : source_files(everything)) {
    INFO(file.path << " has " << file.lines.size() << " lines");
    CHECK(file.lines.size() <= longest_file);
    for (const FunctionSize& function : functions_of(file.lines)) {
      INFO(file.path << ':' << function.line << " is a function of " << function.lines << " lines");
      CHECK(function.lines <= longest_function);
    }
  }
}

TEST_CASE("every header is included once and says what it is", "[taste]") {
  for (const SourceFile& file : source_files({"checker", "models"})) {
    if (!file.path.ends_with(".hpp")) continue;
    INFO(file.path);
    CHECK(std::count(file.lines.begin(), file.lines.end(), "#pragma once") == 1);
    REQUIRE_FALSE(file.lines.empty());
    CHECK(file.lines.front().starts_with("//"));
  }
}

TEST_CASE("nothing is put off", "[taste]") {
  const std::vector<std::string> marks = {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X"};
  for (const SourceFile& file : source_files(everything)) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::string& mark : marks) {
        INFO(file.path << ':' << i + 1 << " says " << mark);
        CHECK(file.lines[i].find(mark) == std::string::npos);
      }
    }
  }
}

TEST_CASE("every source file is built", "[taste]") {
  std::ifstream list(std::string(HEDDLE_SOURCE_DIR) + "/CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(list), {}};
  for (const SourceFile& file : source_files({"checker", "models"})) {
    if (!file.path.ends_with(".cpp")) continue;
    INFO(file.path << " is not in CMakeLists.txt");
    CHECK(text.find(file.path) != std::string::npos);
  }
}
