// A lock-order inversion that does not deadlock here: the cleaner goes to work only after it has seen that the writer
// is done. The verdict is verified, and Heddle warns, since only that value keeps the two apart: a change elsewhere
// makes a deadlock of it. --lock-order=error takes it as a violation. Cured in lock_order_inversion_fixed.cpp.
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
    std::lock_guard lock_disk(disk);
    std::lock_guard lock_cache(cache);
  });
  writer.join();
  cleaner.join();
}
