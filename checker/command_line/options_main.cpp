// heddle_options: reads a command line for ./heddle, so that wrong options are told before anything is compiled, and so
// that only one parser knows which words are options. Prints the words that are none, one a line.
#include <cstdio>
#include <exception>

#include "checker/command_line/command_line.hpp"

int main(int argc, char** argv) {
  try {
    const auto words = heddle::command_line::read_command_line(argc, argv);
    if (words.options.help) {
      std::fputs(heddle::command_line::help_text().c_str(), stdout);
      return 0;
    }
    for (const std::string& file : words.files) std::puts(file.c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "heddle: %s\n", error.what());
    return 2;
  }
}
