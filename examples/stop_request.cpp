// A worker waits for jobs, or to be stopped. It looks at its stop token, but a request of a stop wakes nobody who waits
// in a condition variable without that token.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("the worker can be stopped") {
  heddle::mutex m;
  heddle::condition_variable_any arrived;
  heddle::var<int> jobs{1};
  heddle::jthread worker([&](heddle::stop_token stop) {
    std::unique_lock lock(m);
    while (true) {
      arrived.wait(lock, [&] { return jobs > 0 || stop.stop_requested(); });  // wrong: a stop does not notify
      if (jobs == 0) return;
      jobs -= 1;
    }
  });
}  // the jthread requests a stop, and joins
