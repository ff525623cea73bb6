#include "checker/command_line/command_line.hpp"

#include <algorithm>
#include <string_view>

namespace heddle::command_line {

CommandLine read_command_line(int argc, const char* const* argv) {
  const char* const* const end = argv + argc;
  const char* const* const dashes = std::find(argv, end, std::string_view("--"));

  CommandLine words;
  words.program = argc > 0 ? argv[0] : "harness";
  words.files = parse_options(static_cast<int>(dashes - argv), argv, words.options);
  if (dashes != end) words.compiler_arguments.assign(dashes + 1, end);
  return words;
}

std::string help_text() {
  return "usage: heddle check FILE.cpp... [options] [-- compiler arguments]\n"
         "       heddle replay FILE.cpp... SCHEDULE [options] [--gdb] [-- compiler arguments]\n\n" +
         option_help();
}

}  // namespace heddle::command_line
