// What a Site is to a reader: file, line, function; and what a location is called.
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
  /// Looks up all the sites at once that are return addresses; `line` then finds them.
  void look_up(std::span<const core::Site> sites);
  /// The place of `site`; line 0 where it is not known.
  SourceLine line(const core::Site& site);
  /// The site in the harness's own code: `site` itself, or, where that is in a system header, the innermost caller that
  /// is not.
  core::Site in_harness(const core::Site& site, std::span<const void* const> call_chain);
  /// The name that the declaration at `made_at` gives: `mutex_` in "heddle::mutex mutex_;". Empty where there is none.
  std::string declared_name(const core::Site& made_at);

 private:
  const std::string& text(const std::string& file, unsigned line);

  std::map<const void*, SourceLine> looked_up_;
  std::map<std::string, std::vector<std::string>> files_;
};

}  // namespace heddle::runtime
