// Values in words, for reports: plain data, and the sides of a failed assertion.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

namespace heddle {

template <class T>
class atomic;
template <class T>
class var;

namespace models {

std::string show_whole(long long value);
std::string show_natural(unsigned long long value);
std::string show_real(long double value);
std::string show_character(char value);
std::string show_address(const volatile void* value);
std::string show_text(std::string_view value);

/// Types whose values are short: numbers, bool, enumerations, pointers, strings.
template <class T>
concept Showable = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_pointer_v<T> || std::is_null_pointer_v<T> ||
    std::is_convertible_v<const T&, std::string_view>;

template <Showable T>
std::string show(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, char>) {
    return show_character(value);
  } else if constexpr (std::is_enum_v<T>) {
    return show(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    return show_real(value);
  } else if constexpr (std::is_integral_v<T>) {
    if constexpr (std::is_signed_v<T>)
      return show_whole(value);
    else
      return show_natural(value);
  } else if constexpr (std::is_null_pointer_v<T>) {
    return "null";
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    if constexpr (std::is_pointer_v<T>)
      if (value == nullptr) return "null";
    return show_text(value);
  } else if constexpr (std::is_function_v<std::remove_pointer_t<T>>) {
    return show_address(reinterpret_cast<const volatile void*>(value));
  } else {
    return show_address(value);
  }
}

/// For data that is known by its address only.
template <class T>
std::string show_at(const void* address) {
  return show(*static_cast<const T*>(address));
}

}  // namespace models
}  // namespace heddle
