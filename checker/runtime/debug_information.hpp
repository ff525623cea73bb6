// The debug information of a program or shared object, as addr2line (binutils) reads it.
//
// One addr2line is asked all questions: to start one, which reads what there is, takes longer than all its answers.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace heddle::runtime {

class DebugInformation {
 public:
  explicit DebugInformation(const std::string& path);
  DebugInformation(const DebugInformation&) = delete;
  DebugInformation& operator=(const DebugInformation&) = delete;
  ~DebugInformation();

  struct Frame {
    std::string function;
    std::string place;  ///< "file:line", perhaps with more behind a space; "??:0" where it is not known
  };
  /// The function in which the code at `address` stands, preceded by those that are in line there, innermost first.
  /// Empty where there is no addr2line.
  std::vector<Frame> frames(std::uintptr_t address);

 private:
  std::string next_line();

  pid_t addr2line_ = -1;
  int questions_ = -1;       ///< a socket
  FILE* answers_ = nullptr;  ///< the same; null where there is no addr2line
};

}  // namespace heddle::runtime
