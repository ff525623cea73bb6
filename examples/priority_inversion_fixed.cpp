// priority_inversion.cpp with priority inheritance: while the alarm waits for the mutex, the logger runs with the
// alarm's priority, and soon gives it back. Verified under --search=liveness --scheduler=fixed-priority.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("the alarm is handled") {
  heddle::priority_mutex m;
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
