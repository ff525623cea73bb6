// The atomics of a program: heddle::atomic<int>, or ints that every operation makes a heddle::atomic_ref of.
#pragma once

#include <vector>

#include "models/heddle/heddle.hpp"

namespace heddle::oracle {

class AnyAtomic {
  // In line: nothing of it is to be left on a stack, which is compared where threads wait in loops.
  template <class Use>
  [[gnu::always_inline]] decltype(auto) with(Use use) {
    return own_ != nullptr ? use(*own_) : use(atomic_ref<int>(*plain_));
  }

 public:
  AnyAtomic(atomic<int>* own, int* plain) : own_(own), plain_(plain) {}

  int load(memory_order order = memory_order_seq_cst) {
    return with([&](const auto& x) { return x.load(order); });
  }
  void store(int value, memory_order order) {
    with([&](auto&& x) { x.store(value, order); });
  }
  int fetch_add(int value, memory_order order) {
    return with([&](auto&& x) { return x.fetch_add(value, order); });
  }
  int exchange(int value, memory_order order) {
    return with([&](auto&& x) { return x.exchange(value, order); });
  }
  void compare_exchange_strong(int& expected, int value, memory_order success, memory_order failure) {
    with([&](auto&& x) { x.compare_exchange_strong(expected, value, success, failure); });
  }
  void compare_exchange_weak(int& expected, int value, memory_order success, memory_order failure) {
    with([&](auto&& x) { x.compare_exchange_weak(expected, value, success, failure); });
  }
  void wait(int old) {
    with([&](const auto& x) { x.wait(old); });
  }
  void notify_one() {
    with([&](auto&& x) { x.notify_one(); });
  }
  void notify_all() {
    with([&](auto&& x) { x.notify_all(); });
  }

 private:
  atomic<int>* own_;
  int* plain_;
};

class Atomics {
 public:
  Atomics(unsigned count, bool through_refs) : own_(through_refs ? 0 : count), plain_(through_refs ? count : 0) {
    for (int& object : plain_) static_cast<void>(atomic_ref<int>(object));  // numbers them
  }
  AnyAtomic operator[](unsigned number) {
    return plain_.empty() ? AnyAtomic(&own_[number], nullptr) : AnyAtomic(nullptr, &plain_[number]);
  }

 private:
  std::vector<atomic<int>> own_;
  std::vector<int> plain_;
};

}  // namespace heddle::oracle
