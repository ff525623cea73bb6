// The condition variable is told of the token: a stop wakes the wait.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("the worker can be stopped") {
  heddle::mutex m;
  heddle::condition_variable_any arrived;
  heddle::var<int> jobs{1};
  heddle::jthread worker([&](heddle::stop_token stop) {
    std::unique_lock lock(m);
    while (arrived.wait(lock, stop, [&] { return jobs > 0; })) jobs -= 1;
  });
}
