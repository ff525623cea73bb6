// Dekker's entry: each says that it wants to go in, then looks whether the other does. Release and acquire do not keep
// the look behind the word: both may see that nobody else wants to.
#include <heddle/heddle.hpp>

HEDDLE_TEST("never are both inside") {
  heddle::atomic<bool> wants[2];
  heddle::atomic<int> inside{0};
  const auto enter = [&](int me) {
    wants[me].store(true, std::memory_order_release);
    if (wants[1 - me].load(std::memory_order_acquire)) return;
    HEDDLE_ASSERT(inside.fetch_add(1) == 0);
    inside.fetch_sub(1);
    wants[me].store(false, std::memory_order_release);
  };
  heddle::thread other([&] { enter(1); });
  enter(0);
  other.join();
}
