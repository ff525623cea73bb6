#include "checker/command_line/command_line.hpp"

#include <algorithm>
#include <string_view>

#include "checker/core/error.hpp"

namespace heddle::command_line {

namespace {

/// A check that knows sequential consistency only takes it where no model was asked for; options do not tell that from
/// the default asked for by name, but words do.
void refuse_model(const char* const* words, const char* const* end, const Options& options) {
  const bool liveness = options.search == "liveness";
  if (options.model != Options{}.model || (!liveness && options.scheduler == "any")) return;
  if (std::none_of(words, end, [](std::string_view word) { return word == "--model" || word.starts_with("--model="); }))
    return;
  throw Error("--model=" + options.model + " does not go together with " +
              (liveness ? "--search=liveness" : "--scheduler=" + options.scheduler) +
              ", which knows sequential consistency only: use --model=sc, or leave it out");
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  const char* const* const end = argv + argc;
  const char* const* const dashes = std::find(argv, end, std::string_view("--"));

  CommandLine words;
  words.program = argc > 0 ? argv[0] : "harness";
  words.files = parse_options(static_cast<int>(dashes - argv), argv, words.options);
  refuse_model(argv, dashes, words.options);
  if (dashes != end) words.compiler_arguments.assign(dashes + 1, end);
  return words;
}

std::string help_text() {
  return "usage: heddle check FILE.cpp... [options] [-- compiler arguments]\n"
         "       heddle replay FILE.cpp... SCHEDULE [options] [--gdb] [-- compiler arguments]\n\n" +
         option_help();
}

}  // namespace heddle::command_line
