// A lost wake-up: a condition variable remembers nothing, so a notification that comes before the wait wakes nobody,
// and the wait never ends. Heddle reports a deadlock, and that nobody is left to notify. Cured in
// lost_wakeup_fixed.cpp.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("the page is shown once it is loaded") {
  heddle::mutex m;
  heddle::condition_variable loaded;
  heddle::thread viewer([&] {
    std::unique_lock lock(m);
    loaded.wait(lock);
  });
  heddle::thread loader([&] {
    std::lock_guard lock(m);
    loaded.notify_one();
  });
  viewer.join();
  loader.join();
}
