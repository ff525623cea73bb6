// The project's own C++ files, read for the tests of taste.
#pragma once

#include <string>
#include <vector>

namespace heddle::taste {

/// A file of the source tree.
struct SourceFile {
  std::string path;                ///< from the root: "checker/core/finding.hpp"
  std::vector<std::string> lines;  ///< without their ends
};

/// All C++ files below these folders of the source tree, sorted by path.
std::vector<SourceFile> source_files(const std::vector<std::string>& folders);

/// One #include.
struct Include {
  std::string target;  ///< what stands between the quotes or angle brackets
  bool quoted = false;
  unsigned line = 0;  ///< the first is 1
};

std::vector<Include> includes_of(const SourceFile& file);

/// A function's body, from the line of its declaration to the line of its closing brace.
struct FunctionSize {
  std::string head;  ///< the text before the opening brace
  unsigned line = 0;
  unsigned lines = 0;
};

/// The functions that a text of C++ defines, those in classes included and lambdas in functions not. It looks at braces
/// and the words before them, which is enough for code that is formatted as ours is.
std::vector<FunctionSize> functions_of(const std::vector<std::string>& lines);

}  // namespace heddle::taste
