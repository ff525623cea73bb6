#include "checker/command_line/graph_files.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "checker/command_line/replay_command.hpp"
#include "checker/core/error.hpp"

namespace heddle::command_line {

namespace {

bool is_installed(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  return false;
}

}  // namespace

GraphFiles::GraphFiles(const Options& options) : options_(options) {
  if (!options.svg.empty() && !is_installed("dot"))
    throw Error("--svg needs Graphviz, whose command dot is not installed: sudo apt-get install graphviz. --dot=" +
                options.svg + " writes the graph without drawing it");
}

void GraphFiles::write(const Result& result) {
  if (written_ || result.findings.empty() || (options_.dot.empty() && options_.svg.empty())) return;
  const std::string& graph = result.findings.front().graph;
  if (graph.empty()) return;
  written_ = true;
  if (!options_.dot.empty()) {
    std::ofstream file(options_.dot, std::ios::trunc);
    file << graph << std::flush;
    if (!file) std::fprintf(stderr, "heddle: cannot write '%s': %s\n", options_.dot.c_str(), std::strerror(errno));
  }
  if (!options_.svg.empty()) draw(graph);
}

void GraphFiles::draw(const std::string& graph) const {
  const auto before = std::signal(SIGPIPE, SIG_IGN);  // where dot ends early, its exit code says so
  std::FILE* const dot = popen(("dot -Tsvg -o" + shell_quoted(options_.svg)).c_str(), "w");
  bool drawn = dot != nullptr && std::fwrite(graph.data(), 1, graph.size(), dot) == graph.size();
  drawn = dot != nullptr && pclose(dot) == 0 && drawn;
  std::signal(SIGPIPE, before);
  if (!drawn) std::fprintf(stderr, "heddle: Graphviz has not drawn '%s'\n", options_.svg.c_str());
}

}  // namespace heddle::command_line
