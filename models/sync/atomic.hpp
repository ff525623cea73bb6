// heddle::atomic<T>, spelled as std::atomic<T> ([atomics.types.generic]), for every trivially copyable T up to 16
// bytes.
//
// Memory orders are accepted; every access is sequentially consistent until other memory models are chosen. Each access
// is one operation; read-modify-writes are one operation, which reads the newest value in coherence order.
// Happens-before: a load synchronizes with the store that it reads, and with all that this store's release sequence
// carries.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>

#include "checker/runtime/harness_interface.hpp"
#include "models/sync/condition.hpp"

namespace heddle {

using std::memory_order;
using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_consume;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

namespace models {

/// The bytes of `value`; padding is zero where the compiler can clear it, so that equal values compare equal.
template <class T>
core::Value to_value(T value) noexcept {
#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
  if constexpr (!std::is_scalar_v<T>) __builtin_clear_padding(&value);
#endif
#endif
  core::Value result;
  std::memcpy(static_cast<void*>(&result), &value, sizeof(T));
  return result;
}

template <class T>
T from_value(const core::Value& value) noexcept {
  alignas(T) unsigned char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  return *reinterpret_cast<T*>(bytes);
}

/// "3", "true", "0x7f…", "{ 16 bytes }"
std::string show_integer(long long value);
std::string show_unsigned(unsigned long long value);
std::string show_floating(double value);
std::string show_bytes(const core::Value& value, std::size_t size);

enum class AtomicCode : std::uint8_t {
  access,
  exchange,
  compare_exchange,
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
                      std::uint32_t) const override {
    core::Outcome outcome{.writes = true};
    const auto code = static_cast<AtomicCode>(operation.code);
    if (code == AtomicCode::exchange) {
      outcome.next = operation.operand;
    } else if (code == AtomicCode::compare_exchange) {
      outcome.writes = state == operation.expected;
      outcome.next = operation.operand;
    } else if constexpr (std::is_pointer_v<T>) {
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
    else
      return show_bytes(value, sizeof(T));
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

}  // namespace models

/// A value that threads read and write without a race; see std::atomic. Accesses outside a check throw heddle::Error.
template <class T>
class atomic {
  static_assert(std::is_trivially_copyable_v<T> && std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T>,
                "heddle::atomic<T> needs a trivially copyable T, as std::atomic does");
  static_assert(sizeof(T) <= 16, "heddle::atomic<T> is for types of up to 16 bytes");

  using Code = models::AtomicCode;
  using Site = source_location;
  static constexpr bool is_number = (std::is_integral_v<T> && !std::is_same_v<T, bool>) || std::is_floating_point_v<T>;
  static constexpr bool is_integer = std::is_integral_v<T> && !std::is_same_v<T, bool>;

 public:
  using value_type = T;
  /// What fetch_add takes: T, or a distance for pointers.
  using difference_type = std::conditional_t<std::is_pointer_v<T>, std::ptrdiff_t, T>;
  static constexpr bool is_always_lock_free = sizeof(T) <= 8;

  constexpr atomic(Site site = Site::current()) noexcept(std::is_nothrow_default_constructible_v<T>)
      : atomic(T(), site) {}
  constexpr atomic(T value, Site site = Site::current()) noexcept
      : initial_(value), location_(primitive(), initial_value(value), site), waiters_(site, true) {}
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;
  ~atomic() { location_.end(primitive()); }

  bool is_lock_free() const noexcept { return is_always_lock_free; }

  /// Reads the value.
  T load(memory_order = memory_order_seq_cst, Site site = Site::current()) const { return load_at(site); }
  /// Replaces the value.
  void store(T value, memory_order = memory_order_seq_cst, Site site = Site::current()) { store_at(value, site); }
  /// Replaces the value and returns the old one, in one step.
  T exchange(T value, memory_order = memory_order_seq_cst, Site site = Site::current()) {
    return update(Code::exchange, models::to_value(value), {}, site);
  }
  /// Replaces `expected` by `desired` in one step; where another value stands, puts that into `expected` and returns
  /// false.
  bool compare_exchange_strong(T& expected, T desired, memory_order, memory_order, Site site = Site::current()) {
    return compare_exchange(expected, desired, site);
  }
  bool compare_exchange_strong(T& expected, T desired, memory_order = memory_order_seq_cst,
                               Site site = Site::current()) {
    return compare_exchange(expected, desired, site);
  }
  /// As compare_exchange_strong: it does not fail spuriously here.
  bool compare_exchange_weak(T& expected, T desired, memory_order, memory_order, Site site = Site::current()) {
    return compare_exchange(expected, desired, site);
  }
  bool compare_exchange_weak(T& expected, T desired, memory_order = memory_order_seq_cst, Site site = Site::current()) {
    return compare_exchange(expected, desired, site);
  }

  T fetch_add(difference_type by, memory_order = memory_order_seq_cst,
              Site site = Site::current()) requires(is_number || std::is_pointer_v<T>) {
    return update(Code::fetch_add, models::to_value(by), {}, site);
  }
  T fetch_sub(difference_type by, memory_order = memory_order_seq_cst,
              Site site = Site::current()) requires(is_number || std::is_pointer_v<T>) {
    return update(Code::fetch_sub, models::to_value(by), {}, site);
  }
  T fetch_and(T with, memory_order = memory_order_seq_cst, Site site = Site::current()) requires is_integer {
    return update(Code::fetch_and, models::to_value(with), {}, site);
  }
  T fetch_or(T with, memory_order = memory_order_seq_cst, Site site = Site::current()) requires is_integer {
    return update(Code::fetch_or, models::to_value(with), {}, site);
  }
  T fetch_xor(T with, memory_order = memory_order_seq_cst, Site site = Site::current()) requires is_integer {
    return update(Code::fetch_xor, models::to_value(with), {}, site);
  }

  /// Blocks until the value is not `old` and this thread was notified, or found it so at once ([atomics.wait]).
  void wait(T old, memory_order = memory_order_seq_cst, Site site = Site::current()) const {
    const core::Value unwanted = models::to_value(old);
    while (models::to_value(load_at(site)) == unwanted) {
      waiters_.enter(0, site);
      if (models::to_value(load_at(site)) == unwanted)
        waiters_.sleep(site);
      else
        waiters_.leave(site);
    }
  }
  void notify_one(Site site = Site::current()) { waiters_.notify(false, site); }
  void notify_all(Site site = Site::current()) { waiters_.notify(true, site); }

  // Operators take no call site; the place is found by the return address.
  [[gnu::always_inline]] operator T() const { return load_at(Site{}); }
  [[gnu::always_inline]] T operator=(T value) {
    store_at(value, Site{});
    return value;
  }
  [[gnu::always_inline]] T operator++() requires(is_integer || std::is_pointer_v<T>) {
    return static_cast<T>(update(Code::fetch_add, models::to_value(difference_type{1}), {}, Site{}) + 1);
  }
  [[gnu::always_inline]] T operator++(int) requires(is_integer || std::is_pointer_v<T>) {
    return update(Code::fetch_add, models::to_value(difference_type{1}), {}, Site{});
  }
  [[gnu::always_inline]] T operator--() requires(is_integer || std::is_pointer_v<T>) {
    return static_cast<T>(update(Code::fetch_sub, models::to_value(difference_type{1}), {}, Site{}) - 1);
  }
  [[gnu::always_inline]] T operator--(int) requires(is_integer || std::is_pointer_v<T>) {
    return update(Code::fetch_sub, models::to_value(difference_type{1}), {}, Site{});
  }
  [[gnu::always_inline]] T operator+=(difference_type by) requires(is_number || std::is_pointer_v<T>) {
    return static_cast<T>(update(Code::fetch_add, models::to_value(by), {}, Site{}) + by);
  }
  [[gnu::always_inline]] T operator-=(difference_type by) requires(is_number || std::is_pointer_v<T>) {
    return static_cast<T>(update(Code::fetch_sub, models::to_value(by), {}, Site{}) - by);
  }
  [[gnu::always_inline]] T operator&=(T with) requires is_integer {
    return static_cast<T>(update(Code::fetch_and, models::to_value(with), {}, Site{}) & with);
  }
  [[gnu::always_inline]] T operator|=(T with) requires is_integer {
    return static_cast<T>(update(Code::fetch_or, models::to_value(with), {}, Site{}) | with);
  }
  [[gnu::always_inline]] T operator^=(T with) requires is_integer {
    return static_cast<T>(update(Code::fetch_xor, models::to_value(with), {}, Site{}) ^ with);
  }

 private:
  static constexpr const core::Primitive& primitive() { return models::atomic_primitive<T>; }
  static constexpr core::Value initial_value(const T& value) {
    return std::is_constant_evaluated() ? core::Value{} : models::to_value(value);
  }
  core::LocationId id(const Site& site) const { return location_.id(primitive(), models::to_value(initial_), site); }

  [[gnu::always_inline]] T load_at(const Site& site) const {
    return models::from_value<T>(
        runtime::perform(
            {.kind = core::OperationKind::load, .location = id(site), .primitive = &primitive(), .site = {site}})
            .value);
  }
  [[gnu::always_inline]] void store_at(T value, const Site& site) {
    runtime::perform({.kind = core::OperationKind::store,
                      .location = id(site),
                      .primitive = &primitive(),
                      .site = {site},
                      .operand = models::to_value(value)});
  }
  [[gnu::always_inline]] runtime::Delivery perform_update(Code code, const core::Value& operand,
                                                          const core::Value& expected, const Site& site) {
    return runtime::perform({.kind = core::OperationKind::update,
                             .code = static_cast<std::uint8_t>(code),
                             .location = id(site),
                             .primitive = &primitive(),
                             .site = {site},
                             .operand = operand,
                             .expected = expected});
  }
  [[gnu::always_inline]] T update(Code code, const core::Value& operand, const core::Value& expected,
                                  const Site& site) {
    return models::from_value<T>(perform_update(code, operand, expected, site).value);
  }
  bool compare_exchange(T& expected, T desired, const Site& site) {
    const runtime::Delivery old =
        perform_update(Code::compare_exchange, models::to_value(desired), models::to_value(expected), site);
    if (!old.wrote) expected = models::from_value<T>(old.value);
    return old.wrote;
  }

  T initial_;  ///< for constant-initialised objects, which register when first used
  runtime::Location location_;
  models::Condition waiters_;
};

template <class T>
atomic(T) -> atomic<T>;

}  // namespace heddle
