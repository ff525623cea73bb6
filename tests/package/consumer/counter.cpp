#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("two increments") {
  heddle::mutex mutex;
  heddle::var<int> count{0};
  const auto increment = [&] {
#ifndef WITHOUT_LOCK
    const std::lock_guard lock(mutex);
#endif
    count += 1;
  };
  heddle::thread first(increment);
  heddle::thread second(increment);
  first.join();
  second.join();
  HEDDLE_ASSERT(count == 2);
}
