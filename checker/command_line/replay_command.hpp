// How the user runs a schedule again: by the command that they came by.
#pragma once

#include <string>

#include "checker/command_line/command_line.hpp"

namespace heddle::command_line {

/// What stands before the path of the schedule: "./heddle replay bank.cpp", or "./harness --replay" where the harness
/// was not run by ./heddle.
std::string replay_command(const CommandLine& words);

/// What stands after the path: "-- -DN=3", or nothing.
std::string replay_arguments(const CommandLine& words);

/// `text` as one word for a shell.
std::string shell_quoted(const std::string& text);

}  // namespace heddle::command_line
