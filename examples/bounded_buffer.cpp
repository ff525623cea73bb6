// A bounded buffer that asks once, with `if`, whether it must wait. Between the notification and the moment when the
// woken thread has the lock again, another consumer may take the item. Heddle finds the assertion failed in take().
// Cured in bounded_buffer_fixed.cpp.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

class Buffer {
 public:
  void put(int item) {
    std::unique_lock lock(m_);
    if (full_) not_full_.wait(lock);
    HEDDLE_ASSERT(!full_);
    item_ = item;
    full_ = true;
    not_empty_.notify_one();
  }

  int take() {
    std::unique_lock lock(m_);
    if (!full_) not_empty_.wait(lock);
    HEDDLE_ASSERT(full_);
    full_ = false;
    not_full_.notify_one();
    return item_;
  }

 private:
  heddle::mutex m_;
  heddle::condition_variable not_full_;
  heddle::condition_variable not_empty_;
  heddle::var<bool> full_{false};
  heddle::var<int> item_{0};
};

}  // namespace

HEDDLE_TEST("two consumers take what one producer puts") {
  Buffer buffer;
  heddle::thread producer([&] {
    buffer.put(1);
    buffer.put(2);
  });
  heddle::thread consumer([&] { buffer.take(); });
  buffer.take();
  consumer.join();
  producer.join();
}
