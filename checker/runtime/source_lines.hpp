// What a Site is to a reader: file, line, function.
//
// Sites that are addresses of code are looked up in the program's debug information; only reports ask for them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checker/core/finding.hpp"
#include "checker/core/operation.hpp"
#include "checker/runtime/debug_information.hpp"

namespace heddle::runtime {

class SourceLines {
 public:
  /// The place of `site`; line 0 where it is not known.
  SourceLine line(const core::Site& site);
  /// The site in the harness's own code: `site` itself, or, where that is in a system header, the innermost caller that
  /// is not.
  core::Site in_harness(const core::Site& site, std::span<const void* const> call_chain);
  /// The text of a file; empty where it cannot be read.
  const std::vector<std::string>& lines_of(const std::string& file);

 private:
  /// The place in the harness's own code of what stands right before `caller`; line 0 where there is none.
  const SourceLine& line_of(const void* caller);

  std::map<std::uintptr_t, std::unique_ptr<DebugInformation>> objects_;  ///< by load address
  std::map<std::string, std::vector<std::string>> files_;
};

}  // namespace heddle::runtime
