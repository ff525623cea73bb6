// starved_writer.cpp with a turnstile: everybody goes through a fair mutex first, and a writer keeps it until the
// readers before it have gone. Verified under --search=liveness.
#include <heddle/heddle.hpp>

HEDDLE_TEST("the writer gets its turn") {
  heddle::fair_mutex turnstile;
  heddle::atomic<int> readers{0};
  auto read = [&] {
    for (;;) {
      turnstile.lock();
      readers.fetch_add(1);
      turnstile.unlock();
      heddle::progress();
      readers.fetch_sub(1);
    }
  };
  auto write = [&] {
    for (;;) {
      turnstile.lock();
      while (readers.load() != 0) {
      }
      heddle::progress();
      turnstile.unlock();
    }
  };
  heddle::thread a(write);
  heddle::thread b(read);
  a.join();
  b.join();
}
