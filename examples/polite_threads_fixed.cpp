// polite_threads.cpp with a precedence: only the second thread takes its wish back, and it waits with the next one
// until the first has gone. Verified under --search=liveness.
#include <array>
#include <heddle/heddle.hpp>

HEDDLE_TEST("both threads get in") {
  std::array<heddle::atomic<bool>, 2> wants{false, false};
  auto enter = [&](int me) {
    wants[me].store(true);
    while (wants[1 - me].load()) {
      if (me == 0) continue;
      wants[me].store(false);
      while (wants[1 - me].load()) {
      }
      wants[me].store(true);
    }
    wants[me].store(false);
  };
  heddle::thread a(enter, 0);
  heddle::thread b(enter, 1);
  a.join();
  b.join();
}
