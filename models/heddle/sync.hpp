// One name for std's concurrency and for Heddle's: heddle_sync::mutex, heddle_sync::jthread, …
//
// Code that is written against it is checked as it stands, and goes into production compiled with HEDDLE_SYNC_STD,
// where all of it is std's and nothing of Heddle is left. A shorter name is up to you, inside a namespace of yours:
//     namespace sync = heddle_sync;
// (In the global namespace `sync` is a function of <unistd.h>, which the standard headers include.)
#pragma once

#ifdef HEDDLE_SYNC_STD

#include <atomic>
#include <barrier>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>

namespace heddle {

/// Plain data, without anybody watching: a T that is written as Heddle's var is. What has operators of its own is
/// derived from, so that they apply; all else is converted to.
template <class T>
class var {
 public:
  var() requires std::is_default_constructible_v<T> : value_() {}
  var(T value) : value_(std::move(value)) {}
  var& operator=(T value) {
    value_ = std::move(value);
    return *this;
  }

  const T& read() const { return value_; }
  T& write() { return value_; }
  operator const T&() const { return value_; }
  operator T&() { return value_; }
  auto operator->() const {
    if constexpr (std::is_pointer_v<T>)
      return value_;
    else
      return &value_;
  }

 private:
  T value_;
};

template <class T>
requires(std::is_class_v<T> && !std::is_final_v<T>) class var<T> : public T {
 public:
  var() requires std::is_default_constructible_v<T> : T() {}
  var(T value) : T(std::move(value)) {}
  var& operator=(T value) {
    T::operator=(std::move(value));
    return *this;
  }

  const T& read() const { return *this; }
  T& write() { return *this; }
  decltype(auto) operator->() const {
    if constexpr (requires(const T& value) { value.operator->(); })
      return read().operator->();
    else
      return &read();
  }
};

template <class T>
var(T) -> var<T>;

}  // namespace heddle

namespace heddle_sync {

using namespace std;

/// std's, of the T in a var, too.
template <class T>
class atomic_ref : public std::atomic_ref<T> {
 public:
  using std::atomic_ref<T>::atomic_ref;
  using std::atomic_ref<T>::operator=;
};

template <class T>
atomic_ref(T&) -> atomic_ref<T>;
template <class T>
atomic_ref(heddle::var<T>&) -> atomic_ref<T>;

}  // namespace heddle_sync

#define HEDDLE_ASSERT(...) assert((__VA_ARGS__))

#else

#include "models/heddle/heddle.hpp"

namespace heddle_sync = heddle;

#endif
