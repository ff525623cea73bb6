// Whatever can be read as a result can be written, and then reads back with the same bytes; and every report can be
// made of it.
//
// With -DHEDDLE_FUZZ=ON and clang: build/bin/fuzz_wire -max_total_time=300
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"
#include "checker/report/json.hpp"
#include "checker/report/text.hpp"
#include "checker/report/wire.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  heddle::Result result;
  try {
    // The mark at the front is given, so that the fuzzer need not find it.
    static const std::string front = heddle::report::to_wire({}).substr(0, 16);
    result = heddle::report::from_wire(front + std::string(reinterpret_cast<const char*>(data), size));
  } catch (const heddle::Error&) {
    return 0;
  }
  const std::string bytes = heddle::report::to_wire(result);
  HEDDLE_EXPECTS(heddle::report::to_wire(heddle::report::from_wire(bytes)) == bytes);
  HEDDLE_EXPECTS(!heddle::report::to_json({result}).empty());
  // The width is taken from the input, so that every layout of a table is met.
  const heddle::report::TextStyle style{.unicode = size % 2 == 0, .width = static_cast<unsigned>(size % 150)};
  for (const char letter : heddle::report::text_report(result, style)) {
    HEDDLE_EXPECTS(letter == '\n' || static_cast<unsigned char>(letter) >= 0x20);
  }
  return 0;
}
