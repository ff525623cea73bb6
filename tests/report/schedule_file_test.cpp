#include "checker/report/schedule_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "checker/core/error.hpp"
#include "checker/core/types.hpp"

using heddle::Schedule;
using heddle::report::read_schedule;
using heddle::report::write_schedule;

namespace {

Schedule example() {
  return {.test = "two transfers keep the total",
          .harness = "8c1f0e6d2b7a9350",
          .build = "heddle 0.1.0, g++ 12.2.0",
          .options = {"--spurious-wakeups=1", "--max-events=50"},
          .fault = "deadlock",
          .message = "T1 and T2 wait for each other",
          .steps = {{.thread = 0, .operation = "spawn", .site = "bank.cpp:31"},
                    {.thread = 1, .operation = "lock", .site = "bank.cpp:12"},
                    {.thread = 12, .operation = "choose", .choice = 2, .site = "bank.cpp:7"},
                    {.thread = 2, .operation = "load", .reads_from = 0, .site = "a directory/bank.cpp:20"}}};
}

constexpr const char* example_text =
    "heddle schedule 1\n"
    "test: two transfers keep the total\n"
    "harness: 8c1f0e6d2b7a9350\n"
    "build: heddle 0.1.0, g++ 12.2.0\n"
    "options: --spurious-wakeups=1 --max-events=50\n"
    "fault: deadlock\n"
    "message: T1 and T2 wait for each other\n"
    "steps: 4\n"
    "\n"
    "0  main  spawn   bank.cpp:31\n"
    "1  T1    lock    bank.cpp:12\n"
    "2  T12   choose  bank.cpp:7               choice 2\n"
    "3  T2    load    \"a directory/bank.cpp:20\"  reads 0\n";

/// What is said against this text; empty where nothing is.
std::string complaint(const std::string& text) {
  try {
    read_schedule(text, "s");
  } catch (const heddle::Error& error) {
    return error.what();
  }
  return {};
}

/// A text of odd bytes: quotes, escapes, control characters, cut and complete UTF-8.
std::string odd_text(std::mt19937& random) {
  static const std::vector<std::string> parts = {"a",
                                                 " ",
                                                 "\"",
                                                 "\\",
                                                 "\n",
                                                 "\t",
                                                 "\r",
                                                 "#",
                                                 "\x01",
                                                 "\x7f",
                                                 "\xc3\xa9",
                                                 "\xe2\x80",
                                                 "\xf0\x9f\x98\x80",
                                                 ":",
                                                 "\xff",
                                                 "\xc2\x9b",
                                                 std::string(1, '\0'),
                                                 "x41",
                                                 "choice 1"};
  std::string text;
  for (unsigned left = random() % 6; left != 0; --left) text += parts[random() % parts.size()];
  return text;
}

}  // namespace

TEST_CASE("a schedule file is a small text in columns", "[report][schedule]") {
  CHECK(write_schedule(example()) == example_text);
  CHECK(read_schedule(example_text) == example());
}

TEST_CASE("an empty schedule has a file too", "[report][schedule]") {
  CHECK(read_schedule(write_schedule({})) == Schedule{});
}

TEST_CASE("whatever a schedule holds, it comes back from its file", "[report][schedule]") {
  std::mt19937 random(1);
  for (unsigned round = 0; round < 2000; ++round) {
    Schedule schedule{.test = odd_text(random),
                      .harness = odd_text(random),
                      .build = odd_text(random),
                      .options = {},
                      .fault = round % 2 == 0 ? "" : "data-race",
                      .message = odd_text(random),
                      .steps = {}};
    for (unsigned left = random() % 4; left != 0; --left) schedule.options.push_back(odd_text(random));
    for (unsigned i = 0; i < random() % 20; ++i) {
      schedule.steps.push_back(
          {.thread = static_cast<unsigned>(random() % heddle::core::max_threads),
           .operation = odd_text(random),
           .choice = random() % 2 == 0 ? 0 : static_cast<std::uint32_t>(random()),
           .reads_from = random() % 2 == 0 ? -1 : static_cast<std::int64_t>(random() % (i + 2)) - 2,
           .site = odd_text(random)});
    }
    schedule.cycle = random() % (schedule.steps.size() + 1);
    const std::string text = write_schedule(schedule);
    INFO(text);
    REQUIRE(read_schedule(text) == schedule);
    REQUIRE(write_schedule(read_schedule(text)) == text);
  }
}

TEST_CASE("a schedule file may be edited: comments, spaces, line ends of another system", "[report][schedule]") {
  const Schedule schedule = read_schedule(
      "heddle schedule 1\r\n"
      "# found on a Monday\r\n"
      "steps:   1\r\n"
      "\r\n"
      "  0   T0  lock \"\"   choice 3   \r\n"
      "   # the end\n\n");
  REQUIRE(schedule.steps.size() == 1);
  CHECK(schedule.steps[0].thread == 0);
  CHECK(schedule.steps[0].choice == 3);
  CHECK(schedule.steps[0].site.empty());
}

TEST_CASE("a file that is no schedule says so", "[report][schedule]") {
  const std::string said = "s:1: this is no schedule file: its first line would be 'heddle schedule 1'";
  CHECK(complaint("") == said);
  CHECK(complaint("heddle") == said);
  CHECK(complaint("int main() {}\n") == said);
  CHECK(complaint(std::string(1000, '\0')) == said);
  CHECK(complaint("heddle schedule 2\n") ==
        "s:1: version '2' of schedule files is not known, only 1; check the harness again to get a new one");
  CHECK(complaint("heddle schedule ").find("version the end of the line") != std::string::npos);
}

TEST_CASE("a schedule file that is cut off is refused, wherever it is cut", "[report][schedule]") {
  const std::string text = example_text;
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    INFO(text.substr(0, size));
    // The last step could also end before `reads 0`, and that number can be no shorter.
    if (text.substr(0, size).ends_with("20\"") || text.substr(0, size).ends_with("20\" ") ||
        text.substr(0, size).ends_with("20\"  ")) {
      continue;
    }
    CHECK_FALSE(complaint(text.substr(0, size)).empty());
  }
  CHECK(complaint(text.substr(0, text.find("2  T12"))) == "s:12: the file ends after 2 of 4 steps; it is not complete");
}

TEST_CASE("each fault of a schedule file is named with its line", "[report][schedule]") {
  const auto header = [](const std::string& lines) { return complaint("heddle schedule 1\n" + lines); };
  CHECK(header("") == "s:2: the file ends before its line 'steps:'; it is not complete");
  CHECK(header("color: red\n") ==
        "s:2: 'color' is no line of a header; there are: test:, harness:, build:, options:, fault:, message:, cycle:, "
        "steps");
  CHECK(header("test: a\ntest: b\n") == "s:3: 'test:' stands here for the second time");
  CHECK(header("fault: race\n").starts_with("s:2: no kind of finding is named 'race'"));
  CHECK(header("test: \"a\n") == "s:2: the closing quote is missing");
  CHECK(header("test: \"a\"b\n") == "s:2: 'b' stands behind the closing quote");
  CHECK(header("test: \"\\q\"\n").starts_with("s:2: unknown escape"));
  CHECK(header("test: \"\\x4\"\n").starts_with("s:2: unknown escape"));
  CHECK(header("test: \x1b[31m\n") ==
        "s:2: the byte 0x1b may not stand here as it is; write it as \\x1b, in double quotes");
  CHECK(header("steps: many\n") == "s:2: the number of steps is expected here, not 'many'");
  CHECK(header("steps: 10000001\n") == "s:2: the number of steps '10000001' is too large: at most 10000000 is allowed");
  CHECK(header("steps: 99999999999999999999\n").find("is too large") != std::string::npos);
  CHECK(header("cycle: 1\nsteps: 0\n") == "s:3: the cycle has more steps than there are");
  CHECK(header("cycle: all\nsteps: 0\n") == "s:2: the number of steps that are repeated is expected here, not 'all'");
  CHECK(header("cycle: 0 1\n") == "s:2: nothing may follow the number of steps that are repeated");
  CHECK(header("steps: 0\nmore\n") == "s:3: the file should end here, after 0 steps");

  const auto step = [&](const std::string& line) { return header("steps: 2\n0 T1 lock a:1\n" + line + "\n"); };
  CHECK(step("1 T1 lock a:1").empty());
  CHECK(step("2 T1 lock a:1") == "s:4: step 1 is expected here, not step 2");
  CHECK(step("-1 T1 lock a:1") == "s:4: the number of a step is expected here, not '-1'");
  const std::string threads = "main, or T1 to T" + std::to_string(heddle::core::max_threads - 1);
  const std::string beyond = "T" + std::to_string(heddle::core::max_threads);
  CHECK(step("1 " + beyond + " lock a:1") == "s:4: a thread is expected here: " + threads + ", not '" + beyond + "'");
  CHECK(step("1 2 lock a:1") == "s:4: a thread is expected here: " + threads + ", not '2'");
  CHECK(step("1 T1") == "s:4: the operation is missing");
  CHECK(step("1 T1 lock") == "s:4: the place is missing (\"\" where it is not known)");
  CHECK(step("1 T1 lock a:1 choice x") == "s:4: the number of a choice is expected here, not 'x'");
  CHECK(step("1 T1 lock a:1 choice 4294967296").find("too large") != std::string::npos);
  CHECK(step("1 T1 lock a:1 reads 1") ==
        "s:4: the number of the step that is read '1' is too large: at most 0 is allowed");
  CHECK(step("1 T1 lock a:1 reads -1") == "s:4: the number of the step that is read is expected here, not '-1'");
  CHECK(step("1 T1 lock a:1 twice") ==
        "s:4: 'choice N', 'reads N', 'reads initial' or nothing is expected here, not 'twice'");
}

TEST_CASE("what is too large is refused before it costs anything", "[report][schedule]") {
  CHECK(complaint(std::string((std::size_t{64} << 20U) + 1, '\n')).find("larger than 64 MiB") != std::string::npos);
  CHECK(complaint("heddle schedule 1\ntest: " + std::string(2U << 20U, 'x')) == "s:2: the line is too long");
  Schedule schedule;
  schedule.message = std::string(2U << 20U, 'x');
  CHECK_THROWS_AS(write_schedule(schedule), heddle::Error);
}

TEST_CASE("a schedule that could not be read again is not written", "[report][schedule]") {
  Schedule schedule = example();
  schedule.fault = "odd";
  CHECK_THROWS_AS(write_schedule(schedule), heddle::Error);
  schedule = example();
  schedule.steps[0].thread = heddle::core::max_threads;
  CHECK_THROWS_AS(write_schedule(schedule), heddle::Error);
  schedule = example();
  schedule.cycle = 5;
  CHECK_THROWS_AS(write_schedule(schedule), heddle::Error);
  schedule = example();
  schedule.steps[3].reads_from = 3;
  CHECK_THROWS_AS(write_schedule(schedule), heddle::Error);
}

TEST_CASE("schedules are saved and loaded, or it is said why not", "[report][schedule]") {
  const auto directory = std::filesystem::temp_directory_path() / "heddle_schedule_file_test";
  std::filesystem::create_directories(directory);
  const std::string path = directory / "deadlock.schedule";
  heddle::report::save_schedule(path, example());
  CHECK(heddle::report::load_schedule(path) == example());

  std::ofstream(path, std::ios::app) << "more\n";
  CHECK_THROWS_WITH(heddle::report::load_schedule(path), path + ":14: the file should end here, after 4 steps");
  CHECK_THROWS_WITH(heddle::report::load_schedule(directory), Catch::Contains("cannot be read: Is a directory"));
  CHECK_THROWS_WITH(heddle::report::load_schedule(directory / "none"),
                    Catch::Contains("cannot be read: No such file or directory"));
  CHECK_THROWS_WITH(heddle::report::save_schedule(directory / "none/deadlock.schedule", example()),
                    Catch::Contains("cannot be written to"));
  std::filesystem::remove_all(directory);
}
