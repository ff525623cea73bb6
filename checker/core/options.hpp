// Options of a check, as a plain value: from the command line, or written down by a program that calls heddle::check.
//
// Every option is one line of options.def; nothing about it is spelled anywhere else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heddle {

/// What becomes of a lock-order inversion that did not deadlock in this harness.
enum class LockOrder : std::uint8_t { report, error, off };

/// What becomes of memory that is never freed.
enum class Leaks : std::uint8_t { error, off };

/// When a wait with a time limit times out: at any point, where nothing else can run, or never.
enum class Timeouts : std::uint8_t { any, last, never };

/// Which endless executions count in the liveness search: those that a scheduler of this fairness cannot rule out.
enum class Fairness : std::uint8_t { strong, weak };

/// Whether something for human eyes is shown; `automatic` asks whether a terminal is there.
enum class When : std::uint8_t { automatic, always, never };

/// What a check is asked to do. Units stand last in a name: `heddle::Options{.timeout_seconds = 1.5}`.
/// What each means is in options.def, and in docs/options.md, which is made from it.
struct Options {
#define HEDDLE_OPTION(field, type, value, ...) type field = value;
#include "checker/core/options.def"
#undef HEDDLE_OPTION

  bool operator==(const Options&) const = default;
};

/// Reads a command line as main() gets it (argv[0] is the program and is skipped) into `options`, and returns the
/// words that are no options. Both `--timeout=3` and `--timeout 3` are understood; the last of several wins; after `--`
/// everything is positional. Throws heddle::Error with one line that names the option, what is wrong and what is
/// allowed.
std::vector<std::string> parse_options(int argc, const char* const* argv, Options& options);

/// The same from the words alone, without a program name in front: what a schedule carries.
std::vector<std::string> parse_options(const std::vector<std::string>& words, Options& options);

/// Takes over the options of a schedule, which may come from anywhere: only those that change what an execution is.
/// Throws heddle::Error where any other word stands among them, such as one that names a file to write.
void parse_execution_options(const std::vector<std::string>& words, Options& options);

/// Throws heddle::Error where a field holds what the command line would have refused, as a program may have written it.
void require_valid(const Options& options);

/// The options that differ from their default and change what an execution is (memory model, sizes, bounds of one
/// execution), as words of a command line. A schedule carries them.
std::vector<std::string> execution_options(const Options& options);

/// The part of `--help` that lists the options.
std::string option_help();

/// docs/options.md.
std::string option_documentation();

}  // namespace heddle
