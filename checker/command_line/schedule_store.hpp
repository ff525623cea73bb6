// Where the schedules of a run are written.
//
// The first finding's goes where --schedule-out says. The others go to a cache folder: the one ./heddle names, else
// $XDG_CACHE_HOME/heddle or ~/.cache/heddle, in a folder named like the program.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "checker/command_line/command_line.hpp"
#include "checker/core/finding.hpp"

namespace heddle::command_line {

class ScheduleStore {
 public:
  explicit ScheduleStore(const CommandLine& words);

  /// Writes the schedules of the result's findings and warnings and notes in them where. What cannot be written is told
  /// on stderr, and the finding stays without a path.
  void write(Result& result);

 private:
  void write(const std::string& test, Finding& finding);
  std::filesystem::path next_path(const std::string& test);

  const CommandLine& words_;
  std::filesystem::path folder_;  ///< empty where there is none
  std::set<std::string> names_;   ///< of the files written to `folder_`
  bool named_file_used_ = false;  ///< by the first finding
};

}  // namespace heddle::command_line
