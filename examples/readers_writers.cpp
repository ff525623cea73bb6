// Readers and writers: many may read at once, but who writes must be alone. Here a writer waits until nobody reads, and
// forgets that another may be writing. Heddle reports the two writes as a data race. Cured in
// readers_writers_fixed.cpp.
#include <heddle/heddle.hpp>
#include <mutex>
#include <shared_mutex>

namespace {

class SharedMutex {
 public:
  void lock() {
    std::unique_lock lock(m_);
    free_.wait(lock, [&] { return readers_ == 0; });
    writing_ = true;
  }
  void unlock() {
    std::lock_guard lock(m_);
    writing_ = false;
    free_.notify_all();
  }
  void lock_shared() {
    std::unique_lock lock(m_);
    free_.wait(lock, [&] { return !writing_; });
    ++readers_;
  }
  void unlock_shared() {
    std::lock_guard lock(m_);
    if (--readers_ == 0) free_.notify_all();
  }

 private:
  heddle::mutex m_;
  heddle::condition_variable free_;
  heddle::var<int> readers_{0};
  heddle::var<bool> writing_{false};
};

}  // namespace

HEDDLE_TEST("two writers and a reader") {
  SharedMutex m;
  heddle::var<int> page{0};
  auto write = [&] {
    std::lock_guard lock(m);
    ++page;
  };
  heddle::thread a(write);
  heddle::thread b(write);
  {
    std::shared_lock lock(m);
    HEDDLE_ASSERT(page <= 2);
  }
  a.join();
  b.join();
  HEDDLE_ASSERT(page == 2);
}
