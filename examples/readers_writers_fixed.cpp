// readers_writers.cpp with writers that wait for each other too. Verified.
#include <heddle/heddle.hpp>
#include <mutex>
#include <shared_mutex>

namespace {

class SharedMutex {
 public:
  void lock() {
    std::unique_lock lock(m_);
    free_.wait(lock, [&] { return readers_ == 0 && !writing_; });
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
