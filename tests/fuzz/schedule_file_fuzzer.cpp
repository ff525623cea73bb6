// Whatever can be read as a schedule file can be written, and then reads back as the same schedule, in the same text.
//
//     clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. tests/fuzz/schedule_file_fuzzer.cpp \
//       checker/report/schedule_file.cpp checker/report/characters.cpp checker/core/finding.cpp \
//       checker/core/contract.cpp -lfmt -o schedule_file_fuzzer
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"
#include "checker/report/schedule_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using heddle::report::read_schedule;
  heddle::Schedule schedule;
  try {
    schedule = read_schedule(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const heddle::Error&) {
    return 0;
  }
  const std::string text = heddle::report::write_schedule(schedule);
  const heddle::Schedule again = read_schedule(text);
  HEDDLE_EXPECTS(again == schedule);
  HEDDLE_EXPECTS(heddle::report::write_schedule(again) == text);
  return 0;
}
