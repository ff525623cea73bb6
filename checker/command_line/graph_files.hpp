// The execution graph of the first finding, in the files that --dot and --svg name.
#pragma once

#include "checker/core/finding.hpp"
#include "checker/core/options.hpp"

namespace heddle::command_line {

class GraphFiles {
 public:
  /// Throws heddle::Error where --svg is asked for and Graphviz is not installed.
  explicit GraphFiles(const Options& options);

  /// Writes the drawing of the first finding that comes here and has one. Blocks until Graphviz has drawn it. What
  /// cannot be written is told on stderr.
  void write(const Result& result);

 private:
  void draw(const std::string& graph) const;

  const Options& options_;
  bool written_ = false;
};

}  // namespace heddle::command_line
