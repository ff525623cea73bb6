#include "checker/command_line/replay_command.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

using heddle::command_line::CommandLine;
using heddle::command_line::replay_arguments;
using heddle::command_line::replay_command;
using heddle::command_line::shell_quoted;

TEST_CASE("the command that replays is the one the user came by, quoted", "[command_line]") {
  CommandLine words;
  words.program = "./my harness";
  words.files = {"a.cpp", "b c.cpp"};
  words.compiler_arguments = {"-DTEXT=\"it's\""};

  unsetenv("HEDDLE_COMMAND");
  CHECK(replay_command(words) == "'./my harness' --replay");
  CHECK(replay_arguments(words).empty());

  setenv("HEDDLE_COMMAND", "./heddle", 1);
  CHECK(replay_command(words) == "./heddle replay a.cpp 'b c.cpp'");
  CHECK(replay_arguments(words) == "-- '-DTEXT=\"it'\\''s\"'");
  unsetenv("HEDDLE_COMMAND");
}

TEST_CASE("words are quoted for a shell only where they must be", "[command_line]") {
  CHECK(shell_quoted("build/a-b.cpp") == "build/a-b.cpp");
  CHECK(shell_quoted("").size() == 2);
  CHECK(shell_quoted("$x") == "'$x'");
}
