// What the operations of an atomic do to its value, and how they are asked for: under heddle::atomic and
// heddle::atomic_ref.
//
// Each access is one operation; read-modify-writes are one operation, which reads the newest value in coherence order.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>

#include "models/sync/memory_order.hpp"

namespace heddle::models {

#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
#define HEDDLE_CLEARS_PADDING 1
#endif
#endif

/// Whether values that are equal but for their padding compare equal, as they should ([atomics.types.operations]); with
/// clang 14 they do not, neither here nor in its std::atomic.
#ifdef HEDDLE_CLEARS_PADDING
inline constexpr bool clears_padding = true;
#else
inline constexpr bool clears_padding = false;
#endif

/// Whether a core::Value holds the bytes themselves, or stands for them.
template <class T>
inline constexpr bool is_held = sizeof(T) <= sizeof(core::Value);

/// The bytes of `value`; padding is zero where the compiler can clear it.
template <class T>
[[gnu::always_inline]] inline core::Value to_value(T value) noexcept {
#ifdef HEDDLE_CLEARS_PADDING
  if constexpr (!std::is_scalar_v<T>) __builtin_clear_padding(&value);
#endif
  if constexpr (is_held<T>) {
    core::Value result;
    std::memcpy(static_cast<void*>(&result), &value, sizeof(T));
    return result;
  } else {
    return runtime::stand_in(&value, sizeof(T));
  }
}

template <class T>
[[gnu::always_inline]] inline T from_value(const core::Value& value) noexcept {
  alignas(T) unsigned char bytes[sizeof(T)];
  if constexpr (is_held<T>)
    std::memcpy(bytes, &value, sizeof(T));
  else
    runtime::put_bytes(value, bytes);
  return *reinterpret_cast<T*>(bytes);
}

/// A pointer that can be counted up: not to void, and not to a function.
template <class T>
inline constexpr bool is_object_pointer = std::is_pointer_v<T>&& std::is_object_v<std::remove_pointer_t<T>>;

/// "3", "true", "0x7f…"
std::string show_integer(long long value);
std::string show_unsigned(unsigned long long value);
std::string show_floating(double value);
std::string show_bytes(const core::Value& value, std::size_t size);

enum class AtomicCode : std::uint8_t {
  access,
  exchange,
  compare_exchange,
  compare_exchange_weak,  ///< one that may fail for no reason
  fetch_add,
  fetch_sub,
  fetch_and,
  fetch_or,
  fetch_xor
};

const char* atomic_operation_name(const core::Operation& operation);

template <class T>
class AtomicPrimitive final : public core::Primitive {
 public:
  core::Outcome apply(const core::Operation& operation, core::ThreadId, core::Value state,
                      std::uint32_t choice) const override {
    core::Outcome outcome{.writes = true};
    const auto code = static_cast<AtomicCode>(operation.code);
    if (code == AtomicCode::exchange) {
      outcome.next = operation.operand;
    } else if (code == AtomicCode::compare_exchange) {
      outcome.writes = state == operation.expected;
      outcome.next = operation.operand;
    } else if (code == AtomicCode::compare_exchange_weak) {
      const bool equal = state == operation.expected;
      outcome.choices = equal ? 2 : 1;
      outcome.writes = equal && choice == 0;
      outcome.next = operation.operand;
    } else if constexpr (is_object_pointer<T>) {
      const auto distance = from_value<std::ptrdiff_t>(operation.operand);
      outcome.next = to_value(from_value<T>(state) + (code == AtomicCode::fetch_add ? distance : -distance));
    } else if constexpr (std::is_floating_point_v<T>) {
      const T operand = from_value<T>(operation.operand);
      outcome.next = to_value<T>(from_value<T>(state) + (code == AtomicCode::fetch_add ? operand : -operand));
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      // Unsigned: overflow wraps, as the standard has it for signed atomics too.
      using U = std::make_unsigned_t<T>;
      const auto old = static_cast<U>(from_value<T>(state));
      const auto operand = static_cast<U>(from_value<T>(operation.operand));
      outcome.next = to_value(static_cast<T>(combine(code, old, operand)));
    }
    return outcome;
  }
  const char* name() const override { return "atomic"; }
  const char* operation_name(const core::Operation& operation) const override {
    return atomic_operation_name(operation);
  }
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override {
    const bool weak = operation.code == static_cast<std::uint8_t>(AtomicCode::compare_exchange_weak);
    return weak && !wrote && before == operation.expected ? "fails for no reason: " + show(before) : "";
  }
  std::string show(core::Value value) const override {
    if constexpr (std::is_same_v<T, bool>)
      return value.low != 0 ? "true" : "false";
    else if constexpr (std::is_enum_v<T>)
      return show_integer(static_cast<long long>(from_value<T>(value)));
    else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>)
      return show_integer(from_value<T>(value));
    else if constexpr (std::is_integral_v<T>)
      return show_unsigned(from_value<T>(value));
    else if constexpr (std::is_floating_point_v<T>)
      return show_floating(static_cast<double>(from_value<T>(value)));
    else if constexpr (is_held<T>)
      return show_bytes(value, sizeof(T));
    else
      return runtime::show_bytes(value);
  }

 private:
  template <class U>
  static U combine(AtomicCode code, U old, U operand) {
    switch (code) {
      case AtomicCode::fetch_add:
        return static_cast<U>(old + operand);
      case AtomicCode::fetch_sub:
        return static_cast<U>(old - operand);
      case AtomicCode::fetch_and:
        return static_cast<U>(old & operand);
      case AtomicCode::fetch_or:
        return static_cast<U>(old | operand);
      default:
        return static_cast<U>(old ^ operand);
    }
  }
};

template <class T>
inline constexpr AtomicPrimitive<T> atomic_primitive{};

// The operations, on the location `id` of an atomic<T>. In line, so that an operator's return address is in the
// harness's code: it stands for the call site that operators do not take.

// What they are made of lies on no stack of the harness (runtime::request).

template <class T>
[[gnu::always_inline]] inline T atomic_load(core::LocationId id, core::Order order, source_location site,
                                            core::LocationId waits_at = 0) {
  core::Operation& operation = runtime::request(core::OperationKind::load, id, atomic_primitive<T>, site);
  operation.order = order;
  operation.waits_at = waits_at;
  return from_value<T>(runtime::perform(operation).value);
}

template <class T>
[[gnu::always_inline]] inline void atomic_store(core::LocationId id, T value, core::Order order, source_location site) {
  core::Operation& operation = runtime::request(core::OperationKind::store, id, atomic_primitive<T>, site);
  operation.order = order;
  operation.operand = to_value(value);
  runtime::perform(operation);
}

/// A read-modify-write that always writes; returns the old value.
template <class T>
[[gnu::always_inline]] inline T atomic_update(core::LocationId id, AtomicCode code, core::Value operand,
                                              core::Order order, source_location site) {
  core::Operation& operation = runtime::request(core::OperationKind::update, id, atomic_primitive<T>, site);
  operation.code = static_cast<std::uint8_t>(code);
  operation.order = operation.failure = order;
  operation.operand = operand;
  return from_value<T>(runtime::perform(operation).value);
}

template <class T>
[[gnu::always_inline]] inline bool atomic_compare_exchange(core::LocationId id, AtomicCode code, T& expected, T desired,
                                                           core::Order success, core::Order failure,
                                                           source_location site) {
  core::Operation& operation = runtime::request(core::OperationKind::update, id, atomic_primitive<T>, site);
  operation.code = static_cast<std::uint8_t>(code);
  operation.order = success;
  operation.failure = failure;
  operation.operand = to_value(desired);
  operation.expected = to_value(expected);
  const runtime::Delivery& old = runtime::perform(operation);
  if (!old.wrote) expected = from_value<T>(old.value);
  return old.wrote;
}

/// Likewise, but may fail where `expected` stands, up to --spurious-failures times a thread.
template <class T>
[[gnu::always_inline]] inline bool atomic_compare_exchange_weak(core::LocationId id, T& expected, T desired,
                                                                core::Order success, core::Order failure,
                                                                source_location site) {
  if (!runtime::may_fail_spuriously())
    return atomic_compare_exchange(id, AtomicCode::compare_exchange, expected, desired, success, failure, site);
  const T wanted = expected;
  const bool done =
      atomic_compare_exchange(id, AtomicCode::compare_exchange_weak, expected, desired, success, failure, site);
  if (!done && to_value(expected) == to_value(wanted)) runtime::failed_spuriously();
  return done;
}

}  // namespace heddle::models
