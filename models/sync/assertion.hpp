// HEDDLE_ASSERT, which shows what stood on the two sides of a comparison that failed.
//
// `Decomposer{} <= a == b` is read as `(Decomposer{} <= a) == b`: the left side is caught before it is compared (as in
// Catch2, P. Nash). What is no single comparison, as `a == b && c`, is judged as a whole.
#pragma once

#include "checker/runtime/harness_interface.hpp"
#include "models/sync/show.hpp"

namespace heddle::models {

/// What an operand is compared as: a heddle::var or heddle::atomic is read once.
template <class T>
[[gnu::always_inline]] inline const T& operand_value(const T& value) {
  return value;
}
template <class T>
[[gnu::always_inline]] inline T operand_value(const atomic<T>& value) {
  return static_cast<T>(value);
}
template <class T>
[[gnu::always_inline]] inline const T& operand_value(const var<T>& value) {
  return static_cast<const T&>(value);
}

/// A comparison that has been made, with both sides: references, or values read from a var or an atomic.
template <class Left, class Right>
struct Comparison {
  bool holds;
  Left left;
  const char* word;
  Right right;

  operator bool() const { return holds; }
};

/// The left side of what may be a comparison.
template <class Held>
struct Operand {
  Held value;

  explicit operator bool() const { return static_cast<bool>(value); }
};

/// Where every decomposed expression begins.
struct Decomposer {
  template <class T>
  [[gnu::always_inline]] auto operator<=(const T& value) const {
    return Operand<decltype(operand_value(value))>{operand_value(value)};
  }
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare"  // a literal is no literal any more where the sides are compared

#define HEDDLE_COMPARISON(op)                                                                 \
  template <class Held, class T>                                                              \
  [[gnu::always_inline]] inline auto operator op(const Operand<Held>& left, const T& right) { \
    using Right = decltype(operand_value(right));                                             \
    Right value = operand_value(right);                                                       \
    if constexpr (requires { static_cast<bool>(left.value op value); })                       \
      return Comparison<Held, Right>{static_cast<bool>(left.value op value), left.value, #op, \
                                     static_cast<Right>(value)};                              \
    else /* NULL and 0 are no null pointers any more */                                       \
      return static_cast<bool>(left.value op nullptr);                                        \
  }
HEDDLE_COMPARISON(==)
HEDDLE_COMPARISON(!=)
HEDDLE_COMPARISON(<)
HEDDLE_COMPARISON(<=)
HEDDLE_COMPARISON(>)
HEDDLE_COMPARISON(>=)
#undef HEDDLE_COMPARISON

#pragma GCC diagnostic pop

// Other operators that bind less tightly than a comparison take the operand as it is.
#define HEDDLE_OTHER_OPERATOR(op)                                                             \
  template <class Held, class T>                                                              \
  [[gnu::always_inline]] inline auto operator op(const Operand<Held>& left, const T& right) { \
    return left.value op operand_value(right);                                                \
  }
HEDDLE_OTHER_OPERATOR(&)
HEDDLE_OTHER_OPERATOR(|)
HEDDLE_OTHER_OPERATOR(^)
#undef HEDDLE_OTHER_OPERATOR

template <class T>
std::string show_side(const T& value) {
  using Value = std::remove_cvref_t<T>;
  if constexpr (std::is_scalar_v<Value>)
    return show(static_cast<Value>(value));  // it may be volatile
  else
    return show<Value>(value);
}

template <class Judged>
std::string sides_of(const Judged&) {
  return {};
}
template <class Left, class Right>
std::string sides_of(const Comparison<Left, Right>& comparison) {
  if constexpr (Showable<std::remove_cvref_t<Left>> && Showable<std::remove_cvref_t<Right>>)
    return show_side(comparison.left) + " " + comparison.word + " " + show_side(comparison.right);
  return {};
}

template <class Judged>
[[gnu::always_inline]] inline void require(const Judged& judged, const char* expression, const source_location& site) {
  if (!static_cast<bool>(judged)) [[unlikely]]
    runtime::assertion_failed(expression, sides_of(judged), site);
}

}  // namespace heddle::models

/// Stops the calling thread with a finding where the condition does not hold.
#define HEDDLE_ASSERT(...)                                                                                       \
  do {                                                                                                           \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wparentheses\"")::heddle::models::require( \
        ::heddle::models::Decomposer{} <= __VA_ARGS__, #__VA_ARGS__, ::heddle::source_location::current());      \
    _Pragma("GCC diagnostic pop")                                                                                \
  } while (false)
