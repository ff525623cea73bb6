// heddle::var<T>: plain data that threads share, watched for races ([intro.races]).
//
// An access is no operation: no other thread runs in between, and the search does not branch. What is checked is that
// conflicting accesses are ordered by happens-before; two that are not are a data race, whatever values they see.
#pragma once

#include <type_traits>
#include <utility>

#include "checker/core/source_location.hpp"
#include "checker/runtime/harness_interface.hpp"
#include "models/sync/show.hpp"

namespace heddle {

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
  var(const var& other, Site site = Site::current()) : value_(other.read()), site_(site) {
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
  [[gnu::always_inline]] const T* operator->() const { return &read(Site{}); }
  [[gnu::always_inline]] var& operator=(const var& other) { return *this = T(other.read(Site{})); }
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

}  // namespace heddle
