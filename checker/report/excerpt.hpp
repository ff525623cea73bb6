// The source lines that a finding names, as a compiler shows them.
#pragma once

#include <string>
#include <vector>

#include "checker/core/finding.hpp"
#include "checker/report/text_style.hpp"

namespace heddle::report {

/// A few lines of text, the most important places first, grouped by file; empty where no file can be read. The file of
/// `headline` is not named again.
std::string source_excerpt(const std::vector<SourceLine>& places, const std::string& headline, const TextStyle& style);

}  // namespace heddle::report
