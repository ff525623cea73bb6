// The command line of a harness: `binary [options] [files…] [-- compiler arguments]`.
//
// ./heddle hands on the user's words as they were typed, so that the files and what stands after `--` are known here:
// they make up the command that replays a finding.
#pragma once

#include <string>
#include <vector>

#include "checker/core/options.hpp"

namespace heddle::command_line {

/// The words of a command line, taken apart.
struct CommandLine {
  std::string program;  ///< argv[0]
  Options options;
  std::vector<std::string> files;  ///< the words that are no options; of a replay, the schedule is the last
  std::vector<std::string> compiler_arguments;  ///< what stands after `--`
};

/// Takes the words of main() apart. Throws heddle::Error on wrong options.
CommandLine read_command_line(int argc, const char* const* argv);

/// All that main() of a harness does: checks or replays its tests, prints, writes what was asked for.
/// Returns the exit code of the process. Throws nothing.
int run(int argc, const char* const* argv);

/// `--help`: how a harness is run, and its options.
std::string help_text();

}  // namespace heddle::command_line
