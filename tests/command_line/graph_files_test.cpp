#include "checker/command_line/graph_files.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checker/core/error.hpp"

using heddle::Options;
using heddle::Result;
using heddle::command_line::GraphFiles;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("heddle-graphs-" + std::to_string(getpid()));

  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string text(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path / name).rdbuf();
    return text.str();
  }
};

Result result_with(const std::string& graph) {
  Result result;
  result.findings.resize(1);
  result.findings[0].graph = graph;
  return result;
}

}  // namespace

TEST_CASE("the graph of the first finding is written where it was asked for, and no other", "[command_line]") {
  const Folder folder;
  Options options;
  options.dot = folder.path / "first.dot";
  GraphFiles graphs(options);
  graphs.write({});
  CHECK(fs::is_empty(folder.path));
  graphs.write(result_with("digraph { a }"));
  graphs.write(result_with("digraph { b }"));
  CHECK(folder.text("first.dot") == "digraph { a }");
}

TEST_CASE("without a path no graph is written", "[command_line]") {
  const Options options;
  CHECK_NOTHROW(GraphFiles(options).write(result_with("digraph { a }")));
}

TEST_CASE("a picture is drawn by Graphviz, and where that is not installed the cure is told", "[command_line]") {
  const Folder folder;
  Options options;
  options.svg = folder.path / "it's a picture.svg";
  if (std::system("command -v dot >/dev/null 2>&1") == 0) {
    GraphFiles(options).write(result_with("digraph { a -> b }"));
    CHECK(folder.text("it's a picture.svg").find("<svg") != std::string::npos);
  }
  const char* const path_before = std::getenv("PATH");
  REQUIRE(path_before != nullptr);
  const std::string path = path_before;
  setenv("PATH", folder.path.c_str(), 1);
  CHECK_THROWS_WITH(GraphFiles(options), Catch::Contains("sudo apt-get install graphviz"));
  setenv("PATH", path.c_str(), 1);
}
