// std::memory_order and what the checker takes it for ([atomics.order]).
#pragma once

#include <atomic>

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

using std::memory_order;
using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_consume;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

namespace models {

/// Consume is taken as acquire, which is stronger: no compiler has ever given it less.
constexpr core::Order to_order(memory_order order) noexcept {
  switch (order) {
    case memory_order_relaxed:
      return core::Order::relaxed;
    case memory_order_consume:
    case memory_order_acquire:
      return core::Order::acquire;
    case memory_order_release:
      return core::Order::release;
    case memory_order_acq_rel:
      return core::Order::acq_rel;
    default:
      return core::Order::seq_cst;
  }
}

// What the standard forbids is misuse: a load that releases, a store that acquires.

[[gnu::always_inline]] inline core::Order load_order(memory_order order, source_location site) {
  if (order == memory_order_release || order == memory_order_acq_rel) [[unlikely]]
    runtime::misuse("a load cannot have the memory order release or acq_rel ([atomics.types.operations])", site);
  return to_order(order);
}
[[gnu::always_inline]] inline core::Order store_order(memory_order order, source_location site) {
  if (order != memory_order_relaxed && order != memory_order_release && order != memory_order_seq_cst) [[unlikely]]
    runtime::misuse("a store can have the memory orders relaxed, release and seq_cst only ([atomics.types.operations])",
                    site);
  return to_order(order);
}
[[gnu::always_inline]] inline core::Order failure_order(memory_order order, source_location site) {
  if (order == memory_order_release || order == memory_order_acq_rel) [[unlikely]]
    runtime::misuse("a compare_exchange that fails stores nothing: its order cannot be release or acq_rel", site);
  return to_order(order);
}

/// The order of a compare_exchange that fails, where one order is given for both.
constexpr memory_order without_release(memory_order order) noexcept {
  if (order == memory_order_acq_rel) return memory_order_acquire;
  return order == memory_order_release ? memory_order_relaxed : order;
}

}  // namespace models
}  // namespace heddle
