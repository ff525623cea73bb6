// heddle::atomic<std::shared_ptr<T>> and heddle::atomic<std::weak_ptr<T>>, spelled as in std ([util.smartptr.atomic]).
//
// The location's value is the pointer and the control block. The atomic owns a reference to what it holds. Whoever
// replaces it gets that reference and drops it, so a store is an exchange, as the standard has it ("as if by p.swap").
// What is loaded must still be there to be copied: a load finds the newest value and has its place in the order of
// the object's operations, as in every implementation; only one that finds it empty may find it so too late.
#pragma once

#include <bit>
#include <new>

#include "models/sync/atomic.hpp"
#include "models/sync/shared_count.hpp"

namespace heddle {

namespace models {

class OwnerPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { load, store, exchange, compare_exchange, compare_exchange_weak };

  constexpr OwnerPrimitive() : Primitive(true) {}
  /// Who looks at it commutes with who else does.
  bool commute(const core::Operation& a, const core::Operation& b) const override {
    return a.code == load && b.code == load;
  }
  /// Who finds it empty may do so too late.
  bool is_singular(core::Value state) const override { return state.high == 0; }
  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "atomic"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
  std::string show(core::Value value) const override;
};

inline constexpr OwnerPrimitive owner_primitive{};

/// A shared_ptr or weak_ptr as the value of a location: its two words.
template <class Pointer>
class Owner {
  static_assert(sizeof(Pointer) == 2 * sizeof(void*), "a smart pointer is taken to be a pointer and a control block");

 public:
  /// The reference is the caller's from now on.
  static core::Value taken(Pointer&& pointer) noexcept {
    Storage storage;
    ::new (storage.bytes) Pointer(std::move(pointer));
    return std::bit_cast<core::Value>(storage);
  }
  /// Whose reference `value` was gives it away.
  static Pointer given(const core::Value& value) noexcept {
    auto storage = std::bit_cast<Storage>(value);
    return std::move(*std::launder(reinterpret_cast<Pointer*>(storage.bytes)));
  }
  static Pointer copied(const core::Value& value) noexcept {
    const auto storage = std::bit_cast<Storage>(value);
    return *std::launder(reinterpret_cast<const Pointer*>(storage.bytes));
  }
  static core::Value words(const Pointer& pointer) noexcept { return std::bit_cast<core::Value>(bytes_of(pointer)); }

 private:
  struct Storage {
    alignas(Pointer) std::byte bytes[sizeof(Pointer)];
  };
  static Storage bytes_of(const Pointer& pointer) noexcept {
    Storage storage;
    std::memcpy(storage.bytes, static_cast<const void*>(&pointer), sizeof storage);
    return storage;
  }
};

/// What atomic<shared_ptr<T>> and atomic<weak_ptr<T>> have in common.
template <class Pointer>
class AtomicOwner {
#ifndef HEDDLE_SEES_SHARED_PTR
  static_assert(sizeof(Pointer) == 0,
                "heddle::atomic<std::shared_ptr<T>> needs <heddle/heddle.hpp> before all standard headers, best by "
                "-include heddle/heddle.hpp, and libstdc++: otherwise Heddle does not see who destroys an object");
#endif
  using Code = OwnerPrimitive::Code;
  using Site = source_location;

 public:
  using value_type = Pointer;
  static constexpr bool is_always_lock_free = false;

  constexpr explicit AtomicOwner(Site site = Site::current()) noexcept
      : location_(owner_primitive, {}, site), waiters_(site) {}
  explicit AtomicOwner(Pointer&& pointer, Site site) noexcept
      : held_(Owner<Pointer>::taken(std::move(pointer))), location_(owner_primitive, held_, site), waiters_(site) {}
  AtomicOwner(const AtomicOwner&) = delete;
  AtomicOwner& operator=(const AtomicOwner&) = delete;
  ~AtomicOwner() {
    location_.end(owner_primitive);
    Owner<Pointer>::given(held_);
  }

  bool is_lock_free() const noexcept { return false; }

  /// A copy of the value.
  Pointer load(memory_order order = memory_order_seq_cst, Site site = Site::current()) const noexcept {
    return Owner<Pointer>::copied(look(order, site));
  }
  operator Pointer() const noexcept { return load(memory_order_seq_cst, Site{}); }
  /// Replaces the value, and drops the old one.
  void store(Pointer desired, memory_order order = memory_order_seq_cst, Site site = Site::current()) noexcept {
    replace(Code::store, desired, store_order(order, site), site);
  }
  void operator=(Pointer desired) noexcept { replace(Code::store, desired, core::Order::seq_cst, Site{}); }
  /// Replaces the value and returns the old one, in one step.
  Pointer exchange(Pointer desired, memory_order order = memory_order_seq_cst, Site site = Site::current()) noexcept {
    replace(Code::exchange, desired, to_order(order), site);
    return desired;
  }
  /// Replaces `expected` by `desired` in one step, where the same pointer stands and shares ownership; else puts a copy
  /// of what stands into `expected` and returns false. A call that fails has the order `failure`.
  bool compare_exchange_strong(Pointer& expected, Pointer desired, memory_order success, memory_order failure,
                               Site site = Site::current()) noexcept {
    return compare_exchange(Code::compare_exchange, expected, desired, success, failure, site);
  }
  bool compare_exchange_strong(Pointer& expected, Pointer desired, memory_order order = memory_order_seq_cst,
                               Site site = Site::current()) noexcept {
    return compare_exchange(Code::compare_exchange, expected, desired, order, without_release(order), site);
  }
  /// As compare_exchange_strong, but may fail where `expected` stands, up to --spurious-failures times a thread.
  bool compare_exchange_weak(Pointer& expected, Pointer desired, memory_order success, memory_order failure,
                             Site site = Site::current()) noexcept {
    const bool may_fail = runtime::may_fail_spuriously();
    return compare_exchange(may_fail ? Code::compare_exchange_weak : Code::compare_exchange, expected, desired, success,
                            failure, site);
  }
  bool compare_exchange_weak(Pointer& expected, Pointer desired, memory_order order = memory_order_seq_cst,
                             Site site = Site::current()) noexcept {
    return compare_exchange_weak(expected, std::move(desired), order, without_release(order), site);
  }

  /// Blocks until the value is not `old` and this thread was notified, or found it so at once ([atomics.wait]).
  void wait(Pointer old, memory_order order = memory_order_seq_cst, Site site = Site::current()) const noexcept {
    const core::Value unwanted = Owner<Pointer>::words(old);
    while (look(order, site) == unwanted) {
      const WaitingThreads threads = waiters_.threads(site);
      threads.enter(0, site);
      // The thread is about to sleep, and makes sure that it has to.
      if (look(order, site, threads.id()) == unwanted)
        threads.sleep(site);
      else
        threads.leave(site);
    }
  }
  void notify_one(Site site = Site::current()) noexcept { waiters_.notify(false, site); }
  void notify_all(Site site = Site::current()) noexcept { waiters_.notify(true, site); }

 private:
  core::Operation& request(Code code, core::Order order, core::Order failure, const Site& site) const {
    const core::LocationId location = location_.id(owner_primitive, held_, site);
    core::Operation& operation = runtime::request(core::OperationKind::update, location, owner_primitive, site);
    operation.code = code;
    operation.order = order;
    operation.failure = failure;
    return operation;
  }
  core::Value look(memory_order order, const Site& site, core::LocationId waits_at = 0) const {
    const core::Order read = load_order(order, site);
    core::Operation& operation = request(Code::load, read, read, site);
    operation.waits_at = waits_at;
    return runtime::perform(operation).value;
  }
  /// `desired` gets what it replaces.
  void replace(Code code, Pointer& desired, core::Order order, const Site& site) {
    core::Operation& operation = request(code, order, order, site);
    const core::Value mine = Owner<Pointer>::taken(std::move(desired));
    operation.operand = mine;
    desired = Owner<Pointer>::given(runtime::perform(operation).value);
    held_ = mine;
  }
  bool compare_exchange(Code code, Pointer& expected, Pointer& desired, memory_order success, memory_order failure,
                        const Site& site) {
    core::Operation& operation = request(code, to_order(success), failure_order(failure, site), site);
    operation.operand = Owner<Pointer>::words(desired);
    operation.expected = Owner<Pointer>::words(expected);
    const core::Value wanted = operation.expected;
    const core::Delivery found = runtime::perform(operation);
    if (found.value == wanted && found.choice == 0) {
      held_ = Owner<Pointer>::taken(std::move(desired));
      Owner<Pointer>::given(found.value);
      return true;
    }
    if (found.value == wanted)
      runtime::failed_spuriously();
    else
      expected = Owner<Pointer>::copied(found.value);
    return false;
  }

  core::Value held_ = {};  ///< what the atomic owns a reference to: the newest value
  runtime::Location location_;
  Condition<true> waiters_;
};

}  // namespace models

/// A std::shared_ptr that threads read and write without a race; see std::atomic<std::shared_ptr<T>>, and
/// heddle::atomic for accesses outside a check. Its operations synchronize as those of heddle::atomic do; a load sees
/// the newest value, unless that makes it empty. Who replaces a value drops the reference to it before it goes on.
template <class T>
class atomic<std::shared_ptr<T>> : public models::AtomicOwner<std::shared_ptr<T>> {
  using Base = models::AtomicOwner<std::shared_ptr<T>>;

 public:
  constexpr atomic(source_location site = source_location::current()) noexcept : Base(site) {}
  constexpr atomic(std::nullptr_t, source_location site = source_location::current()) noexcept : Base(site) {}
  atomic(std::shared_ptr<T> value, source_location site = source_location::current()) noexcept
      : Base(std::move(value), site) {}
  using Base::operator=;
};

/// The same for std::weak_ptr.
template <class T>
class atomic<std::weak_ptr<T>> : public models::AtomicOwner<std::weak_ptr<T>> {
  using Base = models::AtomicOwner<std::weak_ptr<T>>;

 public:
  constexpr atomic(source_location site = source_location::current()) noexcept : Base(site) {}
  atomic(std::weak_ptr<T> value, source_location site = source_location::current()) noexcept
      : Base(std::move(value), site) {}
  using Base::operator=;
};

}  // namespace heddle
