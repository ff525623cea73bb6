// heddle::atomic_flag, spelled as std::atomic_flag ([atomics.flag]).
#pragma once

#include "models/sync/atomic.hpp"

namespace heddle {

/// An atomic bool that can only be set, cleared and looked at; clear at first. Happens-before: as of atomic<bool>.
class atomic_flag {
  using Site = source_location;

 public:
  constexpr atomic_flag(Site site = Site::current()) noexcept : value_(false, site) {}
  /// For ATOMIC_FLAG_INIT.
  constexpr atomic_flag(bool set, Site site = Site::current()) noexcept : value_(set, site) {}

  /// Sets it, and says whether it was set before.
  bool test_and_set(memory_order order = memory_order_seq_cst, Site site = Site::current()) volatile noexcept {
    return value_.exchange(true, order, site);
  }
  void clear(memory_order order = memory_order_seq_cst, Site site = Site::current()) volatile noexcept {
    value_.store(false, order, site);
  }
  bool test(memory_order order = memory_order_seq_cst, Site site = Site::current()) const volatile noexcept {
    return value_.load(order, site);
  }
  /// As of atomic<bool>.
  void wait(bool old, memory_order order = memory_order_seq_cst, Site site = Site::current()) const volatile noexcept {
    value_.wait(old, order, site);
  }
  void notify_one(Site site = Site::current()) volatile noexcept { value_.notify_one(site); }
  void notify_all(Site site = Site::current()) volatile noexcept { value_.notify_all(site); }

 private:
  atomic<bool> value_;
};

}  // namespace heddle
