// A bounded buffer where producers and consumers wait for the same condition, and notify_one wakes one of them: a
// consumer may wake the other consumer where only the producer could go on. Heddle reports the deadlock. Cured in
// bounded_buffer_fixed.cpp; notify_all would do as well.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

class Buffer {
 public:
  void put(int item) {
    std::unique_lock lock(m_);
    changed_.wait(lock, [&] { return !full_; });
    item_ = item;
    full_ = true;
    changed_.notify_one();
  }

  int take() {
    std::unique_lock lock(m_);
    changed_.wait(lock, [&] { return full_; });
    full_ = false;
    changed_.notify_one();
    return item_;
  }

 private:
  heddle::mutex m_;
  heddle::condition_variable changed_;
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
