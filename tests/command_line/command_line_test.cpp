#include "checker/command_line/command_line.hpp"

#include <catch2/catch.hpp>

#include "checker/core/error.hpp"

using heddle::command_line::CommandLine;
using heddle::command_line::read_command_line;
using Words = std::vector<std::string>;

TEST_CASE("options, files and compiler arguments are told apart", "[command_line]") {
  const char* const argv[] = {"harness", "a.cpp", "--timeout", "3", "b.cpp", "--", "-DN=3", "--", "--timeout=9"};
  const CommandLine words = read_command_line(9, argv);
  CHECK(words.program == "harness");
  CHECK(words.files == Words{"a.cpp", "b.cpp"});
  CHECK(words.options.timeout_seconds == 3);
  CHECK(words.compiler_arguments == Words{"-DN=3", "--", "--timeout=9"});
}

TEST_CASE("a command line may be empty", "[command_line]") {
  const char* const argv[] = {"harness"};
  CHECK(read_command_line(1, argv).files.empty());
  CHECK_NOTHROW(read_command_line(0, argv));
}

TEST_CASE("an unknown option is an error", "[command_line]") {
  const char* const argv[] = {"harness", "--modle=sc"};
  CHECK_THROWS_AS(read_command_line(2, argv), heddle::Error);
}

TEST_CASE("a memory model that was asked for is not silently another one", "[command_line]") {
  for (const char* const check : {"--search=liveness", "--scheduler=fifo"}) {
    const char* const joined[] = {"harness", check, "--model=rc11"};
    CHECK_THROWS_WITH(read_command_line(3, joined), Catch::Contains("--model=sc"));
    const char* const apart[] = {"harness", "--model", "rc11", check};
    CHECK_THROWS_AS(read_command_line(4, apart), heddle::Error);
    const char* const sc[] = {"harness", check, "--model=sc"};
    CHECK(read_command_line(3, sc).options.model == "sc");
    CHECK_NOTHROW(read_command_line(2, joined));  // without a model
  }
}
