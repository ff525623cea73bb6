#include "checker/report/characters.hpp"

#include <catch2/catch.hpp>

using heddle::report::columns;
using heddle::report::printable;
using heddle::report::wrapped;
using Lines = std::vector<std::string>;

TEST_CASE("well-formed UTF-8 is told from all else", "[report][characters]") {
  using heddle::report::character_length;
  CHECK(character_length("") == 0);
  CHECK(character_length("ab") == 1);
  CHECK(character_length("\xc3\xa9") == 2);
  CHECK(character_length("\xe2\x82\xac") == 3);
  CHECK(character_length("\xf0\x9f\x98\x80") == 4);
  for (const char* odd : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xe2\x82", "\xf0\x80\x80\x80",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CHECK(character_length(odd) == 0);
    CHECK_FALSE(heddle::report::is_utf8(odd));
  }
}

TEST_CASE("what a terminal would obey becomes visible", "[report][characters]") {
  CHECK(printable("caf\xc3\xa9 \"\\") == "caf\xc3\xa9 \"\\");
  CHECK(printable("\x1b[31m\n\t\r\x7f") == "\\x1b[31m\\n\\t\\r\\x7f");
  CHECK(printable("\xc2\x9b"
                  "31m \xff") == "\\xc2\\x9b31m \\xff");
  CHECK(printable(std::string(1, '\0')) == "\\x00");
}

TEST_CASE("columns are what a terminal shows, not bytes", "[report][characters]") {
  CHECK(columns("caf\xc3\xa9") == 4);
  CHECK(columns("\xe6\x97\xa5\xe6\x9c\xac") == 4);
  CHECK(columns("e\xcc\x81") == 1);
  CHECK(heddle::report::fitting("\xe6\x97\xa5\xe6\x9c\xac", 3) == 3);
}

TEST_CASE("lines break between words, and within those that are too long", "[report][characters]") {
  CHECK(wrapped("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrapped("  one two three", 9) == Lines{"  one two", "  three"});
  CHECK(wrapped("abcdefgh", 3) == Lines{"abc", "def", "gh"});
  CHECK(wrapped("compare_exchange_strong", 19) == Lines{"compare_exchange_", "strong"});
  CHECK(wrapped("", 7) == Lines{""});
  CHECK(wrapped("\xe6\x97\xa5\xe6\x9c\xac", 0) == Lines{"\xe6\x97\xa5", "\xe6\x9c\xac"});
}

TEST_CASE("a text of a megabyte wraps in no time", "[report][characters]") {
  CHECK(wrapped(std::string(1U << 20U, 'x'), 80).size() == (1U << 20U) / 80 + 1);
}
