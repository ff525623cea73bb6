#include "checker/report/text.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checker/report/characters.hpp"
#include "checker/report/table.hpp"
#include "report/example_result.hpp"

using Catch::Contains;
using heddle::Finding;
using heddle::Result;
using heddle::Verdict;
using heddle::report::schedule_table;
using heddle::report::text_report;
using heddle::report::TextStyle;

namespace {

constexpr auto lines_of = [](const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) lines.push_back(line);
  return lines;
};

std::size_t widest(const std::string& text) {
  std::size_t width = 0;
  for (const std::string& line : lines_of(text)) width = std::max(width, heddle::report::columns(line));
  return width;
}

/// Twenty threads that take turns.
Finding crowd(unsigned rounds) {
  Finding finding;
  finding.threads = {3, 17};
  finding.thread_names = {"main"};
  for (unsigned thread = 1; thread <= 20; ++thread) {
    finding.thread_names.push_back("T" + std::to_string(thread) + " (philosophers.cpp:40)");
  }
  for (unsigned round = 0; round < rounds; ++round) {
    for (unsigned thread = 1; thread <= 20; ++thread) {
      finding.steps.push_back({thread, "lock fork", "", {"philosophers.cpp", 20, ""}, false});
    }
  }
  return finding;
}

}  // namespace

TEST_CASE("a verified test is one line", "[report][text]") {
  Result result;
  result.name = "two transfers keep the total";
  result.executions = 1234567;
  result.seconds = 3.2;
  CHECK(text_report(result, {}) == "two transfers keep the total: verified, 1,234,567 executions in 3.20 s\n");
  result.executions = 1;
  result.blocked = 2;
  result.states = 1;
  result.seconds = 0.00012;
  CHECK(text_report(result, {}) ==
        "two transfers keep the total: verified, 1 execution (2 blocked), 1 state in 0.1 ms\n");
  result.seconds = 3599.9;
  CHECK_THAT(text_report(result, {}), Contains("in 59 min 59 s\n"));
}

TEST_CASE("the reason of a verdict stands below it", "[report][text]") {
  Result result;
  result.name = "queue";
  result.verdict = Verdict::inconclusive;
  result.executions = 100;
  result.reason = "--max-executions=100 was reached";
  CHECK(text_report(result, {}) ==
        "queue: inconclusive, 100 executions in 0.0 ms\n  --max-executions=100 was reached\n");
  result = {};
  result.name = "queue";
  result.verdict = Verdict::error;
  result.reason = "the harness is not deterministic:\nT1 asked for a lock";
  CHECK(text_report(result, {}) == "queue: error\n  the harness is not deterministic:\n  T1 asked for a lock\n");
}

TEST_CASE("a finding reads from the headline to the way to run it again", "[report][text]") {
  TextStyle style{.width = 80};
  style.replay_command = "./heddle replay bank.cpp";
  CHECK(heddle::report::text_of(heddle::test::example_finding(), style) ==
        "bank.cpp:13: deadlock: T1 and T2 wait for each other\n"
        "\n"
        "  T1 holds mutex a since bank.cpp:12 and waits for mutex b. T2 holds mutex b\n"
        "  since bank.cpp:20 and waits for mutex a. Neither can go on.\n"
        "\n"
        "  Take the two in the same order everywhere.\n"
        "\n"
        "  #  line | main     | T1 (bank.cpp:31) | T2 (bank.cpp:32)\n"
        "  --------+----------+------------------+-----------------\n"
        "  0    31 | spawn T1 |                  |\n"
        "  1    32 | spawn T2 |                  |\n"
        "  2    12 |          | lock a           |\n"
        "  3    20 |          |                  | lock b\n"
        "> 4    21 |          |                  | lock a: waits\n"
        "> 5    13 |          | lock b: waits    |\n"
        "\n"
        "  replay with: ./heddle replay bank.cpp bank.schedule\n");
}

TEST_CASE("a finding of which little is known still reads", "[report][text]") {
  Finding finding;
  finding.kind = heddle::FindingKind::crash;
  finding.message = "segmentation fault";
  CHECK(heddle::report::text_of(finding, {}) == "crash: segmentation fault\n");
  finding.schedule_path = "it's here";
  CHECK(heddle::report::text_of(finding, {}) == "crash: segmentation fault\n\n  schedule: 'it'\\''s here'\n");
  CHECK(heddle::report::text_of(finding, {}, true).starts_with("warning: crash: "));
}

TEST_CASE("warnings stand behind findings and are called so", "[report][text]") {
  const std::string text = text_report(heddle::test::example_result(), {});
  CHECK(text.find("bank.cpp:13: deadlock: ") < text.find("bank.cpp:13: warning: lock-order: "));
}

TEST_CASE("colours are there only if asked for", "[report][text]") {
  const Result result = heddle::test::example_result();
  CHECK_THAT(text_report(result, {}), !Contains("\x1b"));
  CHECK_THAT(text_report(result, {.color = true}), Contains("\x1b[1;31mviolated\x1b[0m"));
  CHECK_THAT(text_report(result, {.unicode = true}), Contains("▶ 4    21 │"));
}

TEST_CASE("nothing that comes from a harness is obeyed by the terminal", "[report][text]") {
  Result result = heddle::test::example_result();
  result.name = "\x1b]0;gone\x07";
  result.reason = "\x1b[2J";
  Finding& finding = result.findings[0];
  finding.message = finding.explanation = finding.thread_names[1] = finding.steps[2].operation = "\x1b[2J\xff\r";
  finding.steps[2].site.file = finding.locations[0].file = finding.schedule_path = "\x1b[2J/\t";
  const std::string text = text_report(result, {});
  for (char letter : text) CHECK((letter == '\n' || static_cast<unsigned char>(letter) >= 0x20));
  CHECK_THAT(text, !Contains("\xff"));
}

TEST_CASE("the source lines of a finding are shown where they can be read", "[report][text]") {
  const auto directory = std::filesystem::temp_directory_path() / "heddle_text_test";
  std::filesystem::create_directories(directory);
  const std::string first = directory / "first.cpp";
  const std::string second = directory / "second.cpp";
  std::ofstream(first) << "int total;\n\n\tint get() {   \n  return total; \x1b[2J\r\n}\n"
                       << std::string(5000, 'x') << '\n';
  std::ofstream(second) << "void add() {}";
  Finding finding;
  finding.message = "m";
  finding.locations = {{first, 4, ""}, {first, 3, ""}, {second, 1, ""}, {first, 4, ""}, {first, 6, ""}, {first, 1, ""}};
  CHECK(heddle::report::text_of(finding, {.width = 60}) == first + ":4: assertion: m\n" +
                                                               "    3 | int get() {\n"
                                                               "    4 | return total; \\x1b[2J\n"
                                                               "    6 | " +
                                                               std::string(49, 'x') +
                                                               "...\n"
                                                               "  " +
                                                               second +
                                                               "\n"
                                                               "    1 | void add() {}\n");
  finding.locations = {
      {first, 2, ""}, {first, 900, ""}, {directory, 1, ""}, {directory / "none", 1, ""}, {first, 0, ""}};
  CHECK(heddle::report::text_of(finding, {.width = 200}) == first + ":2: assertion: m\n");
  std::filesystem::remove_all(directory);
}

TEST_CASE("a headline that is too long goes on below", "[report][text]") {
  Finding finding;
  finding.message = "one two three four five six seven";
  CHECK(heddle::report::text_of(finding, {.width = 20}) == "assertion:\n  one two three four\n  five six seven\n");
}

TEST_CASE("a table fits the terminal, whatever its width", "[report][text][table]") {
  Finding finding = heddle::test::example_finding();
  finding.steps[3].operation = "compare_exchange_strong head";
  finding.steps[3].outcome = "expected {1, 2}, desired {3, 4}: fails, head = {5, 6} (from T2)";
  finding.steps[0].site.file = "a/very/long/path/of/directories/to/a/file/queue.cpp";
  for (unsigned width = 40; width <= 200; ++width) {
    INFO(width);
    CHECK(widest(schedule_table(finding, {.width = width})) <= width);
    CHECK(widest(schedule_table(crowd(3), {.unicode = true, .width = width})) <= width);
  }
}

TEST_CASE("threads that do not fit share a column, those at fault last", "[report][text][table]") {
  const std::vector<std::string> lines = lines_of(schedule_table(crowd(1), {.width = 80}));
  CHECK(lines[0] == "   #  philosophers.cpp | T3        | T17       | other threads");
  CHECK_THAT(lines[2], Contains("| T1: lock fork"));
  CHECK_THAT(lines[4], Contains("| lock fork"));
  const std::string narrow = schedule_table(crowd(1), {.width = 40});
  CHECK_THAT(narrow, Contains("all threads"));
  CHECK_THAT(narrow, Contains("T20: lock fork"));
}

TEST_CASE("a long schedule loses its middle, but nothing of its fault", "[report][text][table]") {
  Finding finding = crowd(50);
  finding.steps[500].fault = true;
  const std::string folded = schedule_table(finding, {.width = 80});
  CHECK(lines_of(folded).size() < 80);
  CHECK_THAT(folded, Contains("\n> 500  "));
  CHECK_THAT(folded, Contains("\n  498  ") && Contains("\n  502  ") && Contains("\n  999  ") && Contains("\n    0  "));
  CHECK_THAT(folded, Contains("... 488 operations ...\n  498"));
  CHECK_THAT(folded, Contains("... 447 operations ...\n  950"));
  CHECK_THAT(schedule_table(finding, {.width = 80, .most_rows = 0}), !Contains("operations"));
}

TEST_CASE("a long cell keeps what is asked for and what came of it", "[report][text][table]") {
  Finding finding;
  finding.steps = {{0, "update head", "from " + std::string(300, 'x') + " fails", {}, false}};
  const std::string table = schedule_table(finding, {.width = 40});
  CHECK(lines_of(table).size() == 6);
  CHECK_THAT(table, Contains("update head") && Contains("...") && Contains("fails"));
}

TEST_CASE("files are named where there are several", "[report][text][table]") {
  Finding finding = heddle::test::example_finding();
  CHECK_THAT(schedule_table(finding, {}), Contains("line |"));
  finding.locations.clear();
  CHECK_THAT(schedule_table(finding, {}), Contains("bank.cpp |"));
  finding.steps[0].site.file = "lib/queue.hpp";
  CHECK_THAT(schedule_table(finding, {}), Contains("queue.hpp:31 |") && !Contains("lib/"));
  finding.steps[1].site.file = "other/queue.hpp";
  CHECK_THAT(schedule_table(finding, {}), Contains("lib/queue.hpp:31 |") && Contains("other/queue.hpp:32 |"));
  finding.steps[0].site = {};
  CHECK_THAT(schedule_table(finding, {}), Contains("other/queue.hpp") || Contains("queue.hpp:32"));
}

TEST_CASE("a schedule without steps has no table", "[report][text][table]") { CHECK(schedule_table({}, {}).empty()); }

TEST_CASE("odd thread numbers and empty texts do not break a table", "[report][text][table]") {
  Finding finding;
  finding.threads = {4000000000U};
  finding.steps = {
      {4000000000U, "", "", {}, true}, {7, "", "= 1", {"", 3, ""}, false}, {0, "", "", {"a", 0, ""}, false}};
  for (unsigned width : {0U, 1U, 40U, 100U}) CHECK_FALSE(schedule_table(finding, {.width = width}).empty());
}
