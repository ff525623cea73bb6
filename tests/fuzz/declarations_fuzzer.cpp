// Names are looked for in any text that calls itself a source, at any place in it. The first three bytes say which line
// and column, and what type of object; the rest is the text.
//
// With -DHEDDLE_FUZZ=ON and clang: build/bin/fuzz_declarations -max_total_time=300
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "checker/core/contract.hpp"
#include "checker/runtime/declarations.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heddle::runtime;
  if (size < 3) return 0;
  static const int text = memfd_create("text", 0);
  static const std::string file = "/proc/self/fd/" + std::to_string(text);
  HEDDLE_EXPECTS(ftruncate(text, 0) == 0);
  HEDDLE_EXPECTS(pwrite(text, data + 3, size - 3, 0) == static_cast<ssize_t>(size - 3));
  static constexpr const char* types[] = {"mutex", "atomic", "atomic_ref", "static_guard"};
  static constexpr const char* functions[] = {"main()", "Queue", "Queue::Queue(int)",
                                              "Queue<int>::Queue(int) [with T = int]"};
  SourceLines lines;
  Declarations declarations(lines);
  HEDDLE_EXPECTS(!declarations.of({file, data[0], functions[data[2] / 4 % 4]}, data[1], types[data[2] % 4]).empty());
  return 0;
}
