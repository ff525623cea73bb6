// The free functions on atomics, and their names ([atomics.nonmembers], [atomics.alias]).
//
// Each is the member function of that name: atomic_load_explicit(&x, order) is x.load(order).
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/sync/atomic_flag.hpp"

namespace heddle {

using atomic_bool = atomic<bool>;
using atomic_char = atomic<char>;
using atomic_schar = atomic<signed char>;
using atomic_uchar = atomic<unsigned char>;
using atomic_short = atomic<short>;
using atomic_ushort = atomic<unsigned short>;
using atomic_int = atomic<int>;
using atomic_uint = atomic<unsigned>;
using atomic_long = atomic<long>;
using atomic_ulong = atomic<unsigned long>;
using atomic_llong = atomic<long long>;
using atomic_ullong = atomic<unsigned long long>;
using atomic_wchar_t = atomic<wchar_t>;
using atomic_char8_t = atomic<char8_t>;
using atomic_char16_t = atomic<char16_t>;
using atomic_char32_t = atomic<char32_t>;
using atomic_int8_t = atomic<std::int8_t>;
using atomic_uint8_t = atomic<std::uint8_t>;
using atomic_int16_t = atomic<std::int16_t>;
using atomic_uint16_t = atomic<std::uint16_t>;
using atomic_int32_t = atomic<std::int32_t>;
using atomic_uint32_t = atomic<std::uint32_t>;
using atomic_int64_t = atomic<std::int64_t>;
using atomic_uint64_t = atomic<std::uint64_t>;
using atomic_int_least8_t = atomic<std::int_least8_t>;
using atomic_uint_least8_t = atomic<std::uint_least8_t>;
using atomic_int_least16_t = atomic<std::int_least16_t>;
using atomic_uint_least16_t = atomic<std::uint_least16_t>;
using atomic_int_least32_t = atomic<std::int_least32_t>;
using atomic_uint_least32_t = atomic<std::uint_least32_t>;
using atomic_int_least64_t = atomic<std::int_least64_t>;
using atomic_uint_least64_t = atomic<std::uint_least64_t>;
using atomic_int_fast8_t = atomic<std::int_fast8_t>;
using atomic_uint_fast8_t = atomic<std::uint_fast8_t>;
using atomic_int_fast16_t = atomic<std::int_fast16_t>;
using atomic_uint_fast16_t = atomic<std::uint_fast16_t>;
using atomic_int_fast32_t = atomic<std::int_fast32_t>;
using atomic_uint_fast32_t = atomic<std::uint_fast32_t>;
using atomic_int_fast64_t = atomic<std::int_fast64_t>;
using atomic_uint_fast64_t = atomic<std::uint_fast64_t>;
using atomic_intptr_t = atomic<std::intptr_t>;
using atomic_uintptr_t = atomic<std::uintptr_t>;
using atomic_size_t = atomic<std::size_t>;
using atomic_ptrdiff_t = atomic<std::ptrdiff_t>;
using atomic_intmax_t = atomic<std::intmax_t>;
using atomic_uintmax_t = atomic<std::uintmax_t>;
using atomic_signed_lock_free = atomic<int>;
using atomic_unsigned_lock_free = atomic<unsigned>;

/// What an argument is converted to, without being deduced from.
template <class T>
using AtomicValue = typename atomic<T>::value_type;
template <class T>
using AtomicDifference = typename atomic<T>::difference_type;

namespace models {
/// Volatile or not makes no difference to an operation.
template <class T>
atomic<T>& plain(volatile atomic<T>* object) noexcept {
  return const_cast<atomic<T>&>(*object);
}
template <class T>
const atomic<T>& plain(const volatile atomic<T>* object) noexcept {
  return const_cast<const atomic<T>&>(*object);
}
}  // namespace models

/// Replaces the value of an object that no other thread uses yet. A store all the same: whoever uses it must come
/// after.
template <class T>
void atomic_init(volatile atomic<T>* object, AtomicValue<T> value,
                 source_location site = source_location::current()) noexcept {
  models::plain(object).store(value, memory_order_relaxed, site);
}

template <class T>
bool atomic_is_lock_free(const volatile atomic<T>* object) noexcept {
  return models::plain(object).is_lock_free();
}
template <class T>
T atomic_load(const volatile atomic<T>* object, source_location site = source_location::current()) noexcept {
  return models::plain(object).load(memory_order_seq_cst, site);
}
template <class T>
T atomic_load_explicit(const volatile atomic<T>* object, memory_order order,
                       source_location site = source_location::current()) noexcept {
  return models::plain(object).load(order, site);
}
template <class T>
void atomic_store(volatile atomic<T>* object, AtomicValue<T> value,
                  source_location site = source_location::current()) noexcept {
  models::plain(object).store(value, memory_order_seq_cst, site);
}
template <class T>
void atomic_store_explicit(volatile atomic<T>* object, AtomicValue<T> value, memory_order order,
                           source_location site = source_location::current()) noexcept {
  models::plain(object).store(value, order, site);
}
template <class T>
T atomic_exchange(volatile atomic<T>* object, AtomicValue<T> value,
                  source_location site = source_location::current()) noexcept {
  return models::plain(object).exchange(value, memory_order_seq_cst, site);
}
template <class T>
T atomic_exchange_explicit(volatile atomic<T>* object, AtomicValue<T> value, memory_order order,
                           source_location site = source_location::current()) noexcept {
  return models::plain(object).exchange(value, order, site);
}
template <class T>
bool atomic_compare_exchange_strong(volatile atomic<T>* object, AtomicValue<T>* expected, AtomicValue<T> desired,
                                    source_location site = source_location::current()) noexcept {
  return models::plain(object).compare_exchange_strong(*expected, desired, memory_order_seq_cst, site);
}
template <class T>
bool atomic_compare_exchange_strong_explicit(volatile atomic<T>* object, AtomicValue<T>* expected,
                                             AtomicValue<T> desired, memory_order success, memory_order failure,
                                             source_location site = source_location::current()) noexcept {
  return models::plain(object).compare_exchange_strong(*expected, desired, success, failure, site);
}
template <class T>
bool atomic_compare_exchange_weak(volatile atomic<T>* object, AtomicValue<T>* expected, AtomicValue<T> desired,
                                  source_location site = source_location::current()) noexcept {
  return models::plain(object).compare_exchange_weak(*expected, desired, memory_order_seq_cst, site);
}
template <class T>
bool atomic_compare_exchange_weak_explicit(volatile atomic<T>* object, AtomicValue<T>* expected, AtomicValue<T> desired,
                                           memory_order success, memory_order failure,
                                           source_location site = source_location::current()) noexcept {
  return models::plain(object).compare_exchange_weak(*expected, desired, success, failure, site);
}

#define HEDDLE_ATOMIC_FETCH(operation, Operand)                                                       \
  template <class T>                                                                                  \
  T atomic_##operation(volatile atomic<T>* object, Operand<T> operand,                                \
                       source_location site = source_location::current()) noexcept {                  \
    return models::plain(object).operation(operand, memory_order_seq_cst, site);                      \
  }                                                                                                   \
  template <class T>                                                                                  \
  T atomic_##operation##_explicit(volatile atomic<T>* object, Operand<T> operand, memory_order order, \
                                  source_location site = source_location::current()) noexcept {       \
    return models::plain(object).operation(operand, order, site);                                     \
  }
HEDDLE_ATOMIC_FETCH(fetch_add, AtomicDifference)
HEDDLE_ATOMIC_FETCH(fetch_sub, AtomicDifference)
HEDDLE_ATOMIC_FETCH(fetch_and, AtomicValue)
HEDDLE_ATOMIC_FETCH(fetch_or, AtomicValue)
HEDDLE_ATOMIC_FETCH(fetch_xor, AtomicValue)
#undef HEDDLE_ATOMIC_FETCH

template <class T>
void atomic_wait(const volatile atomic<T>* object, AtomicValue<T> old,
                 source_location site = source_location::current()) noexcept {
  models::plain(object).wait(old, memory_order_seq_cst, site);
}
template <class T>
void atomic_wait_explicit(const volatile atomic<T>* object, AtomicValue<T> old, memory_order order,
                          source_location site = source_location::current()) noexcept {
  models::plain(object).wait(old, order, site);
}
template <class T>
void atomic_notify_one(volatile atomic<T>* object, source_location site = source_location::current()) noexcept {
  models::plain(object).notify_one(site);
}
template <class T>
void atomic_notify_all(volatile atomic<T>* object, source_location site = source_location::current()) noexcept {
  models::plain(object).notify_all(site);
}

inline bool atomic_flag_test_and_set(volatile atomic_flag* flag,
                                     source_location site = source_location::current()) noexcept {
  return flag->test_and_set(memory_order_seq_cst, site);
}
inline bool atomic_flag_test_and_set_explicit(volatile atomic_flag* flag, memory_order order,
                                              source_location site = source_location::current()) noexcept {
  return flag->test_and_set(order, site);
}
inline void atomic_flag_clear(volatile atomic_flag* flag, source_location site = source_location::current()) noexcept {
  flag->clear(memory_order_seq_cst, site);
}
inline void atomic_flag_clear_explicit(volatile atomic_flag* flag, memory_order order,
                                       source_location site = source_location::current()) noexcept {
  flag->clear(order, site);
}
inline bool atomic_flag_test(const volatile atomic_flag* flag,
                             source_location site = source_location::current()) noexcept {
  return flag->test(memory_order_seq_cst, site);
}
inline bool atomic_flag_test_explicit(const volatile atomic_flag* flag, memory_order order,
                                      source_location site = source_location::current()) noexcept {
  return flag->test(order, site);
}

inline void atomic_flag_wait(const volatile atomic_flag* flag, bool old,
                             source_location site = source_location::current()) noexcept {
  flag->wait(old, memory_order_seq_cst, site);
}
inline void atomic_flag_wait_explicit(const volatile atomic_flag* flag, bool old, memory_order order,
                                      source_location site = source_location::current()) noexcept {
  flag->wait(old, order, site);
}
inline void atomic_flag_notify_one(volatile atomic_flag* flag,
                                   source_location site = source_location::current()) noexcept {
  flag->notify_one(site);
}
inline void atomic_flag_notify_all(volatile atomic_flag* flag,
                                   source_location site = source_location::current()) noexcept {
  flag->notify_all(site);
}

/// Ends a dependency chain, of which there is none: consume is acquire here.
template <class T>
T kill_dependency(T value) noexcept {
  return value;
}

}  // namespace heddle
