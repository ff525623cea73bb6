#include "checker/command_line/schedule_store.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "checker/report/schedule_file.hpp"

using heddle::Finding;
using heddle::Result;
using heddle::command_line::CommandLine;
using heddle::command_line::ScheduleStore;
namespace fs = std::filesystem;

namespace {

/// A folder for one test, named to ./heddle's harness as the place for schedules.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("heddle-test-" + std::to_string(getpid()));

  Folder() { setenv("HEDDLE_SCHEDULES", path.c_str(), 1); }
  ~Folder() {
    unsetenv("HEDDLE_SCHEDULES");
    fs::remove_all(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

Result result_with(const std::string& test, std::size_t findings) {
  Result result;
  result.name = test;
  result.findings.resize(findings);
  for (Finding& finding : result.findings) {
    finding.schedule.test = test;
    finding.schedule.fault = "assertion";
    finding.schedule.steps.push_back({0, "lock", 0, -1, "a.cpp:1"});
  }
  return result;
}

}  // namespace

TEST_CASE("each finding has a schedule file of its own", "[command_line]") {
  const Folder folder;
  const CommandLine words;
  ScheduleStore store(words);
  Result first = result_with("two transfers: a/b!", 2);
  Result second = result_with("two-transfers a b", 1);
  store.write(first);
  store.write(second);
  for (const char* const name :
       {"two-transfers-a-b.schedule", "two-transfers-a-b.2.schedule", "two-transfers-a-b.3.schedule"}) {
    CHECK(fs::exists(folder.path / name));
  }
  CHECK(heddle::report::load_schedule(second.findings[0].schedule_path) == second.findings[0].schedule);
}

TEST_CASE("the first finding goes where the user says", "[command_line]") {
  const Folder folder;
  fs::create_directories(folder.path);
  CommandLine words;
  words.options.schedule_out = folder.path / "mine";
  ScheduleStore store(words);
  Result result = result_with("t", 2);
  store.write(result);
  CHECK(result.findings[0].schedule_path == folder.path / "mine");
  CHECK(fs::exists(folder.path / "t.schedule"));
  CHECK_FALSE(fs::exists(folder.path / "t.2.schedule"));
}

TEST_CASE("a finding without a schedule, or without a place for it, has no path", "[command_line]") {
  const Folder folder;
  CommandLine words;
  words.options.schedule_out = "/nonexistent/folder/file";
  ScheduleStore store(words);
  Result result = result_with("t", 2);
  result.findings[1].schedule.steps.clear();
  store.write(result);
  CHECK(result.findings[0].schedule_path.empty());
  CHECK(result.findings[1].schedule_path.empty());
}
