// What a Site is to a reader: file, line, function.
//
// Sites that are return addresses are looked up in the program's debug information with addr2line (binutils), many at a
// time; only reports ask for them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "checker/core/finding.hpp"
#include "checker/core/operation.hpp"

namespace heddle::runtime {

class SourceLines {
 public:
  /// Looks up all the sites at once that are known by return addresses only; `line` then finds them.
  void look_up(std::span<const core::Site> sites);
  /// The place of `site`; line 0 where it is not known.
  SourceLine line(const core::Site& site);
  /// The site in the harness's own code: `site` itself, or, where that is in a system header, the innermost caller that
  /// is not.
  core::Site in_harness(const core::Site& site, std::span<const void* const> call_chain);
  /// The text of a file; empty where it cannot be read.
  const std::vector<std::string>& lines_of(const std::string& file);

 private:
  std::map<const void*, SourceLine> looked_up_;
  std::map<std::string, std::vector<std::string>> files_;
};

}  // namespace heddle::runtime
