// The store of the flag releases, and the load acquires: what came before the one comes before what follows the other.
#include <heddle/heddle.hpp>

HEDDLE_TEST("who sees the flag sees the message") {
  heddle::var<int> message{0};
  heddle::atomic<bool> sent{false};
  heddle::thread sender([&] {
    message = 42;
    sent.store(true, std::memory_order_release);
  });
  if (sent.load(std::memory_order_acquire)) HEDDLE_ASSERT(message == 42);
  sender.join();
}
