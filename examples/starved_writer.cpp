// Readers come and go, and a writer looks for a moment without them: it may miss every one. A starvation. Cured in
// starved_writer_fixed.cpp.
#include <heddle/heddle.hpp>

HEDDLE_TEST("the writer gets its turn") {
  heddle::atomic<int> readers{0};  // -1: the writer is there
  auto read = [&] {
    for (;;) {
      int now = readers.load();
      while (now < 0 || !readers.compare_exchange_strong(now, now + 1)) now = readers.load();
      heddle::progress();
      readers.fetch_sub(1);
    }
  };
  auto write = [&] {
    for (;;) {
      int nobody = 0;
      while (!readers.compare_exchange_strong(nobody, -1)) nobody = 0;
      heddle::progress();
      readers.store(0);
    }
  };
  heddle::thread a(write);
  heddle::thread b(read);
  a.join();
  b.join();
}
