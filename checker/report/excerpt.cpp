#include "checker/report/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

#include "checker/report/characters.hpp"

namespace heddle::report {

namespace {

constexpr std::size_t most_lines = 4;
constexpr std::uintmax_t largest_file = std::uintmax_t{16} << 20U;
constexpr std::size_t tab_width = 4;

std::string with_spaces_for_tabs(std::string_view line) {
  std::string result;
  for (char letter : line) {
    if (letter == '\t') {
      result.append(tab_width - result.size() % tab_width, ' ');
    } else {
      result += letter;
    }
  }
  return result;
}

/// The lines of `file` with these numbers (ascending), as far as they can be read and are not empty.
std::map<unsigned, std::string> lines_of(const std::string& file, const std::vector<unsigned>& numbers) {
  std::map<unsigned, std::string> lines;
  std::error_code failure;
  const std::filesystem::path path(file);
  if (!std::filesystem::is_regular_file(path, failure) || std::filesystem::file_size(path, failure) > largest_file)
    return {};
  std::ifstream input(path);
  std::string line;
  for (unsigned number = 1; number <= numbers.back() && std::getline(input, line); ++number) {
    if (!std::binary_search(numbers.begin(), numbers.end(), number)) continue;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.pop_back();
    line = with_spaces_for_tabs(line);
    if (!line.empty()) lines[number] = printable(line);
  }
  return lines;
}

std::string excerpt_of(const std::map<unsigned, std::string>& lines, const TextStyle& style) {
  const std::size_t number_width = std::to_string(lines.rbegin()->first).size();
  const std::size_t room = std::max<std::size_t>(style.width, 20) - number_width - 7;
  std::string text;
  for (const auto& [number, line] : lines) {
    std::string_view shown = std::string_view(line).substr(line.find_first_not_of(' '));
    const bool cut = columns(shown) > room;
    if (cut) shown = shown.substr(0, fitting(shown, room - 3));
    text += painted(style, Ink::faint, fmt::format("    {:>{}} {} ", number, number_width, style.unicode ? "│" : "|"));
    text += fmt::format("{}{}\n", shown, cut ? (style.unicode ? "…" : "...") : "");
  }
  return text;
}

}  // namespace

std::string source_excerpt(const std::vector<SourceLine>& places, const std::string& headline, const TextStyle& style) {
  std::vector<std::string> files;  // in the order of their importance
  std::map<std::string, std::vector<unsigned>> numbers;
  std::size_t chosen = 0;
  for (const SourceLine& place : places) {
    if (place.file.empty() || place.line == 0 || chosen == most_lines) continue;
    std::vector<unsigned>& of_file = numbers[place.file];
    if (std::find(of_file.begin(), of_file.end(), place.line) != of_file.end()) continue;
    if (of_file.empty()) files.push_back(place.file);
    of_file.push_back(place.line);
    ++chosen;
  }
  std::string text;
  for (const std::string& file : files) {
    std::sort(numbers[file].begin(), numbers[file].end());
    const std::map<unsigned, std::string> lines = lines_of(file, numbers[file]);
    if (lines.empty()) continue;
    if (file != headline) text += "  " + painted(style, Ink::place, printable(file)) + "\n";
    text += excerpt_of(lines, style);
  }
  return text;
}

}  // namespace heddle::report
