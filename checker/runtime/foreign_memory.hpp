// What stands in the memory of other processes while a thread runs: a copy, to see at its next operation whether it has
// written there. No other thread runs meanwhile, so whatever differs is its work.
#pragma once

#include <cstddef>
#include <vector>

namespace heddle::runtime {

class ForeignMemory {
 public:
  void forget() {
    ranges_.clear();
    copies_.clear();
  }
  void note(const char* begin, const char* end);
  /// The lowest byte of a range that has changed since it was noted; null where none has.
  const char* changed() const;

 private:
  struct Range {
    const char* begin;
    std::size_t bytes;
  };

  std::vector<Range> ranges_;
  std::vector<char> copies_;  ///< one after another
};

}  // namespace heddle::runtime
