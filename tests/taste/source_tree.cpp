#include "taste/source_tree.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>

namespace heddle::taste {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// Blanks out comments, texts and preprocessor lines, so that the braces that are left are those of the code.
class Blanker {
 public:
  std::string blank(const std::string& line) {
    if (in_directive_ || (!in_comment_ && line.find_first_not_of(' ') != std::string::npos &&
                          line[line.find_first_not_of(' ')] == '#')) {
      in_directive_ = line.ends_with('\\');
      return {};
    }
    std::string code;
    for (std::size_t i = 0; i < line.size();) i = take(line, i, code);
    return code;
  }

 private:
  std::size_t take(const std::string& line, std::size_t i, std::string& code) {
    if (in_comment_ || !raw_end_.empty()) return skip_to_end(line, i);
    if (line.compare(i, 2, "//") == 0) return line.size();
    if (line.compare(i, 2, "/*") == 0) {
      in_comment_ = true;
      return i + 2;
    }
    if (line.compare(i, 2, "R\"") == 0) {
      const std::size_t open = line.find('(', i);
      raw_end_ = ")" + line.substr(i + 2, open - i - 2) + "\"";
      return open + 1;
    }
    const bool digit_separator = line[i] == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(line[i - 1]));
    if (line[i] == '"' || (line[i] == '\'' && !digit_separator)) return past_text(line, i);
    code += line[i];
    return i + 1;
  }

  std::size_t skip_to_end(const std::string& line, std::size_t i) {
    const std::string end = in_comment_ ? "*/" : raw_end_;
    const std::size_t at = line.find(end, i);
    if (at == std::string::npos) return line.size();
    in_comment_ = false;
    raw_end_.clear();
    return at + end.size();
  }

  static std::size_t past_text(const std::string& line, std::size_t i) {
    const char quote = line[i++];
    while (i < line.size() && line[i] != quote) i += line[i] == '\\' ? 2 : 1;
    return i + 1;
  }

  bool in_comment_ = false;
  bool in_directive_ = false;
  std::string raw_end_;  ///< what ends the raw text that we are in
};

/// Whether the brace after this text opens a namespace, a class or the like, whose insides are looked at again.
bool opens_scope(const std::string& head) {
  static const std::regex scope(R"(\b(namespace|class|struct|union|enum|extern)\b)");
  static const std::regex attribute(R"((alignas|__attribute__)\s*\()");
  return std::regex_search(head, scope) && (head.find('(') == std::string::npos || std::regex_search(head, attribute));
}

/// Walks over the braces of a file.
class FunctionFinder {
 public:
  void take(char c, unsigned line) {
    if (inside_ > 0) {
      inside_ += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (inside_ == 0) close(line);
    } else if (c == '{') {
      if (!opens_scope(head_)) {
        inside_ = 1;
        is_function_ = head_.find('(') != std::string::npos;
      } else {
        begin_head();
      }
    } else if (c == '}' || c == ';') {
      begin_head();
    } else if (!head_.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) {
      if (head_.empty()) first_line_ = line;
      head_ += c;
    }
  }

  std::vector<FunctionSize> found;

 private:
  void close(unsigned line) {
    if (is_function_) found.push_back({head_, first_line_, line - first_line_ + 1});
    begin_head();
  }

  void begin_head() { head_.clear(); }

  std::string head_;         ///< what was said since the last declaration ended
  unsigned first_line_ = 0;  ///< where it began
  int inside_ = 0;           ///< open braces of the body that we are in
  bool is_function_ = false;
};

}  // namespace

std::vector<SourceFile> source_files(const std::vector<std::string>& folders) {
  const fs::path root = HEDDLE_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      files.push_back({entry.path().lexically_relative(root), lines_of(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& left, const auto& right) { return left.path < right.path; });
  return files;
}

std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex include(R"(\s*#\s*include\s*(["<])([^">]+)[">].*)");
  std::vector<Include> includes;
  std::smatch match;
  for (unsigned i = 0; i < file.lines.size(); ++i) {
    if (std::regex_match(file.lines[i], match, include)) includes.push_back({match[2], match[1] == "\"", i + 1});
  }
  return includes;
}

std::vector<FunctionSize> functions_of(const std::vector<std::string>& lines) {
  Blanker blanker;
  FunctionFinder finder;
  for (unsigned i = 0; i < lines.size(); ++i) {
    for (const char c : blanker.blank(lines[i]) + '\n') finder.take(c, i + 1);
  }
  return finder.found;
}

}  // namespace heddle::taste
