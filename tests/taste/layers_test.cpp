// Includes point one way only. The table is the design; a new line in it is a decision, not a repair.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "taste/source_tree.hpp"

using namespace heddle::taste;

namespace {

// Layer, and what it may include beside itself and the standard library: layers, or single headers.
const std::map<std::string, std::vector<std::string>> allowed = {
    {"checker/core", {}},
    {"checker/graph", {"checker/core"}},
    {"checker/runtime", {"checker/core", "checker/graph"}},
    {"checker/search", {"checker/core", "checker/graph", "checker/runtime"}},
    {"checker/analysis", {"checker/core", "checker/graph"}},
    {"checker/report", {"checker/core"}},
    {"checker/verdict", {"checker/core", "checker/graph", "checker/runtime", "checker/search", "checker/analysis"}},
    {"checker/command_line", {"checker/core", "checker/report", "checker/runtime/check.hpp"}},
    {"models/memory", {"checker/core", "checker/graph"}},
    {"models/sync", {"checker/core", "checker/runtime"}},
    {"models/linearizability", {"checker/core", "checker/graph", "checker/runtime", "checker/analysis"}},
    {"models/scheduler", {"checker/core", "checker/runtime"}},
    {"models/process", {"checker/core", "checker/runtime", "models/sync"}},
    // The public headers, and the one place that wires everything together.
    {"models/heddle", {"checker", "models"}},
};

const std::vector<std::string> libraries = {"boost/", "fmt/", "nlohmann/", "xxhash.h", "catch2/"};

/// "checker/core" of "checker/core/finding.hpp"; empty where there are no two folders.
std::string layer_of(const std::string& path) {
  const std::size_t first = path.find('/');
  const std::size_t second = path.find('/', first == std::string::npos ? first : first + 1);
  return second == std::string::npos ? "" : path.substr(0, second);
}

bool is_ours(const std::string& target) {
  return target.starts_with("checker/") || target.starts_with("models/") || target.starts_with("heddle/");
}

/// The path of what is included, from the root.
std::string path_of(const std::string& target) { return target.starts_with("heddle/") ? "models/" + target : target; }

bool may_include(const std::string& layer, const std::string& path) {
  if (path.starts_with(layer + '/')) return true;
  const auto& above = allowed.at(layer);
  return std::any_of(above.begin(), above.end(),
                     [&](const std::string& part) { return path == part || path.starts_with(part + '/'); });
}

}  // namespace

TEST_CASE("includes point one way only", "[taste]") {
  for (const SourceFile& file : source_files({"checker", "models"})) {
    const std::string layer = layer_of(file.path);
    INFO(file.path << " is in no layer of the table");
    REQUIRE(allowed.count(layer) == 1);
    for (const Include& include : includes_of(file)) {
      if (!include.quoted && !is_ours(include.target)) continue;
      INFO(file.path << ':' << include.line << " includes " << include.target);
      CHECK(is_ours(include.target));  // a quoted path begins at the root
      CHECK(may_include(layer, path_of(include.target)));
    }
  }
}

TEST_CASE("the core needs the standard library only", "[taste]") {
  for (const SourceFile& file : source_files({"checker/core"})) {
    for (const Include& include : includes_of(file)) {
      for (const std::string& library : libraries) {
        INFO(file.path << ':' << include.line << " includes " << include.target);
        CHECK_FALSE(include.target.starts_with(library));
      }
    }
  }
}

TEST_CASE("examples include the public headers only", "[taste]") {
  for (const SourceFile& file : source_files({"examples"})) {
    for (const Include& include : includes_of(file)) {
      INFO(file.path << ':' << include.line << " includes " << include.target);
      CHECK_FALSE((include.target.starts_with("checker/") || include.target.starts_with("models/")));
    }
  }
}

TEST_CASE("whoever includes the public headers needs no other library", "[taste]") {
  std::map<std::string, SourceFile> files;
  for (const SourceFile& file : source_files({"checker", "models"})) files[file.path] = file;
  std::set<std::string> seen;
  std::vector<std::string> open;
  for (const auto& [path, file] : files) {
    if (path.starts_with("models/heddle/") && path.ends_with(".hpp")) open.push_back(path);
  }
  while (!open.empty()) {
    const std::string path = open.back();
    open.pop_back();
    if (!seen.insert(path).second || files.count(path) == 0) continue;
    for (const Include& include : includes_of(files.at(path))) {
      INFO(path << ':' << include.line << " is reached by the public headers and includes " << include.target);
      for (const std::string& library : libraries) CHECK_FALSE(include.target.starts_with(library));
      if (is_ours(include.target)) open.push_back(path_of(include.target));
    }
  }
}
