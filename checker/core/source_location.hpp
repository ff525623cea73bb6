// heddle::source_location: std::source_location where the compiler has it, the same in our own words where not (clang
// 14).
#pragma once

#if defined(__has_builtin)
#if __has_builtin(__builtin_source_location)
#define HEDDLE_HAS_STD_SOURCE_LOCATION 1
#endif
#endif

#ifdef HEDDLE_HAS_STD_SOURCE_LOCATION

#include <source_location>

namespace heddle {
using std::source_location;
}

#else

#include <cstdint>

namespace heddle {

class source_location {
 public:
  static constexpr source_location current(const char* file = __builtin_FILE(),
                                           const char* function = __builtin_FUNCTION(),
                                           std::uint_least32_t line = __builtin_LINE(),
                                           std::uint_least32_t column = __builtin_COLUMN()) noexcept {
    source_location here;
    here.file_ = file;
    here.function_ = function;
    here.line_ = line;
    here.column_ = column;
    return here;
  }
  constexpr std::uint_least32_t line() const noexcept { return line_; }
  constexpr std::uint_least32_t column() const noexcept { return column_; }
  constexpr const char* file_name() const noexcept { return file_; }
  constexpr const char* function_name() const noexcept { return function_; }

 private:
  const char* file_ = "";
  const char* function_ = "";
  std::uint_least32_t line_ = 0;
  std::uint_least32_t column_ = 0;
};

}  // namespace heddle

#endif
