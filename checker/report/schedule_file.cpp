#include "checker/report/schedule_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <limits>
#include <memory>
#include <system_error>
#include <vector>

#include "checker/core/error.hpp"
#include "checker/core/finding.hpp"
#include "checker/core/types.hpp"
#include "checker/report/characters.hpp"

namespace heddle::report {

namespace {

constexpr std::string_view first_words = "heddle schedule ";
constexpr unsigned format_version = 1;
constexpr std::size_t most_bytes = std::size_t{64} << 20U;
constexpr std::size_t longest_line = std::size_t{1} << 20U;
constexpr std::size_t most_steps = 10'000'000;
constexpr std::size_t most_options = 1000;

/// Keys of the header, in the order in which they are written.
constexpr std::array<std::string_view, 8> keys = {"test",  "harness", "build", "options",
                                                  "fault", "message", "cycle", "steps"};

// --- writing ---

/// `text` in double quotes, so that unquoted() gives it back byte for byte.
std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  // printable() leaves quotes and backslashes alone: they are escaped around what it is given.
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\"\\", begin), text.size());
    result += printable(text.substr(begin, end - begin));
    if (end < text.size()) {
      result += '\\';
      result += text[end];
    }
    begin = end + 1;
  }
  return result + "\"";
}

/// A text that takes the rest of its line.
std::string as_value(std::string_view text) {
  const bool plain =
      !text.empty() && text.front() != '"' && text.front() != ' ' && text.back() != ' ' && printable(text) == text;
  return plain || text.empty() ? std::string(text) : in_quotes(text);
}

/// A text among others on a line.
std::string as_word(std::string_view text) {
  const bool plain =
      !text.empty() && text.front() != '"' && text.find(' ') == std::string_view::npos && printable(text) == text;
  return plain ? std::string(text) : in_quotes(text);
}

std::string thread_word(unsigned thread) { return thread == 0 ? "main" : fmt::format("T{}", thread); }

/// Refuses what read_schedule would refuse.
void require_readable(const Schedule& schedule) {
  if (!schedule.fault.empty()) finding_kind_from(schedule.fault);
  const bool bounded = schedule.steps.size() <= most_steps && schedule.options.size() <= most_options;
  if (!bounded) throw Error("the schedule cannot be written: it has too many steps or options");
  if (schedule.cycle > schedule.steps.size())
    throw Error("the schedule cannot be written: its cycle has more steps than there are");
  for (std::size_t i = 0; i < schedule.steps.size(); ++i) {
    const ScheduleStep& step = schedule.steps[i];
    const bool earlier = step.reads_from >= ScheduleStep::initial && step.reads_from < static_cast<std::int64_t>(i);
    if (step.thread >= core::max_threads || !earlier) {
      throw Error(fmt::format("the schedule cannot be written: step {} names a thread or a step that cannot be", i));
    }
  }
}

/// Ends a line of the file, which has begun at `begin`.
void end_line(std::string& text, std::size_t begin) {
  if (text.size() - begin > longest_line) {
    throw Error(
        fmt::format("the schedule cannot be written: a text in it is too long ({} bytes)", text.size() - begin));
  }
  text += '\n';
}

void write_header(std::string& text, const Schedule& schedule) {
  std::string options;
  for (const std::string& option : schedule.options) options += (options.empty() ? "" : " ") + as_word(option);
  const std::array<std::string, keys.size()> values = {
      as_value(schedule.test),        as_value(schedule.harness),
      as_value(schedule.build),       options,
      as_value(schedule.fault),       as_value(schedule.message),
      std::to_string(schedule.cycle), std::to_string(schedule.steps.size())};
  fmt::format_to(std::back_inserter(text), "{}{}\n", first_words, format_version);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == "cycle" && schedule.cycle == 0) continue;
    const std::size_t begin = text.size();
    fmt::format_to(std::back_inserter(text), "{}:{}{}", keys[i], values[i].empty() ? "" : " ", values[i]);
    end_line(text, begin);
  }
}

/// Widths of the columns: as wide as what stands in them, up to where a single long one would push all others away.
struct Widths {
  std::size_t number = 1;
  std::size_t thread = 2;
  std::size_t operation = 0;
  std::size_t site = 0;

  explicit Widths(const std::vector<ScheduleStep>& steps) {
    number = std::to_string(steps.empty() ? 0 : steps.size() - 1).size();
    for (const ScheduleStep& step : steps) {
      thread = std::max(thread, thread_word(step.thread).size());
      operation = std::max(operation, std::min<std::size_t>(step.operation.size(), 24));
      site = std::max(site, std::min<std::size_t>(step.site.size(), 40));
    }
  }
};

// --- reading ---

/// One line, and the words to complain about it.
class Line {
 public:
  Line(std::string_view text, const std::string& file, std::size_t number)
      : rest_(text), file_(file), number_(number) {}

  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(fmt::format("{}:{}: {}", file_, number_, what));
  }

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  /// The next word, without the spaces behind it. Empty only at the end of the line or as "".
  std::string word() {
    std::string result;
    if (rest_.starts_with('"')) {
      result = unquoted();
      if (!at_end() && rest_.front() != ' ') refuse("a space is missing behind a closing quote");
    } else {
      result = plain(rest_.substr(0, rest_.find(' ')));
    }
    skip_spaces();
    return result;
  }

  /// The text up to the end of the line.
  std::string value() {
    if (!rest_.starts_with('"')) return plain(rest_);
    std::string result = unquoted();
    if (!at_end()) refuse(fmt::format("{} stands behind the closing quote", shown(rest_)));
    return result;
  }

  std::uint64_t number(const char* what, std::uint64_t greatest) {
    const std::string_view digits = rest_.substr(0, rest_.find(' '));
    std::uint64_t result = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
    if (failure == std::errc::result_out_of_range || (failure == std::errc{} && result > greatest)) {
      refuse(fmt::format("{} {} is too large: at most {} is allowed", what, shown(digits), greatest));
    }
    if (failure != std::errc{} || end != digits.data() + digits.size()) {
      refuse(fmt::format("{} is expected here, not {}", what, shown(digits)));
    }
    rest_.remove_prefix(digits.size());
    skip_spaces();
    return result;
  }

  /// Somebody else's text, made fit for a message.
  static std::string shown(std::string_view text) {
    if (text.empty()) return "the end of the line";
    constexpr std::size_t longest = 40;
    return "'" + printable(text.substr(0, longest)) + (text.size() > longest ? "…'" : "'");
  }

 private:
  std::string plain(std::string_view text) {
    rest_.remove_prefix(text.size());
    return std::string(text);
  }

  /// The text in quotes that the line goes on with.
  std::string unquoted() {
    std::string result;
    rest_.remove_prefix(1);
    for (;;) {
      const std::size_t end = rest_.find_first_of("\"\\");
      if (end == std::string_view::npos) refuse("the closing quote is missing");
      result += rest_.substr(0, end);
      const bool closing = rest_[end] == '"';
      rest_.remove_prefix(end + 1);
      if (closing) return result;
      result += escaped();
    }
  }

  /// The byte that is meant by what stands behind a backslash.
  char escaped() {
    constexpr std::string_view letters = "\"\\ntr";
    constexpr std::string_view meant = "\"\\\n\t\r";
    const std::size_t index = at_end() ? std::string_view::npos : letters.find(rest_.front());
    if (index != std::string_view::npos) {
      rest_.remove_prefix(1);
      return meant[index];
    }
    unsigned code = 0;
    const char* const digits = rest_.data() + std::min<std::size_t>(rest_.size(), 1);
    const char* const last = rest_.data() + std::min<std::size_t>(rest_.size(), 3);
    const bool hexadecimal =
        rest_.starts_with('x') && last - digits == 2 && std::from_chars(digits, last, code, 16).ptr == last;
    if (!hexadecimal) refuse(R"(unknown escape: \" \\ \n \t \r and \xHH are allowed)");
    rest_.remove_prefix(3);
    return static_cast<char>(code);
  }

  std::string_view rest_;
  const std::string& file_;
  std::size_t number_;
};

class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  Schedule read() {
    read_first_line();
    Schedule schedule;
    const std::size_t steps = read_header(schedule);
    for (std::size_t i = 0; i < steps; ++i) schedule.steps.push_back(read_step(i, steps));
    Line line = next_line();
    if (!line.at_end()) line.refuse(fmt::format("the file should end here, after {} steps", steps));
    return schedule;
  }

 private:
  /// The next line that says something, without the spaces around it; an empty one at the end of the text.
  Line next_line() {
    while (!rest_.empty()) {
      ++number_;
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      std::string_view text = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      if (text.ends_with('\r')) text.remove_suffix(1);
      if (text.size() > longest_line) Line(text, name_, number_).refuse("the line is too long");
      const std::size_t first = text.find_first_not_of(' ');
      if (first == std::string_view::npos || text[first] == '#') continue;
      text = text.substr(first, text.find_last_not_of(' ') + 1 - first);
      require_printable(text);
      return {text, name_, number_};
    }
    return {{}, name_, number_ + 1};
  }

  void require_printable(std::string_view text) const {
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t length = character_length(rest);
      if (length == 0 || !is_printable(rest.substr(0, length))) {
        Line(text, name_, number_)
            .refuse(
                fmt::format("the byte 0x{:02x} may not stand here as it is; write it as \\x{:02x}, in double quotes",
                            static_cast<unsigned char>(rest[0]), static_cast<unsigned char>(rest[0])));
      }
      rest.remove_prefix(length);
    }
  }

  void read_first_line() {
    if (!rest_.starts_with(first_words)) {
      Line({}, name_, 1)
          .refuse(fmt::format("this is no schedule file: its first line would be '{}{}'", first_words, format_version));
    }
    Line line(rest_.substr(first_words.size(), rest_.find('\n') - first_words.size()), name_, 1);
    rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
    number_ = 1;
    std::string_view version = line.rest();
    if (version.ends_with('\r')) version.remove_suffix(1);
    if (version != std::to_string(format_version)) {
      line.refuse(
          fmt::format("version {} of schedule files is not known, only {}; check the harness again to get a new one",
                      Line::shown(version), format_version));
    }
  }

  /// Reads up to `steps:`, and returns what that says.
  std::size_t read_header(Schedule& schedule) {
    std::array<bool, keys.size()> seen{};
    for (;;) {
      Line line = next_line();
      if (line.at_end()) line.refuse("the file ends before its line 'steps:'; it is not complete");
      const std::string_view key = line.rest().substr(0, line.rest().find(':'));
      const auto index = static_cast<std::size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
      if (index == keys.size() || key.size() == line.rest().size()) {
        line.refuse(fmt::format("{} is no line of a header; there are: {}", Line::shown(key), fmt::join(keys, ":, ")));
      }
      if (seen[index]) line.refuse(fmt::format("'{}:' stands here for the second time", key));
      seen[index] = true;
      Line value(line.rest().substr(key.size() + 1), name_, number_);
      value.skip_spaces();
      if (key == "cycle") {
        schedule.cycle = value.number("the number of steps that are repeated", most_steps);
        if (!value.at_end()) value.refuse("nothing may follow the number of steps that are repeated");
        continue;
      }
      if (key == "steps") {
        const std::size_t steps = value.number("the number of steps", most_steps);
        if (schedule.cycle > steps) value.refuse("the cycle has more steps than there are");
        return steps;
      }
      read_value(key, value, schedule);
    }
  }

  static void read_value(std::string_view key, Line& line, Schedule& schedule) {
    if (key == "options") {
      while (!line.at_end()) {
        if (schedule.options.size() == most_options) line.refuse("there are too many options");
        schedule.options.push_back(line.word());
      }
      return;
    }
    std::string& field = key == "test"      ? schedule.test
                         : key == "harness" ? schedule.harness
                         : key == "build"   ? schedule.build
                         : key == "fault"   ? schedule.fault
                                            : schedule.message;
    field = line.value();
    if (key == "fault" && !field.empty()) {
      try {
        finding_kind_from(field);
      } catch (const Error& error) {
        line.refuse(error.what());
      }
    }
  }

  ScheduleStep read_step(std::size_t index, std::size_t steps) {
    Line line = next_line();
    if (line.at_end()) line.refuse(fmt::format("the file ends after {} of {} steps; it is not complete", index, steps));
    const std::uint64_t number = line.number("the number of a step", most_steps);
    if (number != index) line.refuse(fmt::format("step {} is expected here, not step {}", index, number));
    ScheduleStep step;
    step.thread = read_thread(line);
    if (line.at_end()) line.refuse("the operation is missing");
    step.operation = line.word();
    if (line.at_end()) line.refuse("the place is missing (\"\" where it is not known)");
    step.site = line.word();
    if (line.rest().starts_with("choice ")) {
      line.word();
      step.choice =
          static_cast<std::uint32_t>(line.number("the number of a choice", std::numeric_limits<std::uint32_t>::max()));
    }
    if (line.rest().starts_with("reads ")) {
      line.word();
      if (line.rest().starts_with("initial")) {
        line.word();
        step.reads_from = ScheduleStep::initial;
      } else {
        if (index == 0) line.refuse("the first step has no step before it to read");
        step.reads_from = static_cast<std::int64_t>(line.number("the number of the step that is read", index - 1));
      }
    }
    if (!line.at_end()) {
      line.refuse(fmt::format("'choice N', 'reads N', 'reads initial' or nothing is expected here, not {}",
                              Line::shown(line.rest())));
    }
    return step;
  }

  static unsigned read_thread(Line& line) {
    if (line.rest() == "main" || line.rest().starts_with("main ")) {
      line.word();
      return 0;
    }
    Line name = line;
    const std::string word = line.word();
    unsigned thread = 0;
    const char* const end = word.data() + word.size();
    if (!word.starts_with('T') || word.size() < 2 || std::from_chars(word.data() + 1, end, thread).ptr != end ||
        thread >= core::max_threads) {
      name.refuse(fmt::format("a thread is expected here: main, or T1 to T{}, not {}", core::max_threads - 1,
                              Line::shown(word)));
    }
    return thread;
  }

  std::string_view rest_;
  const std::string& name_;
  std::size_t number_ = 0;
};

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

}  // namespace

std::string write_schedule(const Schedule& schedule) {
  require_readable(schedule);
  std::string text;
  write_header(text, schedule);
  const Widths widths(schedule.steps);
  for (std::size_t i = 0; i < schedule.steps.size(); ++i) {
    const ScheduleStep& step = schedule.steps[i];
    const std::size_t begin = text.size() + (i == 0 ? 1 : 0);
    if (i == 0) text += '\n';
    const bool usual = step.choice == 0 && step.reads_from == ScheduleStep::newest;
    fmt::format_to(std::back_inserter(text), "{:>{}}  {:<{}}  {:<{}}  {:<{}}", i, widths.number,
                   thread_word(step.thread), widths.thread, as_word(step.operation), widths.operation,
                   as_word(step.site), usual ? 0 : widths.site);
    if (step.choice != 0) fmt::format_to(std::back_inserter(text), "  choice {}", step.choice);
    if (step.reads_from != ScheduleStep::newest) {
      text += "  reads ";
      text += step.reads_from == ScheduleStep::initial ? "initial" : std::to_string(step.reads_from);
    }
    end_line(text, begin);
  }
  return text;
}

Schedule read_schedule(std::string_view text, const std::string& name) {
  if (text.size() > most_bytes) {
    throw Error(fmt::format("{}: this is no schedule file: it is larger than {} MiB", name, most_bytes >> 20U));
  }
  return Reader(text, name).read();
}

void save_schedule(const std::string& path, const Schedule& schedule) {
  const std::string text = write_schedule(schedule);
  const File file(std::fopen(path.c_str(), "wb"), std::fclose);
  const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() &&
                       std::fflush(file.get()) == 0;
  if (!written) throw Error(fmt::format("the schedule cannot be written to {}: {}", path, std::strerror(errno)));
}

Schedule load_schedule(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"), std::fclose);
  std::string text;
  std::vector<char> block(std::size_t{1} << 16U);
  while (file != nullptr && text.size() <= most_bytes) {
    const std::size_t size = std::fread(block.data(), 1, block.size(), file.get());
    if (size == 0) break;
    text.append(block.data(), size);
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    throw Error(fmt::format("the schedule {} cannot be read: {}", path, std::strerror(errno)));
  }
  return read_schedule(text, path);
}

}  // namespace heddle::report
