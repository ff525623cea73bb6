// Everything about options that is not a line of options.def.
//
// Fields are reached through pointers to members, so that one table serves the parser, `--help`, the documentation and
// the schedule files. A new kind of value is one more alternative of Field, and the compiler finds every place.
#include "checker/core/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <variant>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"

namespace heddle {

namespace {

/// The numbers an option takes, both ends included.
struct Range {
  double least = 0;
  double greatest = 0;
};

constexpr Range any{};

enum class Scope : std::uint8_t { search, execution, bounds, output, hidden };

constexpr std::array<std::string_view, 4> headings = {"What is checked", "What an execution is", "When to end",
                                                      "What is shown"};

using Field =
    std::variant<bool Options::*, std::uint64_t Options::*, double Options::*, std::string Options::*,
                 LockOrder Options::*, Leaks Options::*, Fairness Options::*, When Options::*, Timeouts Options::*>;

/// A line of the table.
struct Row {
  std::string_view name;
  std::string_view value;
  Range range;
  Scope scope;
  std::string_view help;
  Field field;

  bool is_flag() const { return std::holds_alternative<bool Options::*>(field); }
  bool has_words() const { return value.find('|') != std::string_view::npos; }
};

const std::vector<Row>& table() {
  using enum Scope;
  static const std::vector<Row> rows = {
#define HEDDLE_OPTION(field, type, initial, name, value, range, scope, help) \
  Row{name, value, range, scope, help, &Options::field},
#include "checker/core/options.def"
#undef HEDDLE_OPTION
  };
  return rows;
}

/// One of the choices of an option.
struct Word {
  std::string_view text;
  bool built;  ///< false for what is known, but not part of this version
};

std::vector<Word> words_of(const Row& row) {
  std::vector<Word> words;
  for (std::size_t begin = 0; begin <= row.value.size();) {
    const std::size_t end = std::min(row.value.find('|', begin), row.value.size());
    const std::string_view word = row.value.substr(begin, end - begin);
    const bool built = !word.starts_with('(');
    words.push_back({built ? word : word.substr(1, word.size() - 2), built});
    begin = end + 1;
  }
  return words;
}

std::string joined(const std::vector<Word>& words, bool built, std::string_view separator) {
  std::string text;
  for (const Word& word : words) {
    if (word.built != built) continue;
    if (!text.empty()) text += separator;
    text += word.text;
  }
  return text;
}

/// What a user has typed, fit for a message of one line: short, and without what a terminal would obey.
std::string quoted(std::string_view typed) {
  constexpr std::size_t longest = 40;
  std::string text = "'";
  for (char letter : typed.substr(0, longest)) text += static_cast<unsigned char>(letter) < 0x20 ? '?' : letter;
  return text + (typed.size() > longest ? "...'" : "'");
}

/// Without trailing zeros: 2, 0.01, 1000000.
std::string number_text(double number) {
  std::array<char, 64> buffer{};
  const bool whole = number == std::floor(number) && std::abs(number) <= 1e18;
  const auto end = whole
                       ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<std::int64_t>(number))
                       : std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), end.ptr};
}

[[noreturn]] void refuse(const Row& row, const std::string& what) {
  throw Error("option " + std::string(row.name) + ": " + what);
}

std::string allowed_numbers(const Row& row, bool whole) {
  return std::string(whole ? "a whole number" : "a number") + " from " + number_text(row.range.least) + " to " +
         number_text(row.range.greatest);
}

std::size_t index_of_word(const Row& row, std::string_view typed) {
  const std::vector<Word> words = words_of(row);
  const auto found = std::find_if(words.begin(), words.end(), [typed](const Word& word) { return word.text == typed; });
  const std::string allowed = joined(words, true, ", ");
  if (found == words.end()) refuse(row, quoted(typed) + " is not known; allowed: " + allowed);
  if (!found->built) refuse(row, quoted(typed) + " is not available in this version; allowed: " + allowed);
  return static_cast<std::size_t>(found - words.begin());
}

template <class Number>
Number number_from(const Row& row, std::string_view typed) {
  constexpr bool whole = std::is_integral_v<Number>;
  Number number{};
  const auto [end, failure] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
  const bool complete = failure == std::errc{} && end == typed.data() + typed.size();
  const auto value = static_cast<double>(number);
  if (!complete || !std::isfinite(value) || value < row.range.least || value > row.range.greatest) {
    refuse(row, quoted(typed) + " is not " + allowed_numbers(row, whole));
  }
  return number;
}

/// Stores what stands behind `--name=` in its field.
void store(const Row& row, std::string_view typed, Options& options) {
  std::visit(
      [&](auto member) {
        auto& field = options.*member;
        using Value = std::remove_reference_t<decltype(field)>;
        if constexpr (std::is_same_v<Value, bool>) {
          field = true;
        } else if constexpr (std::is_same_v<Value, std::string>) {
          if (row.has_words()) index_of_word(row, typed);
          field = typed;
        } else if constexpr (std::is_enum_v<Value>) {
          field = static_cast<Value>(index_of_word(row, typed));
        } else {
          field = number_from<Value>(row, typed);
        }
      },
      row.field);
}

/// What would have to stand behind `--name=` for the value that the field has; empty for a flag.
std::string spelled(const Row& row, const Options& options) {
  return std::visit(
      [&](auto member) -> std::string {
        const auto& field = options.*member;
        using Value = std::remove_cvref_t<decltype(field)>;
        if constexpr (std::is_same_v<Value, bool>) {
          return {};
        } else if constexpr (std::is_same_v<Value, std::string>) {
          return field;
        } else if constexpr (std::is_enum_v<Value>) {
          const std::vector<Word> words = words_of(row);
          const auto index = static_cast<std::size_t>(field);
          return index < words.size() ? std::string(words[index].text) : "?";
        } else if constexpr (std::is_integral_v<Value>) {
          return std::to_string(field);
        } else {
          return number_text(field);
        }
      },
      row.field);
}

bool is_default(const Row& row, const Options& options) {
  return std::visit([&](auto member) { return options.*member == Options{}.*member; }, row.field);
}

/// Levenshtein's distance, for "did you mean". Only asked of short names.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> distance(to.size() + 1);
  std::iota(distance.begin(), distance.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = distance[0];
    distance[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = distance[j];
      distance[j] = std::min({replaced, distance[j] + 1, distance[j - 1] + 1});
    }
  }
  return distance.back();
}

[[noreturn]] void refuse_unknown(std::string_view name) {
  constexpr std::size_t longest = 40;
  const Row* nearest = nullptr;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Row& row : table()) {
    if (row.scope == Scope::hidden || name.size() > longest) continue;
    // "--max" is rather the beginning of a name than a misspelling of "--json".
    const std::size_t distance = name.size() > 3 && row.name.starts_with(name) ? 1 : edit_distance(name, row.name);
    if (distance < least) {
      least = distance;
      nearest = &row;
    }
  }
  std::string message = "unknown option " + quoted(name);
  if (nearest != nullptr && least <= std::max<std::size_t>(2, nearest->name.size() / 3)) {
    message += "; did you mean " + std::string(nearest->name) + "?";
  } else {
    message += "; --help lists the options";
  }
  throw Error(message);
}

const Row& row_named(std::string_view name) {
  const std::vector<Row>& rows = table();
  const auto found = std::find_if(rows.begin(), rows.end(), [name](const Row& row) { return row.name == name; });
  if (found == rows.end()) refuse_unknown(name);
  return *found;
}

/// "--timeout=SECONDS", without the choices that are not built.
std::string usage_of(const Row& row) {
  std::string usage(row.name);
  if (row.is_flag()) return usage;
  return usage + "=" + (row.has_words() ? joined(words_of(row), true, "|") : std::string(row.value));
}

/// The sentence of `--help`: what it does, its default, what is known but not built.
std::string sentence_of(const Row& row) {
  std::string sentence(row.help);
  if (row.is_flag()) return sentence;
  const std::string initial = spelled(row, Options{});
  const bool bound = row.scope == Scope::bounds && initial == "0";  // the help text says what 0 means
  if (!initial.empty() && !bound) sentence += " (default " + initial + ")";
  const std::string later = row.has_words() ? joined(words_of(row), false, ", ") : std::string();
  if (!later.empty()) sentence += "; not in this version: " + later;
  return sentence;
}

/// Breaks a text into lines of at most `width` letters.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    begin = end + 1;
  }
  return lines;
}

std::string escaped_for_table(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, 1, '\\');
  return text;
}

}  // namespace

std::vector<std::string> parse_options(int argc, const char* const* argv, Options& options) {
  if (argc < 1) return {};
  return parse_options(std::vector<std::string>(argv + 1, argv + argc), options);
}

std::vector<std::string> parse_options(const std::vector<std::string>& words, Options& options) {
  std::vector<std::string> positional;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") {
      positional.insert(positional.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (!word.starts_with('-') || word == "-") {
      positional.emplace_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const Row& row = row_named(word.substr(0, equals));
    if (row.is_flag()) {
      if (equals != std::string_view::npos) refuse(row, "takes no value");
      store(row, {}, options);
      continue;
    }
    const bool separate = equals == std::string_view::npos;
    // What looks like an option is taken as the next option rather than as a value: `--test --list` is a slip.
    const bool missing = separate && (i + 1 == words.size() || words[i + 1].starts_with("--"));
    const std::string_view value = missing ? std::string_view() : separate ? words[++i] : word.substr(equals + 1);
    if (value.empty()) refuse(row, "needs a value: " + usage_of(row));
    store(row, value, options);
  }
  return positional;
}

void parse_execution_options(const std::vector<std::string>& words, Options& options) {
  for (const std::string& word : words) {
    const bool option = word.starts_with("--") && word != "--";
    if (!option || row_named(word.substr(0, word.find('='))).scope != Scope::execution) {
      throw Error("a schedule cannot hold " + quoted(word) + ": that is no option that changes an execution");
    }
  }
  parse_options(words, options);
}

void require_valid(const Options& options) {
  Options ignored;
  for (const Row& row : table()) {
    if (!row.is_flag() && !is_default(row, options)) store(row, spelled(row, options), ignored);
  }
}

std::vector<std::string> execution_options(const Options& options) {
  std::vector<std::string> words;
  for (const Row& row : table()) {
    if (row.scope != Scope::execution || is_default(row, options)) continue;
    words.push_back(std::string(row.name) + (row.is_flag() ? "" : "=" + spelled(row, options)));
  }
  return words;
}

std::string option_help() {
  constexpr std::size_t column = 30;
  constexpr std::size_t width = 100;
  std::string text;
  for (std::size_t scope = 0; scope < headings.size(); ++scope) {
    text += (text.empty() ? "" : "\n") + std::string(headings[scope]) + ":\n";
    for (const Row& row : table()) {
      if (static_cast<std::size_t>(row.scope) != scope) continue;
      std::string line = "  " + usage_of(row);
      if (line.size() + 2 > column) {
        text += line + "\n";
        line.clear();
      }
      for (const std::string& part : wrapped(sentence_of(row), width - column)) {
        line.resize(column, ' ');
        text += line + part + "\n";
        line.clear();
      }
    }
  }
  return text;
}

std::string option_documentation() {
  std::string text =
      "# Options\n\n"
      "This page is made from `checker/core/options.def`; a test holds it to that. As fields of `heddle::Options` the\n"
      "options have the names in the second column.\n";
  for (std::size_t scope = 0; scope < headings.size(); ++scope) {
    text += "\n## " + std::string(headings[scope]) + "\n| option | field | meaning |\n| --- | --- | --- |\n";
#define HEDDLE_OPTION(field, type, initial, name, value, range, in, help)                                            \
  if (const Row& row = row_named(name); static_cast<std::size_t>(row.scope) == scope) {                              \
    text += "| `" + escaped_for_table(usage_of(row)) + "` | `" #field "` | " + escaped_for_table(sentence_of(row)) + \
            " |\n";                                                                                                  \
  }
#include "checker/core/options.def"
#undef HEDDLE_OPTION
  }
  return text;
}

}  // namespace heddle
