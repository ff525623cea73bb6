// heddle::atomic<T>, spelled as std::atomic<T> ([atomics.types.generic]), for every trivially copyable T.
#pragma once

#include "models/sync/atomic_wait.hpp"

namespace heddle {

/// A value that threads read and write without a race; see std::atomic. An access outside a check ends the program,
/// with a message that names the place: it throws heddle::Error, and is noexcept as std's is. Which older values a load
/// may return is for the memory model to say (--model). Happens-before: a store that releases synchronizes with the
/// loads that acquire and read it, or read what an unbroken run of read-modify-writes made of it.
template <class T>
class atomic {
  static_assert(std::is_trivially_copyable_v<T> && std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T>,
                "heddle::atomic<T> needs a trivially copyable T, as std::atomic does");

  using Code = models::AtomicCode;
  using Site = source_location;
  static constexpr bool is_integer = std::is_integral_v<T> && !std::is_same_v<T, bool>;
  static constexpr bool is_counting = is_integer || models::is_object_pointer<T>;
  static constexpr bool is_arithmetic = is_counting || std::is_floating_point_v<T>;

 public:
  using value_type = T;
  /// What fetch_add takes: T, or a distance for pointers.
  using difference_type = std::conditional_t<std::is_pointer_v<T>, std::ptrdiff_t, T>;
  static constexpr bool is_always_lock_free = sizeof(T) <= 8;

  constexpr atomic(Site site = Site::current()) noexcept(std::is_nothrow_default_constructible_v<T>)
      : atomic(T(), site) {}
  constexpr atomic(T value, Site site = Site::current()) noexcept
      : initial_(value), location_(primitive(), initial_value(value), site), waiters_(site) {}
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;
  atomic& operator=(const atomic&) volatile = delete;
  ~atomic() { location_.end(primitive()); }

  bool is_lock_free() const volatile noexcept { return is_always_lock_free; }

  /// Reads the value.
  [[gnu::always_inline]] T load(memory_order order = memory_order_seq_cst, Site site = Site::current()) const
      volatile noexcept {
    return models::atomic_load<T>(id(site), models::load_order(order, site), site);
  }
  /// Replaces the value.
  [[gnu::always_inline]] void store(T value, memory_order order = memory_order_seq_cst,
                                    Site site = Site::current()) volatile noexcept {
    models::atomic_store(id(site), value, models::store_order(order, site), site);
  }
  /// Replaces the value and returns the old one, in one step.
  [[gnu::always_inline]] T exchange(T value, memory_order order = memory_order_seq_cst,
                                    Site site = Site::current()) volatile noexcept {
    return update(Code::exchange, models::to_value(value), order, site);
  }
  /// Replaces `expected` by `desired` in one step; where another value stands, puts that into `expected` and returns
  /// false. A call that fails is a load of the order `failure`.
  [[gnu::always_inline]] bool compare_exchange_strong(T& expected, T desired, memory_order success,
                                                      memory_order failure,
                                                      Site site = Site::current()) volatile noexcept {
    return models::atomic_compare_exchange(id(site), Code::compare_exchange, expected, desired,
                                           models::to_order(success), models::failure_order(failure, site), site);
  }
  [[gnu::always_inline]] bool compare_exchange_strong(T& expected, T desired, memory_order order = memory_order_seq_cst,
                                                      Site site = Site::current()) volatile noexcept {
    return compare_exchange_strong(expected, desired, order, models::without_release(order), site);
  }
  /// As compare_exchange_strong, but may fail where `expected` stands, up to --spurious-failures times a thread.
  [[gnu::always_inline]] bool compare_exchange_weak(T& expected, T desired, memory_order success, memory_order failure,
                                                    Site site = Site::current()) volatile noexcept {
    return models::atomic_compare_exchange_weak(id(site), expected, desired, models::to_order(success),
                                                models::failure_order(failure, site), site);
  }
  [[gnu::always_inline]] bool compare_exchange_weak(T& expected, T desired, memory_order order = memory_order_seq_cst,
                                                    Site site = Site::current()) volatile noexcept {
    return compare_exchange_weak(expected, desired, order, models::without_release(order), site);
  }

  [[gnu::always_inline]] T fetch_add(difference_type by, memory_order order = memory_order_seq_cst,
                                     Site site = Site::current()) volatile noexcept requires is_arithmetic {
    return update(Code::fetch_add, models::to_value(by), order, site);
  }
  [[gnu::always_inline]] T fetch_sub(difference_type by, memory_order order = memory_order_seq_cst,
                                     Site site = Site::current()) volatile noexcept requires is_arithmetic {
    return update(Code::fetch_sub, models::to_value(by), order, site);
  }
  [[gnu::always_inline]] T fetch_and(T with, memory_order order = memory_order_seq_cst,
                                     Site site = Site::current()) volatile noexcept requires is_integer {
    return update(Code::fetch_and, models::to_value(with), order, site);
  }
  [[gnu::always_inline]] T fetch_or(T with, memory_order order = memory_order_seq_cst,
                                    Site site = Site::current()) volatile noexcept requires is_integer {
    return update(Code::fetch_or, models::to_value(with), order, site);
  }
  [[gnu::always_inline]] T fetch_xor(T with, memory_order order = memory_order_seq_cst,
                                     Site site = Site::current()) volatile noexcept requires is_integer {
    return update(Code::fetch_xor, models::to_value(with), order, site);
  }

  /// Blocks until the value is not `old` and this thread was notified, or found it so at once ([atomics.wait]).
  void wait(T old, memory_order order = memory_order_seq_cst, Site site = Site::current()) const volatile noexcept {
    models::atomic_wait<T>(
        id(site), [&] { return waiters().threads(site); }, old, order, site);
  }
  void notify_one(Site site = Site::current()) volatile noexcept { waiters().notify(false, site); }
  void notify_all(Site site = Site::current()) volatile noexcept { waiters().notify(true, site); }

  // Operators take no call site; the place is found by the return address.
  [[gnu::always_inline]] operator T() const volatile noexcept {
    return models::atomic_load<T>(id(Site{}), core::Order::seq_cst, Site{});
  }
  [[gnu::always_inline]] T operator=(T value) noexcept {
    models::atomic_store(id(Site{}), value, core::Order::seq_cst, Site{});
    return value;
  }
  [[gnu::always_inline]] T operator=(T value) volatile noexcept {
    models::atomic_store(id(Site{}), value, core::Order::seq_cst, Site{});
    return value;
  }
  [[gnu::always_inline]] T operator++() volatile noexcept requires is_counting {
    return static_cast<T>(update(Code::fetch_add, models::to_value(difference_type{1}), memory_order_seq_cst, Site{}) +
                          1);
  }
  [[gnu::always_inline]] T operator++(int) volatile noexcept requires is_counting {
    return update(Code::fetch_add, models::to_value(difference_type{1}), memory_order_seq_cst, Site{});
  }
  [[gnu::always_inline]] T operator--() volatile noexcept requires is_counting {
    return static_cast<T>(update(Code::fetch_sub, models::to_value(difference_type{1}), memory_order_seq_cst, Site{}) -
                          1);
  }
  [[gnu::always_inline]] T operator--(int) volatile noexcept requires is_counting {
    return update(Code::fetch_sub, models::to_value(difference_type{1}), memory_order_seq_cst, Site{});
  }
  [[gnu::always_inline]] T operator+=(difference_type by) volatile noexcept requires is_arithmetic {
    return static_cast<T>(update(Code::fetch_add, models::to_value(by), memory_order_seq_cst, Site{}) + by);
  }
  [[gnu::always_inline]] T operator-=(difference_type by) volatile noexcept requires is_arithmetic {
    return static_cast<T>(update(Code::fetch_sub, models::to_value(by), memory_order_seq_cst, Site{}) - by);
  }
  [[gnu::always_inline]] T operator&=(T with) volatile noexcept requires is_integer {
    return static_cast<T>(update(Code::fetch_and, models::to_value(with), memory_order_seq_cst, Site{}) & with);
  }
  [[gnu::always_inline]] T operator|=(T with) volatile noexcept requires is_integer {
    return static_cast<T>(update(Code::fetch_or, models::to_value(with), memory_order_seq_cst, Site{}) | with);
  }
  [[gnu::always_inline]] T operator^=(T with) volatile noexcept requires is_integer {
    return static_cast<T>(update(Code::fetch_xor, models::to_value(with), memory_order_seq_cst, Site{}) ^ with);
  }

 private:
  static constexpr const core::Primitive& primitive() { return models::atomic_primitive<T>; }
  static constexpr core::Value initial_value(const T& value) {
    return std::is_constant_evaluated() ? core::Value{} : models::to_value(value);
  }
  /// Volatile changes nothing: no compiler sees through an operation.
  [[gnu::always_inline]] const atomic& plain() const volatile { return const_cast<const atomic&>(*this); }
  [[gnu::always_inline]] core::LocationId id(Site site) const volatile {
    const bool is_known = !models::is_held<T> && plain().location_.is_known();
    return plain().location_.id(primitive(), is_known ? core::Value{} : models::to_value(plain().initial_), site);
  }
  const models::Condition<true>& waiters() const volatile { return plain().waiters_; }

  [[gnu::always_inline]] T update(Code code, core::Value operand, memory_order order, Site site) volatile {
    return models::atomic_update<T>(id(site), code, operand, models::to_order(order), site);
  }

  T initial_;  ///< for constant-initialised objects, which register when first used
  runtime::Location location_;
  models::Condition<true> waiters_;
};

template <class T>
atomic(T) -> atomic<T>;

}  // namespace heddle
