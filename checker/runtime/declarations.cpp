#include "checker/runtime/declarations.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>
#include <set>

namespace heddle::runtime {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string word_ending_at(const std::string& text, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

/// Where the whole word `word` stands in `text`, from `from` on; npos where it does not.
std::size_t find_word(const std::string& text, const std::string& word, std::size_t from = 0) {
  for (std::size_t at = text.find(word, from); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_word(text[at + word.size()]);
    if (begins && ends) return at;
  }
  return std::string::npos;
}

bool has_word(const std::string& text, const std::string& word) { return find_word(text, word) != std::string::npos; }

/// One past the bracket that closes the one at `open`; the end of the text where none does.
std::size_t after_closing(const std::string& text, std::size_t open) {
  static const std::string opening = "({[<";
  static const std::string closing = ")}]>";
  const char close = closing[opening.find(text[open])];
  int depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == text[open]) depth++;
    if (text[at] == close && --depth == 0) return at + 1;
  }
  return text.size();
}

/// The class that `function` makes an object of.
struct Constructor {
  std::string owner;
  bool certain = false;  ///< "Queue::Queue(int)"; clang and addr2line say no more than "Queue"
};

Constructor constructor(const std::string& function) {
  const std::string text = function.substr(0, function.find(" [with"));
  if (!text.ends_with(')')) return {.owner = std::all_of(text.begin(), text.end(), is_word) ? text : ""};
  std::size_t open = text.size();
  for (int depth = 0; open-- > 0;) {
    depth += text[open] == ')' ? 1 : text[open] == '(' ? -1 : 0;
    if (depth == 0) break;
  }
  const std::string name = word_ending_at(text, open);
  std::string before = text.substr(0, open - name.size());
  if (!before.ends_with("::")) return {};
  before.resize(before.size() - 2);
  if (before.ends_with('>')) {
    int depth = 0;
    std::size_t at = before.size();
    while (at-- > 0) {
      depth += before[at] == '>' ? 1 : before[at] == '<' ? -1 : 0;
      if (depth == 0) break;
    }
    before.resize(at);
  }
  if (name.empty() || word_ending_at(before, before.size()) != name) return {};
  return {name, true};
}

/// Leaves out alternatives that would upset the count of braces: the branches of an `#if` behind one that opens more
/// than it closes. All others are kept, for which of them were compiled is not known.
class Alternatives {
 public:
  /// Reads a line that begins with '#', after `code`.
  void directive(const std::string& line, std::size_t hash, const std::string& code) {
    const std::size_t begin = line.find_first_not_of(" \t", hash + 1);
    if (begin == std::string::npos) return;
    if (line.compare(begin, 2, "if") == 0) {
      open_.push_back({code.size(), false});
    } else if (open_.empty()) {
      return;
    } else if (line.compare(begin, 2, "el") == 0) {
      open_.back().left_out = open_.back().left_out || !balanced(code, open_.back().begin);
      open_.back().begin = code.size();
    } else if (line.compare(begin, 5, "endif") == 0) {
      open_.pop_back();
    }
  }
  bool left_out() const {
    return std::any_of(open_.begin(), open_.end(), [](const Branch& branch) { return branch.left_out; });
  }

 private:
  struct Branch {
    std::size_t begin;  ///< in the code
    bool left_out;      ///< a branch before it was not balanced
  };
  static bool balanced(const std::string& code, std::size_t from) {
    const auto begin = code.begin() + static_cast<std::ptrdiff_t>(from);
    return std::count(begin, code.end(), '{') == std::count(begin, code.end(), '}');
  }
  std::vector<Branch> open_;
};

/// The file's text with blanks for comments, what strings hold, and preprocessor lines.
std::string bare_code(const std::vector<std::string>& lines) {
  std::string code;
  bool comment = false;
  Alternatives alternatives;
  for (const std::string& line : lines) {
    const std::size_t first = line.find_first_not_of(" \t");
    const bool directive = !comment && first != std::string::npos && line[first] == '#';
    if (directive) alternatives.directive(line, first, code);
    if (alternatives.left_out()) {
      code += '\n';
      continue;
    }
    char quote = 0;
    for (std::size_t at = 0; !directive && at < line.size(); ++at) {
      if (comment) {
        if (line.compare(at, 2, "*/") == 0) comment = false, ++at;
      } else if (quote != 0) {
        if (line[at] == '\\')
          ++at;
        else if (line[at] == quote)
          code += quote, quote = 0;
      } else if (line.compare(at, 2, "//") == 0) {
        break;
      } else if (line.compare(at, 2, "/*") == 0) {
        comment = true;
      } else {
        const bool digits = line[at] == '\'' && at > 0 && std::isdigit(static_cast<unsigned char>(line[at - 1])) != 0;
        if ((line[at] == '"' || line[at] == '\'') && !digits) quote = line[at];
        code += line[at];
      }
    }
    code += '\n';
  }
  return code;
}

/// What stands between the braces of class `name`; empty where the text does not define it.
std::string body_of(const std::string& code, const std::string& name) {
  for (std::size_t at = find_word(code, name); at != std::string::npos; at = find_word(code, name, at + 1)) {
    std::string before = code.substr(at > 200 ? at - 200 : 0, std::min<std::size_t>(at, 200));
    before.erase(before.find_last_not_of(" \t\n") + 1);
    while (before.ends_with("]]") && before.find("[[") != std::string::npos) {  // attributes
      before.erase(before.rfind("[["));
      before.erase(before.find_last_not_of(" \t\n") + 1);
    }
    const std::string key = word_ending_at(before, before.size());
    if (key != "class" && key != "struct") continue;
    const std::size_t open = code.find_first_of("{;()", at);
    if (open == std::string::npos || code[open] != '{') continue;
    return code.substr(open + 1, after_closing(code, open) - open - 2);
  }
  return {};
}

/// The declarations of data in the body of a class, without initialisers and access labels.
std::vector<std::string> data_members(const std::string& body) {
  std::vector<std::string> statements;
  std::string statement;
  const auto is_function = [&] {
    std::string plain;  // without template arguments
    for (std::size_t at = 0; at < statement.size();)
      if (statement[at] == '<')
        at = after_closing(statement, at);
      else
        plain += statement[at++];
    return plain.find('(') != std::string::npos && plain.find('=') == std::string::npos;
  };
  for (std::size_t at = 0; at < body.size();) {
    const char c = body[at];
    if (c == '{') {
      const bool data = !is_function() && !has_word(statement, "struct") && !has_word(statement, "class") &&
                        !has_word(statement, "enum") && !has_word(statement, "union");
      at = after_closing(body, at);
      if (!data) statement.clear();
      continue;
    }
    if (c == ';') {
      const bool other = is_function() || has_word(statement, "using") || has_word(statement, "typedef") ||
                         has_word(statement, "friend") || has_word(statement, "static");
      if (!other) statements.push_back(statement);
      statement.clear();
    } else if (c == ':' && body.compare(at, 2, "::") != 0 && (at == 0 || body[at - 1] != ':') &&
               (has_word(statement, "public") || has_word(statement, "private") || has_word(statement, "protected"))) {
      statement.clear();
    } else {
      statement += c;
    }
    ++at;
  }
  return statements;
}

/// The names that `statement` declares with a type that is `type`, or (nested) is made of it.
std::vector<Declaration> declared_in(const std::string& statement, const std::string& type, bool nested) {
  std::size_t at = find_word(statement, type);
  if (at == std::string::npos) return {};
  const std::size_t template_begin = statement.find('<');
  const bool is_nested = template_begin < at;
  if (is_nested != nested) return {};
  std::size_t end = is_nested ? after_closing(statement, template_begin) : at + type.size();
  if (!is_nested && end < statement.size() && statement[end] == '<') end = after_closing(statement, end);
  if (end < statement.size() && statement[end] == '[') end = after_closing(statement, end);  // unique_ptr<T[]>
  bool several = false;
  for (const char* container : {"array", "vector", "deque", "list", "map"})
    several = several || (is_nested && has_word(statement.substr(0, at), container));
  std::vector<Declaration> found;
  std::string rest = statement.substr(end);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    std::string part = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    part = part.substr(0, part.find('='));
    if (part.find_first_of("*&") != std::string::npos && !is_nested) continue;
    const std::size_t bracket = part.find('[');
    const bool array = bracket != std::string::npos;
    part = part.substr(0, bracket);
    part.erase(part.find_last_not_of(" \t\n") + 1);
    if (const std::string name = word_ending_at(part, part.size()); !name.empty())
      found.push_back({name, "", array || several});
  }
  return found;
}

std::vector<Declaration> declared_members(const std::string& body, const std::vector<std::string>& types, bool nested) {
  std::vector<Declaration> found;
  for (const std::string& statement : data_members(body))
    for (const std::string& type : types)
      for (Declaration& declaration : declared_in(statement, type, nested)) found.push_back(std::move(declaration));
  return found;
}

/// The variable that a line without a known column declares: "std::vector<heddle::mutex> forks(3);", "auto m = ...".
Declaration declared_on(const std::string& line, const std::string& type) {
  static const std::regex with_auto(R"(\bauto\s*[*&]?\s*(\w+)\s*=)");
  std::smatch match;
  if (std::regex_search(line, match, with_auto)) return {match[1], "", false};
  if (type == "static_guard") {  // of a function-local static, made where that is declared
    static const std::regex after_static(R"(\bstatic\b[^=({;]*?(\w+)\s*(?:[=({;]|$))");
    return std::regex_search(line, match, after_static) ? Declaration{match[1], "", false} : Declaration{};
  }
  const std::size_t at = find_word(line, type);
  const std::size_t template_begin = line.find('<');
  if (at == std::string::npos || template_begin > at) return {};
  static const std::regex name(R"(^\s*(\w+)\s*[({;=])");
  const std::string rest = line.substr(after_closing(line, template_begin));
  if (!std::regex_search(rest, match, name)) return {};
  const std::string before = line.substr(0, at);
  return {match[1], "", !has_word(before, "unique_ptr") && !has_word(before, "optional")};
}

/// Whether what stands before the name at `name` says std::array.
bool declares_array(const std::string& line, std::size_t name) {
  const std::string before = line.substr(0, name);
  return has_word(before.substr(before.find_last_of(";{}") + 1), "array");
}

/// Where the column is in the initialiser of an array on the same line, "std::array<heddle::atomic<Side>, 2> at{left,
/// left}": which of the elements is made there.
Declaration element_at(const std::string& line, std::size_t column) {
  std::size_t commas = 0;
  int depth = 0;
  std::size_t at = column;
  for (;; --at) {
    if (at == 0 || line[at - 1] == ';') return {};
    const char c = line[at - 1];
    if (c == '{' && depth == 0) break;
    depth += c == '}' || c == ')' || c == ']' ? 1 : c == '{' || c == '(' || c == '[' ? -1 : 0;
    if (depth < 0) return {};
    commas += c == ',' && depth == 0 ? 1 : 0;
  }
  while (at > 0 && (line[at - 1] == '{' || line[at - 1] == ' ' || line[at - 1] == '=')) --at;
  const bool bounds = at > 0 && line[at - 1] == ']';
  if (bounds) at = line.rfind('[', at);
  if (at == std::string::npos) return {};
  const std::string name = word_ending_at(line, at);
  const bool array = bounds || declares_array(line, at - name.size());
  return name.empty() || !array ? Declaration{} : Declaration{name + "[" + std::to_string(commas) + "]", "", false};
}

/// The object that an expression makes which begins at `begin`, as clang has it; g++ gives the column of its end.
Declaration made_from(const std::string& line, std::size_t begin, const std::string& type) {
  std::size_t end = begin;
  for (;; end += 2, begin = end) {
    while (end < line.size() && is_word(line[end])) ++end;
    if (line.compare(end, 2, "::") != 0) break;
  }
  if (line.substr(begin, end - begin) != type) return {};
  if (type != "atomic_ref") return declared_on(line, type);  // auto* p = new heddle::mutex;
  if (end < line.size() && line[end] == '<') end = after_closing(line, end);
  if (end >= line.size() || (line[end] != '(' && line[end] != '{')) return {};
  return {line.substr(end + 1, after_closing(line, end) - end - 2), "", false};  // what it refers to
}

/// The name that the declaration at this column gives: the column of the name itself, or of the end of its initialiser.
Declaration named_at(const std::string& line, std::size_t column, const std::string& type) {
  if (column > line.size()) return {};
  --column;
  if (is_word(line[column])) {
    std::size_t end = column;
    while (end < line.size() && is_word(line[end])) ++end;
    const std::string name = word_ending_at(line, end);
    if (Declaration element = element_at(line, end - name.size()); !element.name.empty()) return element;
    if (std::isdigit(static_cast<unsigned char>(name[0])) != 0) return {};
    const bool declared = end < line.size() && line[end] != ':' && line[end] != '<';
    if (name == type || line.compare(end, 2, "::") == 0) return made_from(line, end - name.size(), type);
    const bool after_type = line.find_first_not_of(" \t") < end - name.size();  // no macro that stands for more
    if (!declared || !after_type || name == "struct" || name == "class") return {};
    return {name, "", line[end] == '['};
  }
  static constexpr char open[] = "{([";
  static constexpr char close[] = "})]";
  for (int i = 0; i < 3; ++i) {
    if (line[column] != close[i]) continue;
    int depth = 0;
    for (std::size_t p = column + 1; p-- > 0;) {
      depth += line[p] == close[i] ? 1 : line[p] == open[i] ? -1 : 0;
      if (depth != 0) continue;
      const std::string argument = line.substr(p + 1, column - p - 1);
      while (p > 0 && line[p - 1] == ' ') --p;
      const bool assigned = p > 0 && line[p - 1] == '=';
      if (assigned) --p;
      while (p > 0 && line[p - 1] == ' ') --p;
      bool array = line[column] == ']' || (p > 0 && line[p - 1] == ']');
      if (p > 0 && line[p - 1] == ']') p = line.rfind('[', p);
      const std::string name = word_ending_at(line, p);
      if (type == "atomic_ref" && (name.empty() || name == type)) return {argument, "", false};  // what it refers to
      array = array || declares_array(line, p - std::min(p, name.size()));
      const bool after_new = p >= name.size() + 4 && line.substr(0, p - name.size()).ends_with("new ");
      return after_new ? Declaration{} : Declaration{name, "", array};
    }
  }
  return {};
}

}  // namespace

const std::string& Declarations::code(const std::string& file) {
  const auto [entry, added] = code_.try_emplace(file);
  if (added) entry->second = bare_code(lines_.lines_of(file));
  return entry->second;
}

std::vector<Declaration> Declarations::members(const std::string& file, const std::string& owner,
                                               const std::string& type, bool nested) {
  std::vector<std::string> files{file};
  static const std::regex include(R"(^\s*#\s*include\s*"([^"]+)\")");
  for (const std::string& line : lines_.lines_of(file)) {
    std::smatch match;
    if (line.find('#') != std::string::npos && std::regex_search(line, match, include))
      files.push_back((std::filesystem::path(file).parent_path() / match[1].str()).lexically_normal());
  }
  for (const std::string& each : files) {
    const std::string body = body_of(code(each), owner);
    if (body.empty()) continue;
    std::vector<std::string> names{type};  // and other names for the type
    const std::regex alias(R"(\busing\s+(\w+)\s*=\s*[\w:]*\b)" + type + R"(\b)");
    for (std::sregex_iterator i(code(each).begin(), code(each).end(), alias), end; i != end; ++i)
      names.push_back((*i)[1]);
    std::vector<Declaration> found = declared_members(body, names, nested);
    if (found.empty()) {  // atomic_int, binary_semaphore
      const std::regex like(R"(\b(?:\w+_)?)" + type + R"((?:_\w+)?\b)");
      std::set<std::string> words;
      for (std::sregex_iterator i(body.begin(), body.end(), like), end; i != end; ++i) words.insert(i->str());
      found = declared_members(body, {words.begin(), words.end()}, nested);
    }
    for (Declaration& declaration : found) declaration.owner = owner;
    if (found.empty()) found.push_back({"", owner, false});
    return found;
  }
  return {};
}

std::vector<Declaration> Declarations::of(const SourceLine& place, unsigned column, const std::string& type) {
  if (place.line == 0 || place.file.starts_with("/usr/")) return {{}};
  if (const Constructor made_by = constructor(place.function); !made_by.owner.empty()) {
    std::vector<Declaration> found = members(place.file, made_by.owner, type, column == 0);
    if (!found.empty()) return found;
    if (made_by.certain) return {{"", made_by.owner, false}};
  }
  const std::vector<std::string>& lines = lines_.lines_of(place.file);
  if (place.line > lines.size()) return {{}};
  const std::string& line = lines[place.line - 1];
  return {column != 0 ? named_at(line, column, type) : declared_on(line, type)};
}

}  // namespace heddle::runtime
