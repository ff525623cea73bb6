// A priority inversion, under --scheduler=fixed-priority. The logger (low) holds a mutex when the alarm (high) wants
// it; meanwhile the encoder (middle) is awake, needs no mutex, and keeps the processor from the logger until the alarm
// is handled. So the alarm waits for the encoder, which it should go before, and the encoder for the alarm. A
// starvation. Cured in priority_inversion_fixed.cpp.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("the alarm is handled") {
  heddle::mutex m;
  heddle::binary_semaphore alarm(0);
  heddle::binary_semaphore frames(0);
  heddle::atomic<bool> handled{false};
  heddle::this_thread::set_priority(4);  // until all threads are there
  heddle::thread high([&] {
    heddle::this_thread::set_priority(3);
    alarm.acquire();
    std::lock_guard lock(m);
    handled.store(true);
  });
  heddle::thread middle([&] {
    heddle::this_thread::set_priority(2);
    frames.acquire();
    while (!handled.load()) heddle::progress();  // encodes a frame
  });
  heddle::thread low([&] {
    heddle::this_thread::set_priority(1);
    std::lock_guard lock(m);
    alarm.release();
    frames.release();
  });
  high.join();
  middle.join();
  low.join();
}
