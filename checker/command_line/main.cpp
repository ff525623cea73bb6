// main() of a harness. All it does is in libheddle, so that a harness links in no time and its own data stays its own.
#include <cstdio>
#include <cstdlib>

#include "checker/command_line/command_line.hpp"

/// Ends without the destructors of static objects: those of a harness belong to no test, and Heddle's classes, which
/// they may use, are of use in one only.
int main(int argc, char** argv) {
  const int code = heddle::command_line::run(argc, argv);
  std::fflush(nullptr);
  std::_Exit(code);
}
