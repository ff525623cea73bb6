// What main() of a harness does, from its words to its exit code.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "checker/command_line/command_line.hpp"
#include "checker/command_line/graph_files.hpp"
#include "checker/command_line/interrupts.hpp"
#include "checker/command_line/isolated.hpp"
#include "checker/command_line/replay_command.hpp"
#include "checker/command_line/schedule_store.hpp"
#include "checker/core/error.hpp"
#include "checker/core/version.hpp"
#include "checker/report/json.hpp"
#include "checker/report/schedule_file.hpp"
#include "checker/report/text.hpp"
#include "checker/runtime/check.hpp"

namespace heddle::command_line {

namespace {

constexpr int wrong_use = 2;
constexpr double grace_seconds = 10;  ///< after a timeout or Ctrl-C, until a check that does not end is killed

/// One a line.
std::string names_of_tests() {
  std::string names;
  for (const TestCase& test : registered_tests()) names += std::string("\n  ") + test.name;
  return names;
}

const TestCase& test_called(const std::string& name) {
  const std::vector<TestCase>& tests = registered_tests();
  const auto found = std::find_if(tests.begin(), tests.end(), [&](const TestCase& test) { return test.name == name; });
  if (found == tests.end())
    throw Error("no test is called '" + name + "'; the tests of this harness are:" + names_of_tests());
  return *found;
}

/// The tests that are to be checked.
std::vector<TestCase> chosen_tests(const Options& options) {
  const std::vector<TestCase>& tests = registered_tests();
  if (tests.empty()) throw Error("this harness has no test; write one: HEDDLE_TEST(\"its name\") { ... }");
  for (auto test = tests.begin(); test != tests.end(); ++test) {
    const std::string name = test->name;
    const auto twin = std::find_if(tests.begin(), test, [&](const TestCase& other) { return other.name == name; });
    if (twin != test) {
      throw Error("two tests are called '" + name + "': " + twin->file + ':' + std::to_string(twin->line) + " and " +
                  test->file + ':' + std::to_string(test->line));
    }
  }
  return options.test.empty() ? tests : std::vector<TestCase>{test_called(options.test)};
}

bool wanted(When when, int descriptor) {
  return when == When::always || (when == When::automatic && isatty(descriptor) != 0);
}

/// What cannot be written is told before the search, not after.
void must_be_writable(const std::string& path) {
  if (path.empty() || access(path.c_str(), W_OK) == 0) return;
  const std::string folder = std::filesystem::path(path).parent_path();
  if (errno == ENOENT && access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0) return;
  throw Error("cannot write '" + path + "': " + std::strerror(errno));
}

void write_json(const std::string& path, const std::vector<Result>& results) {
  if (path.empty()) return;
  std::ofstream file(path, std::ios::trunc);
  file << report::to_json(results) << std::flush;
  if (!file) throw Error("cannot write '" + path + "': " + std::strerror(errno));
}

/// One run over the tests of a harness.
class Run {
 public:
  explicit Run(const CommandLine& words)
      : options_(words.options),
        schedules_(words),
        graphs_(options_),
        style_(report::style_for(STDOUT_FILENO, words.options.color)) {
    style_.replay_command = replay_command(words);
    style_.replay_arguments = replay_arguments(words);
  }

  int check_all() {
    const std::vector<TestCase> tests = chosen_tests(options_);
    must_be_writable(options_.json);
    must_be_writable(options_.schedule_out);
    must_be_writable(options_.dot);
    must_be_writable(options_.svg);
    for (const TestCase& test : tests) {
      Options named = options_;
      named.test = test.name;
      Result result = interrupts() == 0 ? run(test.name, false, [&] { return heddle::check(named, test.function); })
                                        : not_run(test.name);
      schedules_.write(result);
      graphs_.write(result);
      report(std::move(result));
    }
    if (results_.size() > 1) std::printf("\n%s\n", summary().c_str());
    return finish();
  }

  int replay() {
    const Schedule schedule = report::load_schedule(options_.replay);
    const TestCase& test = test_called(schedule.test);
    must_be_writable(options_.json);
    must_be_writable(options_.dot);
    must_be_writable(options_.svg);
    Result result = run(test.name, true, [&] { return heddle::replay(options_, schedule, test.function); });
    graphs_.write(result);
    report(std::move(result));
    return finish();
  }

 private:
  Result run(const std::string& name, bool show_output, const std::function<Result()>& body) const {
    if (options_.gdb) return run_caught(name, body);  // a debugger follows one process
    Isolation how;
    how.test = name;
    how.show_output = show_output;
    how.show_progress = wanted(options_.progress, STDERR_FILENO);
    how.kill_after_interrupt_seconds = options_.watchdog_seconds + grace_seconds;
    if (options_.timeout_seconds > 0)
      how.kill_after_seconds = options_.timeout_seconds + how.kill_after_interrupt_seconds;
    return run_isolated(how, body);
  }

  static Result not_run(const std::string& name) {
    Result result;
    result.name = name;
    result.verdict = Verdict::inconclusive;
    result.reason = "interrupted before it began";
    return result;
  }

  void report(Result result) {
    if (!results_.empty() && !(results_.back().findings.empty() && result.findings.empty())) std::putchar('\n');
    std::fputs(report::text_report(result, style_).c_str(), stdout);
    std::fflush(stdout);
    results_.push_back(std::move(result));
  }

  /// "5 tests: 3 verified, 2 violated".
  std::string summary() const {
    std::string text = std::to_string(results_.size()) + " tests:";
    for (const Verdict verdict : {Verdict::verified, Verdict::violated, Verdict::error, Verdict::inconclusive}) {
      const auto count = std::count_if(results_.begin(), results_.end(),
                                       [&](const Result& result) { return result.verdict == verdict; });
      if (count == 0) continue;
      text += (text.back() == ':' ? " " : ", ") + std::to_string(count) + ' ' + std::string(to_string(verdict));
    }
    return text;
  }

  int finish() {
    write_json(options_.json, results_);
    return exit_code(results_);
  }

  Options options_;
  ScheduleStore schedules_;
  GraphFiles graphs_;
  report::TextStyle style_;
  std::vector<Result> results_;
};

int run_words(const CommandLine& words) {
  const Options& options = words.options;
  if (!words.files.empty() && options.harness_id.empty()) throw Error("'" + words.files.front() + "' is no option");
  if (options.help) {
    std::fputs(help_text().c_str(), stdout);
    return 0;
  }
  if (options.version) {
    std::printf("heddle %s\n", version_text);
    return 0;
  }
  if (options.list) {
    for (const TestCase& test : chosen_tests(options)) std::puts(test.name);
    return 0;
  }
  catch_interrupts();
  return options.replay.empty() ? Run(words).check_all() : Run(words).replay();
}

}  // namespace

int run(int argc, const char* const* argv) {
  try {
    return run_words(read_command_line(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "heddle: %s\n", error.what());
    return wrong_use;
  }
}

}  // namespace heddle::command_line
