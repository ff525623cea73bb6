#include "checker/command_line/replay_command.hpp"

#include <cstdlib>
#include <string_view>

namespace heddle::command_line {

namespace {

/// The name that ./heddle was called by; null where it was not.
const char* heddle_command() { return std::getenv("HEDDLE_COMMAND"); }

}  // namespace

std::string replay_command(const CommandLine& words) {
  const char* const heddle = heddle_command();
  if (heddle == nullptr) return shell_quoted(words.program) + " --replay";
  std::string command = shell_quoted(heddle) + " replay";
  for (const std::string& file : words.files) command += ' ' + shell_quoted(file);
  return command;
}

std::string replay_arguments(const CommandLine& words) {
  if (heddle_command() == nullptr || words.compiler_arguments.empty()) return {};
  std::string arguments = "--";
  for (const std::string& argument : words.compiler_arguments) arguments += ' ' + shell_quoted(argument);
  return arguments;
}

std::string shell_quoted(const std::string& text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./,:@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char letter : text) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

}  // namespace heddle::command_line
