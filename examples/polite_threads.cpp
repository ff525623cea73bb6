// Two threads want to enter alone, and each is polite: it says that it wants to, and takes that back while the other
// wants to too. Where they do so in step, both are polite for ever. A livelock. Cured in polite_threads_fixed.cpp.
#include <array>
#include <heddle/heddle.hpp>

HEDDLE_TEST("both threads get in") {
  std::array<heddle::atomic<bool>, 2> wants{false, false};
  auto enter = [&](int me) {
    wants[me].store(true);
    while (wants[1 - me].load()) {
      wants[me].store(false);
      wants[me].store(true);
    }
    wants[me].store(false);
  };
  heddle::thread a(enter, 0);
  heddle::thread b(enter, 1);
  a.join();
  b.join();
}
