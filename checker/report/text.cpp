#include "checker/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <vector>

#include "checker/report/characters.hpp"
#include "checker/report/excerpt.hpp"
#include "checker/report/table.hpp"

namespace heddle::report {

namespace {

constexpr std::size_t widest_paragraph = 100;  ///< longer lines are hard to read, however wide the terminal

/// 1234567 as 1,234,567
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string counted(std::uint64_t number, const char* what) {
  return grouped(number) + " " + what + (number == 1 ? "" : "s");
}

std::string time_text(double seconds) {
  if (seconds < 0.0995) return fmt::format("{:.1f} ms", seconds * 1e3);
  if (seconds < 100) return fmt::format("{:.2f} s", seconds);
  const double minutes = std::floor(seconds / 60);
  return fmt::format("{:.0f} min {:.0f} s", minutes, std::floor(seconds - minutes * 60));
}

/// Paragraphs wrapped to the terminal; what the text has as lines stays lines.
std::string wrapped_text(std::string_view text, const TextStyle& style, std::size_t margin) {
  const std::size_t width = std::min<std::size_t>(style.width, widest_paragraph + margin) - margin;
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    for (const std::string& line : wrapped(printable(text.substr(begin, end - begin)), width)) {
      if (!line.empty()) result += std::string(margin, ' ') + line;
      result += '\n';
    }
    begin = end + 1;
  }
  while (result.ends_with("\n\n")) result.pop_back();
  return result;
}

/// A word of a shell's command line.
std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char letter) {
    return std::isalnum(letter) != 0 ||
           std::string_view("_-+=.,:/@%").find(static_cast<char>(letter)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string quoted = "'";
  for (char letter : word) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return printable(quoted + "'");
}

Ink ink_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::verified:
      return Ink::good;
    case Verdict::violated:
    case Verdict::error:
      return Ink::bad;
    case Verdict::inconclusive:
      return Ink::doubtful;
  }
  return Ink::plain;
}

std::string summary(const Result& result, const TextStyle& style) {
  std::string text = painted(style, Ink::strong, printable(result.name)) + ": " +
                     painted(style, ink_of(result.verdict), to_string(result.verdict));
  if (result.verdict != Verdict::error || result.executions != 0) {
    text += ", " + counted(result.executions, "execution");
    if (result.blocked != 0) text += " (" + grouped(result.blocked) + " blocked)";
    if (result.states != 0) text += ", " + counted(result.states, "state");
    text += " in " + time_text(result.seconds);
    if (result.search == "liveness") text += ", under sequential consistency";
  }
  return text + "\n" + wrapped_text(result.reason, style, 2);
}

/// "bank.cpp:13: deadlock: T1 and T2 wait for each other", on several lines where it is too long for one.
std::string headline(const Finding& finding, const TextStyle& style, bool warning) {
  const bool placed = !finding.locations.empty() && !finding.locations.front().file.empty();
  const std::string place = placed ? printable(to_string(finding.locations.front())) + ": " : "";
  const std::string kind = (warning ? "warning: " : "") + std::string(to_string(finding.kind)) + ": ";
  const std::string message = printable(finding.message);
  std::string text = painted(style, Ink::place, place) + painted(style, warning ? Ink::doubtful : Ink::bad, kind);
  if (columns(place) + columns(kind) + columns(message) <= style.width) {
    return text + painted(style, Ink::strong, message) + "\n";
  }
  text.replace(text.rfind(": "), 2, ":");
  for (const std::string& line : wrapped(message, std::min<std::size_t>(style.width, widest_paragraph + 2) - 2)) {
    text += "\n  " + painted(style, Ink::strong, line);
  }
  return text + "\n";
}

/// The table of the steps; of an endless execution one for the way in, and one for what is repeated.
std::string tables(const Finding& finding, const TextStyle& style) {
  if (finding.cycle == 0 || finding.cycle > finding.steps.size()) return schedule_table(finding, style);
  Finding part = finding;
  const auto begin = finding.steps.end() - static_cast<std::ptrdiff_t>(finding.cycle);
  part.steps.assign(finding.steps.begin(), begin);
  std::string text = schedule_table(part, style);
  text += (text.empty() ? "  " : "\n  Then, for ever:\n\n");
  if (part.steps.empty()) text += "From the start, for ever:\n\n";
  part.steps.assign(begin, finding.steps.end());
  return text + schedule_table(part, style);
}

std::string how_to_replay(const Finding& finding, const TextStyle& style) {
  if (finding.schedule_path.empty()) return {};
  const std::string path = shell_word(finding.schedule_path);
  if (style.replay_command.empty()) return "  schedule: " + path + "\n";
  const std::string arguments = style.replay_arguments.empty() ? "" : " " + style.replay_arguments;
  return "  replay with: " + painted(style, Ink::strong, style.replay_command + " " + path + arguments) + "\n";
}

}  // namespace

std::string text_of(const Finding& finding, const TextStyle& style, bool warning) {
  const bool placed = !finding.locations.empty();
  const std::string file = placed ? finding.locations.front().file : "";
  std::string text = headline(finding, style, warning) + source_excerpt(finding.locations, file, style);
  // An empty line between the parts, and none for a part that is not there.
  for (const std::string& part :
       {wrapped_text(finding.explanation, style, 2), tables(finding, style), how_to_replay(finding, style)}) {
    if (part.empty()) continue;
    text += "\n" + part;
  }
  return text;
}

std::string text_report(const Result& result, const TextStyle& style) {
  std::string text = summary(result, style);
  for (const Finding& finding : result.findings) text += "\n" + text_of(finding, style);
  for (const Finding& warning : result.warnings) text += "\n" + text_of(warning, style, true);
  return text;
}

}  // namespace heddle::report
