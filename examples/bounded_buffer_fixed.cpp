// The bounded buffer as it should be: a condition for each of the two things that threads wait for, and waits that ask
// again when woken. Verified. Its faulty twins are bounded_buffer.cpp and bounded_buffer_one_condition.cpp.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

class Buffer {
 public:
  void put(int item) {
    std::unique_lock lock(m_);
    not_full_.wait(lock, [&] { return !full_; });
    item_ = item;
    full_ = true;
    not_empty_.notify_one();
  }

  int take() {
    std::unique_lock lock(m_);
    not_empty_.wait(lock, [&] { return full_; });
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
  heddle::var<int> taken{0};
  heddle::thread consumer([&] { taken = buffer.take(); });
  const int rest = buffer.take();
  consumer.join();
  producer.join();
  HEDDLE_ASSERT(taken + rest == 3);
}
