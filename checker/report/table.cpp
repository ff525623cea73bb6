#include "checker/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <vector>

#include "checker/report/characters.hpp"

namespace heddle::report {

namespace {

constexpr std::size_t narrowest_column = 14;  ///< narrower ones wrap their cells beyond reading
constexpr std::size_t narrowest_shared_column = 20;
constexpr std::size_t most_lines_of_cell = 4;
constexpr std::size_t widest_place = 28;
constexpr std::size_t rows_around_fault = 2;

/// The last part of a path.
std::string_view base_name(std::string_view file) { return file.substr(file.rfind('/') + 1); }

/// "load x = 3 (from T1)", "lock b: waits"
std::string words_of(const Step& step) {
  std::string words = step.operation;
  if (!step.outcome.empty()) {
    const bool word = std::isalpha(static_cast<unsigned char>(step.outcome.front())) != 0;
    words += (word && !words.empty() ? ": " : " ") + step.outcome;
  }
  return printable(words);
}

struct Marks {
  const char* bar;
  const char* line;
  const char* cross;
  const char* fault;
  const char* gap;
};

constexpr Marks unicode_marks = {"│", "─", "┼", "▶", "…"};
constexpr Marks ascii_marks = {"|", "-", "+", ">", "..."};

class Table {
 public:
  Table(const Finding& finding, const TextStyle& style)
      : finding_(finding), style_(style), marks_(style.unicode ? unicode_marks : ascii_marks) {
    choose_rows();
    number_width_ = std::to_string(finding.steps.size() - 1).size();
    name_places();
    choose_columns();
    choose_widths();
  }

  std::string text() const {
    std::string text = header();
    for (std::size_t i = 0; i < finding_.steps.size(); ++i) {
      if (shown_[i]) {
        text += row(i);
        continue;
      }
      const std::size_t begin = i;
      while (i + 1 < shown_.size() && !shown_[i + 1]) ++i;
      text += gap(i - begin + 1);
    }
    return text;
  }

 private:
  /// A column of a thread; or, without a thread, of all that have none of their own.
  struct Column {
    std::optional<unsigned> thread;
    std::string title;
    std::size_t width = 0;
  };

  // --- what is shown ---

  /// Of a long schedule: its beginning, its end, and what stands around each row of the fault.
  void choose_rows() {
    const std::size_t count = finding_.steps.size();
    const std::size_t most = style_.most_rows;
    shown_.assign(count, most == 0 || count <= most + most / 10);
    if (count != 0 && shown_[0]) return;
    const std::size_t head = most / 6;
    std::size_t faults = 0;
    for (std::size_t i = count; i-- > 0;) {
      shown_[i] = shown_[i] || i < head || i >= count - (most - head);
      if (!finding_.steps[i].fault || ++faults > most) continue;
      const std::size_t end = std::min(count, i + rows_around_fault + 1);
      for (std::size_t j = i - std::min(i, rows_around_fault); j < end; ++j) shown_[j] = true;
    }
    // A gap is a row itself: one of a single operation saves nothing.
    for (std::size_t i = 1; i + 1 < count; ++i) shown_[i] = shown_[i] || (shown_[i - 1] && shown_[i + 1]);
  }

  /// In the column of places stand line numbers where there is one file only (named above it, unless the headline of
  /// the finding has just done so), else file names, and whole paths where two files have the same name.
  void name_places() {
    std::set<std::string_view> files;
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const SourceLine& site = finding_.steps[i].site;
      if (shown_[i] && !site.file.empty() && files.insert(site.file).second) names.insert(base_name(site.file));
    }
    one_file_ = files.size() == 1;
    whole_paths_ = files.size() != names.size();
    const bool of_headline = one_file_ && !finding_.locations.empty() && finding_.locations[0].file == *files.begin();
    place_title_ = of_headline ? "line" : one_file_ ? shortened(printable(base_name(*files.begin()))) : "";
    place_width_ = columns(place_title_);
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      if (shown_[i]) place_width_ = std::max(place_width_, columns(place_of(finding_.steps[i].site)));
    }
  }

  std::string place_of(const SourceLine& site) const {
    if (site.file.empty()) return "";
    if (one_file_) return site.line == 0 ? "" : std::to_string(site.line);
    SourceLine named = site;
    if (!whole_paths_) named.file = base_name(site.file);
    return shortened(printable(to_string(named)));
  }

  /// Without its beginning where it is too long: the end of a path says more.
  std::string shortened(const std::string& place) const {
    std::string_view rest = place;
    if (columns(rest) <= widest_place) return place;
    while (columns(rest) > widest_place - 3) rest.remove_prefix(std::max<std::size_t>(character_length(rest), 1));
    return marks_.gap + std::string(rest);
  }

  void choose_columns() {
    std::map<unsigned, std::size_t> last_row;
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      if (shown_[i]) last_row[finding_.steps[i].thread] = i;
    }
    std::vector<unsigned> threads;
    threads.reserve(last_row.size());
    for (const auto& [thread, row] : last_row) threads.push_back(thread);
    const bool all_fit = room_needed() <= room_for_columns();
    if (!all_fit) {
      const auto urgency = [&](unsigned thread) { return std::pair(at_fault(thread), last_row[thread]); };
      std::sort(threads.begin(), threads.end(), [&](unsigned a, unsigned b) { return urgency(a) > urgency(b); });
      const std::size_t room = room_for_columns() - std::min(room_for_columns(), narrowest_shared_column + 3);
      threads.resize(std::min(threads.size() - 1, room / (narrowest_column + 3)));
      std::sort(threads.begin(), threads.end());
    }
    for (unsigned thread : threads) columns_.push_back({thread, name_of(thread), 0});
    if (!all_fit) columns_.push_back({std::nullopt, threads.empty() ? "all threads" : "other threads", 0});
  }

  /// What a column for each thread needs, if none has to be narrower than narrowest_column for want of room.
  std::size_t room_needed() const {
    std::map<unsigned, std::size_t> widths;
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      if (!shown_[i]) continue;
      const Step& step = finding_.steps[i];
      std::size_t& width = widths[step.thread];
      const std::size_t wish = std::max(columns(words_of(step)), columns(short_name_of(step.thread)));
      width = std::max(width, std::min(narrowest_column, wish));
    }
    return std::accumulate(widths.begin(), widths.end(), std::size_t{0},
                           [](std::size_t sum, const auto& entry) { return sum + entry.second + 3; });
  }

  std::size_t room_for_columns() const {
    const std::size_t taken = 2 + number_width_ + 2 + place_width_;
    return std::max<std::size_t>(style_.width, taken + narrowest_column + 3) - taken;
  }

  bool at_fault(unsigned thread) const {
    return std::find(finding_.threads.begin(), finding_.threads.end(), thread) != finding_.threads.end();
  }

  std::string name_of(unsigned thread) const {
    if (thread < finding_.thread_names.size()) return printable(finding_.thread_names[thread]);
    return thread == 0 ? "main" : fmt::format("T{}", thread);
  }

  /// "T1" of "T1 (queue.cpp:12)"
  std::string short_name_of(unsigned thread) const {
    const std::string name = name_of(thread);
    return name.substr(0, name.find(' '));
  }

  std::size_t column_of(unsigned thread) const {
    for (std::size_t i = 0; i + 1 < columns_.size(); ++i) {
      if (columns_[i].thread == thread) return i;
    }
    return columns_.size() - 1;
  }

  std::string cell_of(const Step& step) const {
    const std::string words = words_of(step);
    return columns_[column_of(step.thread)].thread ? words : short_name_of(step.thread) + ": " + words;
  }

  // --- how wide ---

  static std::size_t longest_word(std::string_view text) {
    std::size_t longest = 0;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find(' ', begin), text.size());
      longest = std::max(longest, columns(text.substr(begin, end - begin)));
      begin = end + 1;
    }
    return longest;
  }

  /// Each column as wide as it would like to be, if that fits; otherwise the widest ones are cut down to one width.
  void choose_widths() {
    for (Column& column : columns_)
      column.width = columns(column.thread ? short_name_of(*column.thread) : column.title);
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      if (!shown_[i]) continue;
      Column& column = columns_[column_of(finding_.steps[i].thread)];
      column.width = std::max(column.width, columns(cell_of(finding_.steps[i])));
    }
    std::vector<std::size_t> wishes;
    for (const Column& column : columns_) wishes.push_back(column.width);
    std::sort(wishes.begin(), wishes.end());
    std::size_t room = room_for_columns() - 3 * columns_.size();
    std::size_t cap = 0;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      cap = room / (wishes.size() - i);
      if (wishes[i] > cap) break;
      room -= wishes[i];
      cap = wishes[i];
    }
    for (Column& column : columns_) column.width = std::min(column.width, std::max<std::size_t>(cap, 4));
    give_titles(room_for_columns());
  }

  /// What is left makes columns wide enough for their titles: on several lines if that suffices for all of them, then
  /// on one line where it does. Otherwise all titles are short: "T1" of "T1 (queue.cpp:12)".
  void give_titles(std::size_t room) {
    std::size_t needed = 0;
    for (const Column& column : columns_) needed += std::max(column.width, longest_word(column.title)) + 3;
    if (needed > room) {
      for (Column& column : columns_) column.title = column.thread ? short_name_of(*column.thread) : column.title;
      return;
    }
    room -= needed;
    for (Column& column : columns_) {
      column.width = std::max(column.width, longest_word(column.title));
      const std::size_t more = std::max(column.width, columns(column.title)) - column.width;
      if (more > room) continue;
      column.width += more;
      room -= more;
    }
  }

  // --- the lines ---

  static std::string padded(const std::string& text, std::size_t width) {
    return text + std::string(width - std::min(width, columns(text)), ' ');
  }

  std::string bar() const { return " " + painted(style_, Ink::faint, marks_.bar) + " "; }

  std::string header() const {
    std::vector<std::vector<std::string>> titles;
    std::size_t height = 1;
    for (const Column& column : columns_) {
      titles.push_back(wrapped(column.title, column.width));
      height = std::max(height, titles.back().size());
    }
    std::string text;
    for (std::size_t line = 0; line < height; ++line) {
      const std::string number = line == 0 ? "#" : "";
      text += fmt::format("  {:>{}}  {}", number, number_width_,
                          painted(style_, Ink::place, padded(line == 0 ? place_title_ : "", place_width_)));
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const std::string part = line < titles[i].size() ? titles[i][line] : "";
        text += bar() + painted(style_, Ink::strong, padded(part, columns_[i].width));
      }
      end_line(text);
    }
    return text + rule();
  }

  std::string rule() const {
    const auto line = [this](std::size_t width) {
      std::string text;
      for (; width != 0; --width) text += marks_.line;
      return text;
    };
    std::string text = "  " + line(number_width_ + 2 + place_width_ + 1);
    for (const Column& column : columns_)
      text += marks_.cross + line(column.width + (&column == &columns_.back() ? 1 : 2));
    return painted(style_, Ink::faint, text) + "\n";
  }

  std::string row(std::size_t index) const {
    const Step& step = finding_.steps[index];
    const std::size_t own = column_of(step.thread);
    std::vector<std::string> lines = wrapped(cell_of(step), columns_[own].width);
    if (lines.size() > most_lines_of_cell) shorten(lines, columns_[own].width);
    const Ink ink = step.fault ? Ink::bad : Ink::plain;
    std::string text;
    for (std::size_t line = 0; line < lines.size(); ++line) {
      const bool first = line == 0;
      const std::string place = first ? place_of(step.site) : "";
      text += painted(style_, ink, first && step.fault ? marks_.fault : " ");
      text += painted(style_, step.fault ? ink : Ink::faint,
                      fmt::format(" {:>{}}", first ? std::to_string(index) : "", number_width_));
      text += "  " + std::string(place_width_ - columns(place), ' ') + painted(style_, Ink::place, place);
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        text += bar() + (i == own ? painted(style_, ink, padded(lines[line], columns_[i].width))
                                  : std::string(columns_[i].width, ' '));
      }
      end_line(text);
    }
    return text;
  }

  /// Takes the middle out of a long cell: what is asked for stands at its front, what came of it at its end.
  void shorten(std::vector<std::string>& lines, std::size_t width) const {
    constexpr auto half = static_cast<std::ptrdiff_t>(most_lines_of_cell / 2);
    lines.erase(lines.begin() + half, lines.end() - half);
    std::string& last = lines[half - 1];
    last = last.substr(0, fitting(last, width - std::min(width, columns(marks_.gap)))) + marks_.gap;
  }

  std::string gap(std::size_t operations) const {
    const std::string words = fmt::format("{0} {1} operations {0}", marks_.gap, operations);
    return "  " + painted(style_, Ink::faint, words) + "\n";
  }

  static void end_line(std::string& text) {
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  }

  const Finding& finding_;
  const TextStyle& style_;
  const Marks& marks_;
  std::vector<bool> shown_;  ///< by step
  bool one_file_ = false;
  bool whole_paths_ = false;
  std::string place_title_;
  std::size_t place_width_ = 0;
  std::size_t number_width_ = 1;
  std::vector<Column> columns_;  ///< at least one
};

}  // namespace

std::string schedule_table(const Finding& finding, const TextStyle& style) {
  return finding.steps.empty() ? std::string() : Table(finding, style).text();
}

}  // namespace heddle::report
