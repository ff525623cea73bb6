// heddle::atomic_ref<T>, spelled as std::atomic_ref<T> ([atomics.ref.generic]): atomic operations on a plain object.
//
// All references to one object are one location; so are those that are made when others are gone. The object holds the
// newest value, in coherence order, of all that has happened: whoever is the only one left may look at it as it is.
// While a reference exists, nothing else may touch the object. A plain write is noticed by what it has changed, and is
// misuse then; a race between the two is found where the object is a heddle::var, which may be referred to as well.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "models/sync/atomic_wait.hpp"
#include "models/sync/var.hpp"

namespace heddle {

/// Operations on an object as on an atomic<T>; see std::atomic_ref and heddle::atomic, whose happens-before edges these
/// are. To make one outside a check throws heddle::Error. Misuse, reported as such: an object that is not aligned to
/// required_alignment, or that is changed by other means while a reference to it exists.
template <class T>
class atomic_ref {
  static_assert(std::is_trivially_copyable_v<T>, "heddle::atomic_ref<T> needs a trivially copyable T");

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
  static constexpr std::size_t required_alignment =
      std::has_single_bit(sizeof(T)) ? std::max(sizeof(T), alignof(T)) : alignof(T);

  explicit atomic_ref(T& object, Site site = Site::current()) : location_(refer(object, nullptr, {}, site)) {}
  /// Plain data that is watched: an access to it that is not ordered with the operations here is a data race.
  explicit atomic_ref(var<T>& object, Site site = Site::current())
      : location_(refer(object.value_, &object.shadow_, object.site_, site)) {}
  atomic_ref(const atomic_ref&) noexcept = default;
  atomic_ref& operator=(const atomic_ref&) = delete;

  bool is_lock_free() const noexcept { return is_always_lock_free; }

  [[gnu::always_inline]] T load(memory_order order = memory_order_seq_cst, Site site = Site::current()) const noexcept {
    return models::atomic_load<T>(location_, models::load_order(order, site), site);
  }
  [[gnu::always_inline]] void store(T value, memory_order order = memory_order_seq_cst,
                                    Site site = Site::current()) const noexcept {
    models::atomic_store(location_, value, models::store_order(order, site), site);
  }
  [[gnu::always_inline]] T exchange(T value, memory_order order = memory_order_seq_cst,
                                    Site site = Site::current()) const noexcept {
    return update(Code::exchange, models::to_value(value), order, site);
  }
  [[gnu::always_inline]] bool compare_exchange_strong(T& expected, T desired, memory_order success,
                                                      memory_order failure,
                                                      Site site = Site::current()) const noexcept {
    return models::atomic_compare_exchange(location_, Code::compare_exchange, expected, desired,
                                           models::to_order(success), models::failure_order(failure, site), site);
  }
  [[gnu::always_inline]] bool compare_exchange_strong(T& expected, T desired, memory_order order = memory_order_seq_cst,
                                                      Site site = Site::current()) const noexcept {
    return compare_exchange_strong(expected, desired, order, models::without_release(order), site);
  }
  /// As compare_exchange_strong, but may fail where `expected` stands, up to --spurious-failures times a thread.
  [[gnu::always_inline]] bool compare_exchange_weak(T& expected, T desired, memory_order success, memory_order failure,
                                                    Site site = Site::current()) const noexcept {
    return models::atomic_compare_exchange_weak(location_, expected, desired, models::to_order(success),
                                                models::failure_order(failure, site), site);
  }
  [[gnu::always_inline]] bool compare_exchange_weak(T& expected, T desired, memory_order order = memory_order_seq_cst,
                                                    Site site = Site::current()) const noexcept {
    return compare_exchange_weak(expected, desired, order, models::without_release(order), site);
  }

  [[gnu::always_inline]] T fetch_add(difference_type by, memory_order order = memory_order_seq_cst,
                                     Site site = Site::current()) const noexcept requires is_arithmetic {
    return update(Code::fetch_add, models::to_value(by), order, site);
  }
  [[gnu::always_inline]] T fetch_sub(difference_type by, memory_order order = memory_order_seq_cst,
                                     Site site = Site::current()) const noexcept requires is_arithmetic {
    return update(Code::fetch_sub, models::to_value(by), order, site);
  }
  [[gnu::always_inline]] T fetch_and(T with, memory_order order = memory_order_seq_cst,
                                     Site site = Site::current()) const noexcept requires is_integer {
    return update(Code::fetch_and, models::to_value(with), order, site);
  }
  [[gnu::always_inline]] T fetch_or(T with, memory_order order = memory_order_seq_cst,
                                    Site site = Site::current()) const noexcept requires is_integer {
    return update(Code::fetch_or, models::to_value(with), order, site);
  }
  [[gnu::always_inline]] T fetch_xor(T with, memory_order order = memory_order_seq_cst,
                                     Site site = Site::current()) const noexcept requires is_integer {
    return update(Code::fetch_xor, models::to_value(with), order, site);
  }

  /// Blocks until the value is not `old` and this thread was notified, or found it so at once ([atomics.wait]). Whoever
  /// waits through one reference may be notified through another.
  void wait(T old, memory_order order = memory_order_seq_cst, Site site = Site::current()) const noexcept {
    models::atomic_wait<T>(
        location_, [&] { return waiters(); }, old, order, site);
  }
  void notify_one(Site site = Site::current()) const noexcept { waiters().notify(false, site); }
  void notify_all(Site site = Site::current()) const noexcept { waiters().notify(true, site); }

  // Operators take no call site; the place is found by the return address.
  [[gnu::always_inline]] operator T() const noexcept {
    return models::atomic_load<T>(location_, core::Order::seq_cst, Site{});
  }
  [[gnu::always_inline]] T operator=(T value) const noexcept {
    models::atomic_store(location_, value, core::Order::seq_cst, Site{});
    return value;
  }
  [[gnu::always_inline]] T operator++() const noexcept requires is_counting { return next(Code::fetch_add, +1); }
  [[gnu::always_inline]] T operator++(int) const noexcept requires is_counting { return step(Code::fetch_add); }
  [[gnu::always_inline]] T operator--() const noexcept requires is_counting { return next(Code::fetch_sub, -1); }
  [[gnu::always_inline]] T operator--(int) const noexcept requires is_counting { return step(Code::fetch_sub); }
  [[gnu::always_inline]] T operator+=(difference_type by) const noexcept requires is_arithmetic {
    return static_cast<T>(update(Code::fetch_add, models::to_value(by), memory_order_seq_cst, Site{}) + by);
  }
  [[gnu::always_inline]] T operator-=(difference_type by) const noexcept requires is_arithmetic {
    return static_cast<T>(update(Code::fetch_sub, models::to_value(by), memory_order_seq_cst, Site{}) - by);
  }
  [[gnu::always_inline]] T operator&=(T with) const noexcept requires is_integer {
    return static_cast<T>(update(Code::fetch_and, models::to_value(with), memory_order_seq_cst, Site{}) & with);
  }
  [[gnu::always_inline]] T operator|=(T with) const noexcept requires is_integer {
    return static_cast<T>(update(Code::fetch_or, models::to_value(with), memory_order_seq_cst, Site{}) | with);
  }
  [[gnu::always_inline]] T operator^=(T with) const noexcept requires is_integer {
    return static_cast<T>(update(Code::fetch_xor, models::to_value(with), memory_order_seq_cst, Site{}) ^ with);
  }

 private:
  static core::LocationId refer(T& object, runtime::Shadow* shadow, const Site& made_at, const Site& site) {
    auto address = reinterpret_cast<std::uintptr_t>(&object);
    asm("" : "+r"(address));  // the compiler may take a T to be aligned
    if (address % required_alignment != 0)
      runtime::misuse("an atomic_ref refers to an object that is not aligned to its required_alignment", site);
    return runtime::refer(&object, type, shadow, made_at, site);
  }
  static core::Value read(const void* object) { return models::to_value(*static_cast<const T*>(object)); }
  static constexpr runtime::ReferredType type{sizeof(T), read, &models::atomic_primitive<T>,
                                              &models::atomic_wait_primitive};
  models::WaitingThreads waiters() const { return {location_ + 1, true}; }

  [[gnu::always_inline]] T update(Code code, core::Value operand, memory_order order, Site site) const {
    return models::atomic_update<T>(location_, code, operand, models::to_order(order), site);
  }
  [[gnu::always_inline]] T step(Code code) const {
    return update(code, models::to_value(difference_type{1}), memory_order_seq_cst, Site{});
  }
  [[gnu::always_inline]] T next(Code code, int by) const { return static_cast<T>(step(code) + by); }

  core::LocationId location_;
};

template <class T>
atomic_ref(T&) -> atomic_ref<T>;
template <class T>
atomic_ref(var<T>&) -> atomic_ref<T>;

}  // namespace heddle
