// Whatever can be read as a schedule file can be written, and then reads back as the same schedule, in the same text.
//
// With -DHEDDLE_FUZZ=ON and clang: build/bin/fuzz_schedule_file -max_total_time=300
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
