#include "checker/core/options.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checker/core/error.hpp"

using heddle::Options;
using Words = std::vector<std::string>;

namespace {

/// What is said against these words; empty where nothing is.
std::string complaint(const Words& words) {
  Options options;
  try {
    heddle::parse_options(words, options);
  } catch (const heddle::Error& error) {
    return error.what();
  }
  return {};
}

Options parsed(const Words& words) {
  Options options;
  heddle::parse_options(words, options);
  return options;
}

}  // namespace

TEST_CASE("options are a plain value with defaults", "[core][options]") {
  const Options options{.max_executions = 100, .timeout_seconds = 1.5};
  CHECK(options.max_executions == 100);
  CHECK(options.model == "rc11");
  CHECK(options.search == "exhaustive");
  CHECK(options.max_events == 10000);
  CHECK(options.stack_size_kib == 256);
  CHECK(options.heap_size_mib == 64);
  CHECK(options.watchdog_seconds == 2);
  CHECK(options.lock_order == heddle::LockOrder::report);
  CHECK(options.leaks == heddle::Leaks::error);
  CHECK(options.color == heddle::When::automatic);
}

TEST_CASE("a value stands behind the equals sign or in the next word", "[core][options]") {
  const Options options = parsed({"--timeout=1.5", "--max-executions", "7", "--test", "a b", "--lock-order=error",
                                  "--leaks", "off", "--color=never", "--progress=always", "--keep-going"});
  CHECK(options.timeout_seconds == 1.5);
  CHECK(options.max_executions == 7);
  CHECK(options.test == "a b");
  CHECK(options.lock_order == heddle::LockOrder::error);
  CHECK(options.leaks == heddle::Leaks::off);
  CHECK(options.color == heddle::When::never);
  CHECK(options.progress == heddle::When::always);
  CHECK(options.keep_going);
  CHECK_FALSE(options.list);
}

TEST_CASE("a command line begins with the program's name", "[core][options]") {
  const char* const words[] = {"harness", "one.cpp", "--list", "two.cpp", "-", "--", "--list", "-DN=3"};
  Options options;
  CHECK(heddle::parse_options(8, words, options) == Words{"one.cpp", "two.cpp", "-", "--list", "-DN=3"});
  CHECK(options.list);
  CHECK(heddle::parse_options(0, nullptr, options).empty());
}

TEST_CASE("the last of several values wins", "[core][options]") {
  CHECK(parsed({"--max-events=5", "--max-events=6"}).max_events == 6);
}

TEST_CASE("an unknown option is answered with the nearest one", "[core][options]") {
  CHECK(complaint({"--tiemout=3"}) == "unknown option '--tiemout'; did you mean --timeout?");
  CHECK(complaint({"--keep_going"}) == "unknown option '--keep_going'; did you mean --keep-going?");
  CHECK(complaint({"--max"}) == "unknown option '--max'; did you mean --max-executions?");
  CHECK(complaint({"--completely-else"}) == "unknown option '--completely-else'; --help lists the options");
  CHECK(complaint({"-x"}) == "unknown option '-x'; --help lists the options");
  CHECK(complaint({"--" + std::string(100000, 'x')}).size() < 100);
  CHECK(complaint({"--\x1b[31m\n"}) == "unknown option '--?[31m?'; --help lists the options");
}

TEST_CASE("a hidden option is understood but never suggested", "[core][options]") {
  CHECK(parsed({"--harness-id=12ab"}).harness_id == "12ab");
  CHECK(complaint({"--harness-ix=1"}).find("harness-id") == std::string::npos);
  CHECK(heddle::option_help().find("--harness-id") == std::string::npos);
}

TEST_CASE("numbers are complete, finite and in their range", "[core][options]") {
  CHECK(complaint({"--timeout=abc"}) == "option --timeout: 'abc' is not a number from 0 to 1000000000");
  CHECK(complaint({"--timeout", "-1"}) == "option --timeout: '-1' is not a number from 0 to 1000000000");
  CHECK(complaint({"--max-events=0"}) == "option --max-events: '0' is not a whole number from 1 to 30000");
  for (const char* word : {"--timeout=inf", "--timeout=nan", "--timeout=1e400", "--timeout=1s", "--timeout= 1",
                           "--max-executions=-3", "--max-executions=1.5", "--max-executions=99999999999999999999",
                           "--max-events=30001", "--watchdog=0", "--stack-size=1", "--heap-size=0x10"}) {
    INFO(word);
    CHECK(complaint({word}).find(" is not a ") != std::string::npos);
  }
  CHECK(parsed({"--max-events=30000"}).max_events == 30000);
}

TEST_CASE("choices that are not known are told", "[core][options]") {
  CHECK(complaint({"--model=x86"}) == "option --model: 'x86' is not known; allowed: sc, tso, ra, rc11");
  CHECK(complaint({"--lock-order=maybe"}) == "option --lock-order: 'maybe' is not known; allowed: report, error, off");
  CHECK(parsed({"--model=rc11", "--search=exhaustive"}) == Options{});
}

TEST_CASE("a value that is missing, and one too many", "[core][options]") {
  CHECK(complaint({"--timeout"}) == "option --timeout: needs a value: --timeout=SECONDS");
  CHECK(complaint({"--test", "--list"}) == "option --test: needs a value: --test=NAME");
  CHECK(complaint({"--test="}) == "option --test: needs a value: --test=NAME");
  CHECK(complaint({"--color"}) == "option --color: needs a value: --color=auto|always|never");
  CHECK(complaint({"--list=yes"}) == "option --list: takes no value");
}

TEST_CASE("options that a program wrote are held to the same rules", "[core][options]") {
  CHECK_NOTHROW(heddle::require_valid({}));
  CHECK_NOTHROW(heddle::require_valid({.test = "--", .max_executions = 5, .timeout_seconds = 0.1}));
  CHECK_THROWS_AS(heddle::require_valid({.model = "x86"}), heddle::Error);
  CHECK_THROWS_AS(heddle::require_valid({.model = ""}), heddle::Error);
  CHECK_THROWS_AS(heddle::require_valid({.timeout_seconds = -1}), heddle::Error);
  CHECK_THROWS_AS(heddle::require_valid({.max_events = 0}), heddle::Error);
  CHECK_THROWS_AS(heddle::require_valid({.color = static_cast<heddle::When>(9)}), heddle::Error);
}

TEST_CASE("a schedule carries what changes an execution, and nothing else", "[core][options]") {
  const Options options =
      parsed({"--timeout=3", "--spurious-wakeups=2", "--keep-going", "--watchdog=0.25", "--max-events=9"});
  const Words words = heddle::execution_options(options);
  CHECK(words == Words{"--spurious-wakeups=2", "--max-events=9", "--watchdog=0.25"});
  CHECK(heddle::execution_options(parsed(words)) == words);
  CHECK(heddle::execution_options({}).empty());
}

TEST_CASE("a schedule can set nothing but what changes an execution", "[core][options]") {
  Options options;
  heddle::parse_execution_options({"--spurious-wakeups=2", "--model=sc"}, options);
  CHECK(options.spurious_wakeups == 2);
  for (const char* word : {"--json=/etc/passwd", "--gdb", "--", "file.cpp", "--max-executions=1", "--nonsense", "-"}) {
    INFO(word);
    CHECK_THROWS_AS(heddle::parse_execution_options({word}, options), heddle::Error);
  }
}

TEST_CASE("help fits a terminal of a hundred columns", "[core][options]") {
  std::istringstream help(heddle::option_help());
  for (std::string line; std::getline(help, line);) CHECK(line.size() <= 100);
}

TEST_CASE("docs/options.md is what the table says", "[core][options][docs]") {
  const auto page = std::filesystem::path(__FILE__).parent_path() / "../../docs/options.md";
  if (std::getenv("HEDDLE_UPDATE_DOCS") != nullptr) std::ofstream(page) << heddle::option_documentation();
  std::stringstream text;
  text << std::ifstream(page).rdbuf();
  INFO("HEDDLE_UPDATE_DOCS=1 in the environment of this test writes the page again");
  CHECK((text.str() == heddle::option_documentation()));
}
