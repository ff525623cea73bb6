#include "models/sync/show.hpp"

#include <fmt/format.h>

#include <cctype>

namespace heddle::models {

std::string show_whole(long long value) { return std::to_string(value); }
std::string show_natural(unsigned long long value) { return std::to_string(value); }
std::string show_real(long double value) { return fmt::format("{}", static_cast<double>(value)); }

std::string show_character(char value) {
  const bool printable = std::isprint(static_cast<unsigned char>(value)) != 0;
  return printable ? fmt::format("'{}'", value) : fmt::format("'\\x{:02x}'", static_cast<unsigned char>(value));
}

std::string show_address(const volatile void* value) {
  return value == nullptr ? "null" : fmt::format("{:#x}", reinterpret_cast<std::uintptr_t>(value));
}

std::string show_text(std::string_view value) {
  constexpr std::size_t most = 40;
  return value.size() <= most ? fmt::format("\"{}\"", value) : fmt::format("\"{}...\"", value.substr(0, most));
}

}  // namespace heddle::models
