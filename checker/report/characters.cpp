#include "checker/report/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace heddle::report {

namespace {

unsigned byte(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool continues(std::string_view text, std::size_t at) { return at < text.size() && (byte(text, at) & 0xC0U) == 0x80U; }

/// The code point of a well-formed character.
std::uint32_t code_point(std::string_view character) {
  const unsigned lead = byte(character, 0);
  if (character.size() == 1) return lead;
  std::uint32_t code = lead & (0xFFU >> (character.size() + 1));
  for (std::size_t i = 1; i < character.size(); ++i) code = code << 6U | (byte(character, i) & 0x3FU);
  return code;
}

struct CodeRange {
  std::uint32_t first;
  std::uint32_t last;
};

/// Coarse, but right for what stands in names: combining marks, zero-width spaces, variation selectors.
constexpr std::array<CodeRange, 6> combining = {
    {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};
/// Hangul, CJK, full-width forms, pictographs.
constexpr std::array<CodeRange, 8> wide = {{{0x1100, 0x115F},
                                            {0x2E80, 0x303E},
                                            {0x3041, 0xA4CF},
                                            {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},
                                            {0xFF00, 0xFF60},
                                            {0x1F300, 0x1FAFF},
                                            {0x20000, 0x3FFFD}}};

template <std::size_t size>
bool within(const std::array<CodeRange, size>& ranges, std::uint32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](CodeRange range) { return range.first <= code && code <= range.last; });
}

std::size_t columns_of(std::string_view character) {
  const std::uint32_t code = code_point(character);
  if (code < 0x300) return 1;
  return within(combining, code) ? 0 : within(wide, code) ? 2 : 1;
}

/// Where to break a word that may be too long: behind its last punctuation mark, unless that is far to the front.
std::size_t breaking(std::string_view word, std::size_t width) {
  const std::size_t end = fitting(word, width);
  if (end == word.size()) return end;
  const std::size_t mark = word.substr(0, end).find_last_of("_-,;:./=)>");
  return mark == std::string_view::npos || mark + 1 < end / 2 ? end : mark + 1;
}

}  // namespace

std::size_t character_length(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned lead = byte(text, 0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4 || !continues(text, 1)) return 0;
  if (lead < 0xE0) return 2;
  if (!continues(text, 2)) return 0;
  const unsigned second = byte(text, 1);
  // Overlong forms and surrogates are told by the second byte.
  if (lead < 0xF0) return (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ? 0 : 3;
  if (!continues(text, 3)) return 0;
  return (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F) ? 0 : 4;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_printable(std::string_view character) {
  const std::uint32_t code = code_point(character);
  return code >= 0x20 && !(code >= 0x7F && code < 0xA0) && code != 0x2028 && code != 0x2029;
}

std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length != 0 && is_printable(text.substr(0, length))) {
      result += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    const unsigned odd = byte(text, 0);
    if (odd == '\n' || odd == '\t' || odd == '\r') {
      result += odd == '\n' ? "\\n" : odd == '\t' ? "\\t" : "\\r";
    } else {
      result += "\\x";
      result += digits[odd >> 4U];
      result += digits[odd & 15U];
    }
    // The rest of an unprintable character of several bytes is not well-formed by itself, and is escaped in its turn.
    text.remove_prefix(1);
  }
  return result;
}

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(character_length(text), 1);
    sum += character_length(text) == 0 ? 1 : columns_of(text.substr(0, length));
    text.remove_prefix(length);
  }
  return sum;
}

std::size_t fitting(std::string_view text, std::size_t width) {
  std::size_t taken = 0;
  std::size_t sum = 0;
  while (taken < text.size()) {
    const std::string_view rest = text.substr(taken);
    const std::size_t length = character_length(rest);
    sum += length == 0 ? 1 : columns_of(rest.substr(0, length));
    if (sum > width) break;
    taken += std::max<std::size_t>(length, 1);
  }
  return taken;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
  const std::string margin(std::min(indent, width / 2), ' ');
  const std::size_t room = std::max<std::size_t>(width - margin.size(), 2);  // a wide character always fits
  std::vector<std::string> lines;
  std::string line;
  for (text.remove_prefix(indent); !text.empty();) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!line.empty() && columns(line) + 1 + columns(word) > room) {
      lines.push_back(margin + line);
      line.clear();
    }
    for (std::size_t part = breaking(word, room); part < word.size(); part = breaking(word, room)) {
      lines.push_back(margin + std::string(word.substr(0, part)));
      word.remove_prefix(part);
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(margin + line);
  return lines;
}

}  // namespace heddle::report
