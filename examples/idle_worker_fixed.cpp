// idle_worker.cpp where the dispatcher goes round: it looks for an idle worker from the one after the last. Verified
// under --search=liveness.
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
    for (int worker = 0;; worker = (worker + 1) % workers) {
      while (busy[worker].load()) {
      }
      busy[worker].store(true);
      busy[worker].notify_one();
      heddle::progress();
    }
  };
  heddle::thread a(work, 0);
  heddle::thread b(work, 1);
  heddle::thread c(dispatch);
  a.join();
  b.join();
  c.join();
}
