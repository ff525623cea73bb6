#include "checker/report/text_style.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

namespace heddle::report {

namespace {

constexpr unsigned usual_width = 100;
constexpr unsigned least_width = 40;
constexpr unsigned greatest_width = 1000;

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

unsigned width_of(int descriptor) {
  winsize size = {};
  unsigned width = 0;
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  const std::string_view columns = environment("COLUMNS");
  if (width == 0) std::from_chars(columns.data(), columns.data() + columns.size(), width);
  return width == 0 ? usual_width : std::clamp(width, least_width, greatest_width);
}

/// By the environment, as setlocale would see it: the checker itself has no need of a locale.
bool has_utf8_locale() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (locale.empty()) locale = environment(name);
  }
  for (char& letter : locale) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

const char* code_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "0";
    case Ink::strong:
      return "1";
    case Ink::faint:
      return "2";
    case Ink::good:
      return "1;32";
    case Ink::bad:
      return "1;31";
    case Ink::doubtful:
      return "1;33";
    case Ink::place:
      return "36";
  }
  return "0";
}

}  // namespace

TextStyle style_for(int descriptor, When color) {
  const bool terminal = isatty(descriptor) != 0;
  const bool welcome = terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  TextStyle style;
  style.color = color == When::always || (color == When::automatic && welcome);
  style.unicode = has_utf8_locale();
  style.width = width_of(descriptor);
  return style;
}

std::string painted(const TextStyle& style, Ink ink, std::string_view text) {
  if (!style.color || ink == Ink::plain || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code_of(ink)) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace heddle::report
