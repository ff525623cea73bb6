#include "checker/command_line/schedule_store.hpp"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <system_error>

#include "checker/report/schedule_file.hpp"

namespace heddle::command_line {

namespace {

namespace fs = std::filesystem;

const char* environment(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

fs::path cache_folder(const std::string& program) {
  if (const char* const given = environment("HEDDLE_SCHEDULES")) return given;
  const std::string name = fs::path(program).filename();
  if (const char* const cache = environment("XDG_CACHE_HOME")) return fs::path(cache) / "heddle" / name;
  if (const char* const home = environment("HOME")) return fs::path(home) / ".cache" / "heddle" / name;
  return {};
}

/// Letters and digits, and a dash for every run of other characters: "two transfers!" is "two-transfers".
std::string slug(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string result;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      result += c;
    } else if (!result.empty() && result.back() != '-') {
      result += '-';
    }
  }
  result.resize(std::min(result.size(), longest));
  while (!result.empty() && result.back() == '-') result.pop_back();
  return result.empty() ? "test" : result;
}

/// The shorter way to write it, seen from here.
std::string short_path(const fs::path& path) {
  std::error_code ignored;
  const std::string seen_from_here = fs::proximate(path, ignored);
  return !seen_from_here.empty() && seen_from_here.size() < path.native().size() ? seen_from_here : path.native();
}

}  // namespace

ScheduleStore::ScheduleStore(const CommandLine& words) : words_(words), folder_(cache_folder(words.program)) {}

void ScheduleStore::write(Result& result) {
  for (Finding& finding : result.findings) write(result.name, finding);
  for (Finding& finding : result.warnings) write(result.name, finding);
}

void ScheduleStore::write(const std::string& test, Finding& finding) {
  if (finding.schedule.steps.empty()) return;
  const bool named = !words_.options.schedule_out.empty() && !named_file_used_;
  const fs::path path = named ? fs::path(words_.options.schedule_out) : next_path(test);
  if (path.empty()) return;
  named_file_used_ |= named;
  try {
    if (!named) fs::create_directories(folder_);
    report::save_schedule(path, finding.schedule);
    finding.schedule_path = named ? path.native() : short_path(path);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "heddle: %s\n", error.what());
  }
}

fs::path ScheduleStore::next_path(const std::string& test) {
  if (folder_.empty()) return {};
  const std::string stem = slug(test);
  std::string name = stem + ".schedule";
  for (int number = 2; !names_.insert(name).second; ++number) name = stem + '.' + std::to_string(number) + ".schedule";
  return folder_ / name;
}

}  // namespace heddle::command_line
