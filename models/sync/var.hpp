// heddle::var<T>: plain data that threads share, watched for races ([intro.races]).
//
// An access is no operation: no other thread runs in between, and the search does not branch (but a process that may
// die may do so right before it writes what stands in shared memory). What is checked is that conflicting accesses are
// ordered by happens-before; two that are not are a data race, whatever values they see.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "checker/core/source_location.hpp"
#include "checker/runtime/harness_interface.hpp"
#include "models/sync/show.hpp"

namespace heddle {

template <class T>
class atomic_ref;

/// Behaves as a T that is not atomic. Not copied for its address, but for its value, as a T would be.
template <class T>
class var {
  using Site = source_location;

 public:
  var(Site site = Site::current()) requires std::is_default_constructible_v<T> : value_(), site_(site) {
    runtime::begin_plain(shadow_, site);
  }
  var(T value, Site site = Site::current()) : value_(std::move(value)), site_(site) {
    runtime::begin_plain(shadow_, site);
  }
  var(const var& other, Site site = Site::current()) : value_(other.read(site)), site_(site) {
    runtime::begin_plain(shadow_, site);
  }
  /// Takes the value out of `other`, which is a write of that.
  var(var&& other, Site site = Site::current()) noexcept(std::is_nothrow_move_constructible_v<T>)
      : value_(std::move(other.write(site))), site_(site) {
    runtime::begin_plain(shadow_, site);
  }
  ~var() { runtime::end_plain(shadow_, site_); }

  /// The value, as a read.
  [[gnu::always_inline]] const T& read(Site site = Site::current()) const {
    runtime::plain_access(shadow_, false, site_, site, shown());
    return value_;
  }
  /// The object to change, as a write.
  [[gnu::always_inline]] T& write(Site site = Site::current()) {
    runtime::plain_access(shadow_, true, site_, site, shown());
    return value_;
  }

  // Operators take no call site; the place is found by the return address.
  [[gnu::always_inline]] operator const T&() const { return read(Site{}); }
  /// What the value leads to, or its members: a read. To change a member, write() hands out the object; through a
  /// pointer the pointee may be changed, which is no access to the pointer's var.
  [[gnu::always_inline]] decltype(auto) operator->() const {
    if constexpr (std::is_pointer_v<T>)
      return T(read(Site{}));
    else if constexpr (requires(const T& value) { value.operator->(); })
      return (read(Site{}));  // a smart pointer: its own arrow follows
    else
      return &read(Site{});
  }
  [[gnu::always_inline]] decltype(auto) operator*() const requires requires(const T& value) { *value; }
  { return *read(Site{}); }
  template <class Index>
  [[gnu::always_inline]] decltype(auto) operator[](const Index& index) const requires requires(const T& value) {
    value[index];
  }
  { return read(Site{})[index]; }
  /// For what is a condition, but no number or pointer: unique_ptr, optional, function.
  [[gnu::always_inline]] explicit operator bool() const
      requires(!std::is_scalar_v<T> && std::is_constructible_v<bool, const T&>) {
    return static_cast<bool>(read(Site{}));
  }
  [[gnu::always_inline]] var& operator=(const var& other) { return *this = T(other.read(Site{})); }
  [[gnu::always_inline]] var& operator=(var&& other) noexcept(
      std::conjunction_v<std::is_nothrow_move_constructible<T>, std::is_nothrow_move_assignable<T>>) {
    return *this = T(std::move(other.write(Site{})));
  }
  [[gnu::always_inline]] var& operator=(T value) {
    write(Site{}) = std::move(value);
    return *this;
  }
#define HEDDLE_VAR_OPERATOR(op)                               \
  template <class U>                                          \
  [[gnu::always_inline]] var& operator op(const U& operand) { \
    static_cast<void>(read(Site{}));                          \
    write(Site{}) op operand;                                 \
    return *this;                                             \
  }
  HEDDLE_VAR_OPERATOR(+=)
  HEDDLE_VAR_OPERATOR(-=)
  HEDDLE_VAR_OPERATOR(*=)
  HEDDLE_VAR_OPERATOR(/=)
  HEDDLE_VAR_OPERATOR(%=)
  HEDDLE_VAR_OPERATOR(&=)
  HEDDLE_VAR_OPERATOR(|=)
  HEDDLE_VAR_OPERATOR(^=)
  HEDDLE_VAR_OPERATOR(<<=)
  HEDDLE_VAR_OPERATOR(>>=)
#undef HEDDLE_VAR_OPERATOR
  [[gnu::always_inline]] var& operator++() {
    static_cast<void>(read(Site{}));
    ++write(Site{});
    return *this;
  }
  [[gnu::always_inline]] T operator++(int) {
    static_cast<void>(read(Site{}));
    return write(Site{})++;
  }
  [[gnu::always_inline]] var& operator--() {
    static_cast<void>(read(Site{}));
    --write(Site{});
    return *this;
  }
  [[gnu::always_inline]] T operator--(int) {
    static_cast<void>(read(Site{}));
    return write(Site{})--;
  }

 private:
  friend class atomic_ref<T>;

  runtime::PlainValue shown() const {
    if constexpr (models::Showable<T>) return {&value_, &models::show_at<T>};
    return {};
  }

  T value_;
  mutable runtime::Shadow shadow_;
  Site site_;  ///< where the object was made
};

template <class T>
var(T) -> var<T>;

namespace models {

template <class T>
inline constexpr bool is_var = false;
template <class T>
inline constexpr bool is_var<var<T>> = true;

}  // namespace models

// Comparisons read. Those of class types are templates, which no conversion leads to; so they stand here.
#define HEDDLE_VAR_COMPARISON(op)                                                      \
  template <class T, class U>                                                          \
  requires requires(const T& value, const U& other) {                                  \
    { value op other } -> std::same_as<bool>;                                          \
  }                                                                                    \
  [[gnu::always_inline]] inline bool operator op(const var<T>& left, const U& right) { \
    return static_cast<bool>(static_cast<const T&>(left) op right);                    \
  }                                                                                    \
  template <class T, class U>                                                          \
  requires(!models::is_var<U> &&                                                       \
           requires(const T& value, const U& other) {                                  \
             { other op value } -> std::same_as<bool>;                                 \
           }) [[gnu::always_inline]] inline bool                                       \
  operator op(const U& left, const var<T>& right) {                                    \
    return static_cast<bool>(left op static_cast<const T&>(right));                    \
  }
HEDDLE_VAR_COMPARISON(==)
HEDDLE_VAR_COMPARISON(!=)
HEDDLE_VAR_COMPARISON(<)
HEDDLE_VAR_COMPARISON(<=)
HEDDLE_VAR_COMPARISON(>)
HEDDLE_VAR_COMPARISON(>=)
#undef HEDDLE_VAR_COMPARISON

/// Streams the value.
template <class Stream, class T>
requires requires(Stream& stream, const T& value) {
  { stream << value } -> std::convertible_to<Stream&>;
}
[[gnu::always_inline]] inline Stream& operator<<(Stream& stream, const var<T>& data) {
  stream << static_cast<const T&>(data);
  return stream;
}

}  // namespace heddle
