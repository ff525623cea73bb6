// lost_wakeup.cpp with a flag that remembers what has happened, changed and waited for under the same mutex. Verified.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("the page is shown once it is loaded") {
  heddle::mutex m;
  heddle::condition_variable loaded;
  heddle::var<bool> is_loaded{false};
  heddle::thread viewer([&] {
    std::unique_lock lock(m);
    loaded.wait(lock, [&] { return is_loaded; });
  });
  heddle::thread loader([&] {
    std::lock_guard lock(m);
    is_loaded = true;
    loaded.notify_one();
  });
  viewer.join();
  loader.join();
}
