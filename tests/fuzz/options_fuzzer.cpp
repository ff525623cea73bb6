// Whatever words are read as options are valid, and those of them that a schedule would carry read back as the same.
// The words stand one a line.
//
// With -DHEDDLE_FUZZ=ON and clang: build/bin/fuzz_options -max_total_time=300
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"
#include "checker/core/options.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  std::vector<std::string> words;
  for (std::string line; std::getline(lines, line);) words.push_back(line);
  heddle::Options options;
  try {
    static_cast<void>(heddle::parse_options(words, options));
  } catch (const heddle::Error&) {
    return 0;
  }
  heddle::require_valid(options);
  const std::vector<std::string> carried = heddle::execution_options(options);
  heddle::Options again;
  heddle::parse_execution_options(carried, again);
  HEDDLE_EXPECTS(heddle::execution_options(again) == carried);
  return 0;
}
