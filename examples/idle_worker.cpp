// A pool whose dispatcher hands each task to the first worker that is idle. Where the first one is always quick enough,
// the second never gets a task. A starvation. Cured in idle_worker_fixed.cpp.
#include <array>
#include <heddle/heddle.hpp>

HEDDLE_TEST("every worker gets tasks") {
  constexpr int workers = 2;
  std::array<heddle::atomic<bool>, workers> busy{false, false};
  auto work = [&](int me) {
    for (;;) {
      busy[me].wait(false);
      heddle::progress();  // the task
      busy[me].store(false);
    }
  };
  auto dispatch = [&] {
    for (;;) {
      for (int worker = 0; worker < workers; ++worker) {
        if (busy[worker].load()) continue;
        busy[worker].store(true);
        busy[worker].notify_one();
        heddle::progress();
        break;
      }
    }
  };
  heddle::thread a(work, 0);
  heddle::thread b(work, 1);
  heddle::thread c(dispatch);
  a.join();
  b.join();
  c.join();
}
