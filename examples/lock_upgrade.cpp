// A cache behind a shared mutex. Who misses wants to fill it, and asks for the exclusive lock while it still has the
// shared one: it waits for itself.
#include <heddle/heddle.hpp>
#include <shared_mutex>

namespace {

class Cache {
 public:
  int get() {
    std::shared_lock reading(mutex_);
    if (value_ == 0) {
      const std::lock_guard writing(mutex_);  // wrong: there is no way from shared to exclusive
      value_ = 42;
    }
    return value_;
  }

 private:
  heddle::shared_mutex mutex_;
  heddle::var<int> value_{0};
};

}  // namespace

HEDDLE_TEST("the cache is filled once") {
  Cache cache;
  heddle::thread other([&] { HEDDLE_ASSERT(cache.get() == 42); });
  HEDDLE_ASSERT(cache.get() == 42);
  other.join();
}
