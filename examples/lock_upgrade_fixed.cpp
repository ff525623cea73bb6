// The shared lock is given back first; and what was seen under it is looked at again.
#include <heddle/heddle.hpp>
#include <mutex>
#include <shared_mutex>

namespace {

class Cache {
 public:
  int get() {
    {
      const std::shared_lock reading(mutex_);
      if (value_ != 0) return value_;
    }
    const std::lock_guard writing(mutex_);
    if (value_ == 0) {
      HEDDLE_ASSERT(++fills_ == 1);
      value_ = 42;
    }
    return value_;
  }

 private:
  heddle::shared_mutex mutex_;
  heddle::var<int> value_{0};
  int fills_ = 0;
};

}  // namespace

HEDDLE_TEST("the cache is filled once") {
  Cache cache;
  heddle::thread other([&] { HEDDLE_ASSERT(cache.get() == 42); });
  HEDDLE_ASSERT(cache.get() == 42);
  other.join();
}
