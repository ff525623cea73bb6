// Wording: lists, places and sentences, as the explanations of this folder write them.
#pragma once

#include <string>
#include <vector>

#include "checker/core/finding.hpp"

namespace heddle::analysis {

/// "1 byte", "12 bytes".
std::string of_bytes(std::size_t bytes);
/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& words);

/// "f.cpp:10, 11" in one file, "f.cpp:10, g.cpp:11" in two.
std::string both_places(const SourceLine& first, const SourceLine& second);

/// "mutex m" of "mutex m (bank.cpp:6)", unless one of `others` would then read the same, or no name would be left.
std::string brief_name(const std::string& object, const std::vector<std::string>& others);

/// Appends `sentence` to the paragraph, after a space where there is text before it.
void add_sentence(std::string& paragraph, const std::string& sentence);

/// The paragraphs that are not empty, parted by an empty line.
std::string paragraphs(const std::vector<std::string>& parts);

/// Appends `place` unless it is unknown or there already.
void add_once(std::vector<SourceLine>& places, const SourceLine& place);

}  // namespace heddle::analysis
