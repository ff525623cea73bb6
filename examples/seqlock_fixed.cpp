// The fences keep the number's accesses around those of the value: a half that is new says that the number is.
#include <heddle/heddle.hpp>

HEDDLE_TEST("what is read between equal numbers is whole") {
  heddle::atomic<unsigned> number{0};  // odd while the value is written
  heddle::atomic<int> left{0};
  heddle::atomic<int> right{0};
  heddle::thread writer([&] {
    number.store(1, std::memory_order_relaxed);
    heddle::atomic_thread_fence(std::memory_order_release);
    left.store(1, std::memory_order_relaxed);
    right.store(1, std::memory_order_relaxed);
    number.store(2, std::memory_order_release);
  });
  const unsigned before = number.load(std::memory_order_acquire);
  const int l = left.load(std::memory_order_relaxed);
  const int r = right.load(std::memory_order_relaxed);
  heddle::atomic_thread_fence(std::memory_order_acquire);
  if (before % 2 == 0 && number.load(std::memory_order_relaxed) == before) HEDDLE_ASSERT(l == r);
  writer.join();
}
