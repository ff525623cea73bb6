#include "checker/analysis/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace heddle::analysis {
namespace {

std::string_view without_place(std::string_view object) {
  const std::size_t parenthesis = object.rfind(" (");
  if (parenthesis == std::string_view::npos || object.back() != ')') return object;
  return object.substr(0, parenthesis);
}

}  // namespace

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index > 0) text += index + 1 == words.size() ? " and " : ", ";
    text += words[index];
  }
  return text;
}

std::string of_bytes(std::size_t bytes) { return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s"); }

std::string both_places(const SourceLine& first, const SourceLine& second) {
  if (first == second) return to_string(first);
  if (first.file != second.file || first.line == 0 || second.line == 0) {
    return fmt::format("{}, {}", to_string(first), to_string(second));
  }
  return fmt::format("{}, {}", to_string(first), second.line);
}

std::string brief_name(const std::string& object, const std::vector<std::string>& others) {
  const std::string_view shortened = without_place(object);
  if (shortened.find(' ') == std::string_view::npos) return object;  // "mutex (bank.cpp:6)": it has no name
  const bool ambiguous = std::any_of(others.begin(), others.end(), [&](const std::string& other) {
    return other != object && without_place(other) == shortened;
  });
  return ambiguous ? object : std::string(shortened);
}

void add_sentence(std::string& paragraph, const std::string& sentence) {
  if (!paragraph.empty()) paragraph += ' ';
  paragraph += sentence;
}

std::string paragraphs(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += "\n\n";
    text += part;
  }
  return text;
}

void add_once(std::vector<SourceLine>& places, const SourceLine& place) {
  if (place.file.empty()) return;
  const bool known = std::any_of(places.begin(), places.end(), [&](const SourceLine& other) {
    return other.file == place.file && other.line == place.line;
  });
  if (!known) places.push_back(place);
}

}  // namespace heddle::analysis
