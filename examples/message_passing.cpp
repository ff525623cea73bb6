// A message is written, then a flag is set. The flag is relaxed: whoever sees it set knows nothing of the message.
#include <heddle/heddle.hpp>

HEDDLE_TEST("who sees the flag sees the message") {
  heddle::var<int> message{0};
  heddle::atomic<bool> sent{false};
  heddle::thread sender([&] {
    message = 42;
    sent.store(true, std::memory_order_relaxed);
  });
  if (sent.load(std::memory_order_relaxed)) HEDDLE_ASSERT(message == 42);
  sender.join();
}
