// lock_order_inversion.cpp with one order for both threads. Verified, without a warning.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("the cleaner comes after the writer") {
  heddle::mutex m, cache, disk;
  heddle::var<bool> written{false};
  heddle::thread writer([&] {
    {
      std::lock_guard lock_cache(cache);
      std::lock_guard lock_disk(disk);
    }
    std::lock_guard lock(m);
    written = true;
  });
  heddle::thread cleaner([&] {
    {
      std::lock_guard lock(m);
      if (!written) return;
    }
    std::lock_guard lock_cache(cache);
    std::lock_guard lock_disk(disk);
  });
  writer.join();
  cleaner.join();
}
