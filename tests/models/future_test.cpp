// Promises, futures, tasks and async: results, errors, what happens before, and who waits for whom.
#include <catch2/catch.hpp>
#include <memory>
#include <stdexcept>
#include <string>

#include "models/checked.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using heddle::models::test::executions;
using heddle::models::test::verdict;

namespace {

/// Calls `act`, which must throw a future_error of that code.
void fails(heddle::future_errc code, const std::function<void()>& act) {
  bool failed = false;
  try {
    act();
  } catch (const heddle::future_error& error) {
    failed = error.code() == code;
  }
  HEDDLE_ASSERT(failed);
}

/// Writes there when its thread ends.
struct Local {
  heddle::var<int>* data = nullptr;
  ~Local() {
    if (data != nullptr) *data = 1;
  }
};
thread_local Local local;

}  // namespace

TEST_CASE("a future gets what the promise is given, and what happened before", "[models]") {
  CHECK(executions([] {
          heddle::promise<int> promise;
          heddle::future<int> future = promise.get_future();
          heddle::var<int> data{0};
          heddle::thread maker([&] {
            data = 1;
            promise.set_value(42);
          });
          HEDDLE_ASSERT(future.valid());
          HEDDLE_ASSERT(future.get() == 42);
          HEDDLE_ASSERT(data == 1);
          HEDDLE_ASSERT(!future.valid());
          maker.join();
        }) == 1);
}

TEST_CASE("values that own memory, references and void go through a future", "[models]") {
  CHECK(executions([] {
          heddle::promise<std::unique_ptr<int>> owner;
          heddle::future<std::unique_ptr<int>> owned = owner.get_future();
          heddle::promise<std::string> text;
          heddle::promise<int&> reference;
          heddle::promise<void> nothing;
          heddle::thread maker([&, mine = std::move(owner)]() mutable {
            mine.set_value(std::make_unique<int>(7));
            text.set_value("seven");
          });
          int x = 7;
          reference.set_value(x);
          nothing.set_value();
          HEDDLE_ASSERT(*owned.get() == 7);
          HEDDLE_ASSERT(text.get_future().get() == "seven");
          HEDDLE_ASSERT(&reference.get_future().get() == &x);
          nothing.get_future().get();
          maker.join();
        }) == 1);
}

TEST_CASE("a result that nobody takes is destroyed once, in order", "[models]") {
  // The value has plain data, so a destruction that nothing orders would be a race, and one that is missing a leak.
  struct Value {
    std::unique_ptr<heddle::var<int>> data = std::make_unique<heddle::var<int>>(1);
  };
  const auto dropped = [](bool looks) {
    return [looks] {
      heddle::promise<Value> promise;
      heddle::future<Value> future = promise.get_future();
      heddle::thread maker([mine = std::move(promise)]() mutable { mine.set_value(Value()); });
      if (looks) future.wait();
      { const heddle::future<Value> gone(std::move(future)); }
      maker.join();
    };
  };
  CHECK(executions(dropped(true)) == 1);
  CHECK(executions(dropped(false)) == 2);  // set before the future is gone, or after
}

TEST_CASE("a promise is kept once", "[models]") {
  using heddle::future_errc;
  CHECK(executions([] {
          heddle::promise<int> promise;
          heddle::future<int> future = promise.get_future();
          fails(future_errc::future_already_retrieved, [&] { static_cast<void>(promise.get_future()); });
          promise.set_value(1);
          fails(future_errc::promise_already_satisfied, [&] { promise.set_value(2); });
          fails(future_errc::promise_already_satisfied, [&] { promise.set_value_at_thread_exit(2); });
          fails(future_errc::promise_already_satisfied, [&] { promise.set_exception(std::make_exception_ptr(1)); });
          HEDDLE_ASSERT(future.get() == 1);
          fails(future_errc::no_state, [&] { static_cast<void>(future.get()); });
          fails(future_errc::no_state, [&] { future.wait(); });
          fails(future_errc::no_state, [&] { future.wait_for(1s); });
          heddle::promise<int> moved(std::move(promise));
          fails(future_errc::no_state, [&] { promise.set_value(1); });
          fails(future_errc::no_state, [&] { static_cast<void>(promise.get_future()); });
          heddle::packaged_task<int()> task;
          fails(future_errc::no_state, [&] { task(); });
        }) == 1);
  CHECK(executions([] {  // of two that keep it, one does
          heddle::promise<int> promise;
          bool kept = true;
          heddle::thread other([&] {
            try {
              promise.set_value(1);
            } catch (const heddle::future_error&) {
              kept = false;
            }
          });
          bool kept_here = true;
          try {
            promise.set_value(2);
          } catch (const heddle::future_error&) {
            kept_here = false;
          }
          other.join();
          HEDDLE_ASSERT(kept != kept_here);
          HEDDLE_ASSERT(promise.get_future().get() == (kept ? 1 : 2));
        }) == 2);
}

namespace {

/// Whose first copy throws.
struct Throwing {
  explicit Throwing(bool& has_thrown) : thrown(&has_thrown) {}
  Throwing(const Throwing& other) : thrown(other.thrown) {
    if (!std::exchange(*thrown, true)) throw 1;
  }
  bool* thrown;
};

}  // namespace

TEST_CASE("a value that cannot be copied leaves the promise as it was", "[models]") {
  const auto harness = [](bool at_exit, bool again) {
    return [=] {
      bool thrown = false;
      heddle::future<Throwing> future;
      heddle::thread other([&] {
        heddle::promise<Throwing> promise;
        future = promise.get_future();
        const Throwing value(thrown);
        const auto set = [&] { at_exit ? promise.set_value_at_thread_exit(value) : promise.set_value(value); };
        try {
          set();
          HEDDLE_ASSERT(!"the copy throws");
        } catch (int) {
        }
        if (again) set();
      });
      other.join();
      try {
        future.get();
        HEDDLE_ASSERT(again);
      } catch (const heddle::future_error& error) {
        HEDDLE_ASSERT(!again && error.code() == heddle::future_errc::broken_promise);
      }
    };
  };
  for (const bool at_exit : {false, true})
    for (const bool again : {false, true}) CHECK(verdict(harness(at_exit, again)) == "verified");
}

TEST_CASE("exceptions and broken promises come out of the future", "[models]") {
  CHECK(executions([] {
          heddle::promise<int> promise;
          heddle::future<int> future = promise.get_future();
          promise.set_exception(std::make_exception_ptr(std::runtime_error("out of luck")));
          bool thrown = false;
          try {
            static_cast<void>(future.get());
          } catch (const std::runtime_error& error) {
            thrown = error.what() == std::string("out of luck");
          }
          HEDDLE_ASSERT(thrown);
          HEDDLE_ASSERT(!future.valid());
          {
            heddle::promise<int> broken;
            future = broken.get_future();
          }
          fails(heddle::future_errc::broken_promise, [&] { static_cast<void>(future.get()); });
        }) == 1);
}

TEST_CASE("a promise that nobody keeps is a deadlock", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::promise<void> promise;
               promise.get_future().wait();
             }),
             StartsWith("deadlock: ") && Contains("make it ready"));
}

TEST_CASE("a timed wait for a future sees the result or times out", "[models]") {
  const auto harness = [] {
    heddle::promise<int> promise;
    heddle::future<int> future = promise.get_future();
    heddle::thread maker([&] { promise.set_value(1); });
    const auto start = std::chrono::steady_clock::now();
    if (future.wait_for(10ms) == heddle::future_status::timeout)
      HEDDLE_ASSERT(std::chrono::steady_clock::now() - start >= 10ms);
    HEDDLE_ASSERT(future.get() == 1);
    maker.join();
  };
  CHECK(executions(harness) == 2);
  heddle::Options never;
  never.timeouts = heddle::Timeouts::never;
  CHECK(executions(harness, never) == 1);
}

TEST_CASE("several threads look at the result of a shared future", "[models]") {
  CHECK(executions([] {
          heddle::promise<int> promise;
          const heddle::shared_future<int> shared = promise.get_future().share();
          heddle::thread a([shared] { HEDDLE_ASSERT(shared.get() == 3); });
          heddle::thread b([shared] { HEDDLE_ASSERT(shared.get() == 3); });
          promise.set_value(3);
          HEDDLE_ASSERT(shared.get() == 3);
          a.join();
          b.join();
          HEDDLE_ASSERT(shared.valid());
        }) == 1);
  CHECK(verdict([] {
          heddle::promise<std::string> promise;
          const heddle::shared_future<std::string> shared = promise.get_future().share();
          heddle::thread a([shared] { HEDDLE_ASSERT(shared.get() == "three"); });
          promise.set_value("three");
          a.join();
        }) == "verified");
}

TEST_CASE("a task is called once, unless it is reset", "[models]") {
  CHECK(executions([] {
          heddle::packaged_task<int(int)> task([](int x) {
            if (x < 0) throw std::invalid_argument("negative");
            return 2 * x;
          });
          heddle::future<int> future = task.get_future();
          heddle::thread caller([&] { task(21); });
          HEDDLE_ASSERT(future.get() == 42);
          caller.join();
          fails(heddle::future_errc::promise_already_satisfied, [&] { task(1); });
          task.reset();
          future = task.get_future();
          task(-1);
          bool thrown = false;
          try {
            static_cast<void>(future.get());
          } catch (const std::invalid_argument&) {
            thrown = true;
          }
          HEDDLE_ASSERT(thrown);
          task.reset();
          future = task.get_future();
          task = heddle::packaged_task<int(int)>();
          HEDDLE_ASSERT(!task.valid());
          fails(heddle::future_errc::broken_promise, [&] { static_cast<void>(future.get()); });
        }) == 1);
}

TEST_CASE("async runs beside its caller, who joins it by its future", "[models]") {
  CHECK(executions([] {
          heddle::var<int> data{0};
          heddle::future<int> result = heddle::async(
              heddle::launch::async,
              [&](int x) {
                data = 1;
                return x + 1;
              },
              1);
          HEDDLE_ASSERT(result.get() == 2);
          HEDDLE_ASSERT(data == 1);
          {
            const auto joined = heddle::async([&] { data = 2; });
          }
          HEDDLE_ASSERT(data == 2);
          heddle::shared_future<void> shared = heddle::async([&] { data = 3; }).share();
          { const heddle::shared_future<void> copy(shared); }
          shared = {};
          HEDDLE_ASSERT(data == 3);
          bool thrown = false;
          try {
            heddle::async([] { throw std::runtime_error("no"); }).get();
          } catch (const std::runtime_error&) {
            thrown = true;
          }
          HEDDLE_ASSERT(thrown);
        }) == 1);
}

TEST_CASE("a deferred function is called by who first waits for it", "[models]") {
  CHECK(executions([] {
          const heddle::thread::id main = heddle::this_thread::get_id();
          heddle::future<bool> result =
              heddle::async(heddle::launch::deferred, [=] { return heddle::this_thread::get_id() == main; });
          HEDDLE_ASSERT(result.wait_for(1s) == heddle::future_status::deferred);
          HEDDLE_ASSERT(result.get());
          int calls = 0;
          {
            const auto never = heddle::async(heddle::launch::deferred, [&] { ++calls; });
          }
          HEDDLE_ASSERT(calls == 0);
        }) == 1);
  CHECK(executions([] {
          heddle::var<int> calls{0};
          const heddle::shared_future<void> shared =
              heddle::async(heddle::launch::deferred, [&] { calls += 1; }).share();
          heddle::thread other([&, mine = shared] {
            mine.get();
            HEDDLE_ASSERT(calls == 1);
          });
          shared.get();
          HEDDLE_ASSERT(calls == 1);
          other.join();
        }) == 4);  // either calls it, and the other comes in the middle of that or after it
}

TEST_CASE("results and notifications at the end of a thread come after its thread_locals", "[models]") {
  CHECK(executions([] {
          heddle::var<int> data{0};
          heddle::promise<int> promise;
          heddle::future<int> future = promise.get_future();
          heddle::thread maker([&] {
            promise.set_value_at_thread_exit(5);
            local.data = &data;
          });
          HEDDLE_ASSERT(future.get() == 5);
          HEDDLE_ASSERT(data == 1);
          maker.join();
        }) == 1);
  CHECK(verdict([] {
          heddle::var<int> data{0};
          heddle::mutex m;
          heddle::condition_variable c;
          heddle::var<bool> done{false};
          heddle::thread maker([&] {
            std::unique_lock lock(m);
            done = true;
            local.data = &data;
            heddle::notify_all_at_thread_exit(c, std::move(lock));
          });
          std::unique_lock lock(m);
          c.wait(lock, [&] { return done.read(); });
          HEDDLE_ASSERT(data == 1);
          lock.unlock();
          maker.join();
        }) == "verified");
  CHECK(executions([] {
          heddle::packaged_task<int()> task([] { return 1; });
          heddle::future<int> future = task.get_future();
          heddle::var<bool> last{false};
          heddle::thread maker([&] {
            task.make_ready_at_thread_exit();
            last = true;
          });
          HEDDLE_ASSERT(future.get() == 1);
          HEDDLE_ASSERT(last);
          maker.join();
        }) == 1);
}

TEST_CASE("who looks at a future through the object of another thread waits for itself", "[models]") {
  // [res.on.data.races]: const members may be called by several threads at once.
  const auto looks = [](bool copies) {
    return [copies] {
      heddle::promise<int> promise;
      const auto result = promise.get_future().share();
      const auto is_ready = [](const auto& future) { return future.wait_for(0s) == std::future_status::ready; };
      heddle::thread first([&, copy = result] { (copies ? copy : result).wait(); });
      heddle::thread second([&, copy = result] { HEDDLE_ASSERT(is_ready(copies ? copy : result)); });
      promise.set_value(1);
      first.join();
      second.join();
    };
  };
  for (const bool copies : {false, true}) CHECK_THAT(verdict(looks(copies)), StartsWith("assertion"));
  const auto happens_before = [](bool copies) {
    return [copies] {
      heddle::promise<void> promise;
      const auto result = promise.get_future().share();
      heddle::var<int> data{0};
      const auto read = [&] {
        if (copies) {
          const auto copy = result;
          copy.wait();
        } else {
          result.get();
        }
        HEDDLE_ASSERT(data == 1);
      };
      heddle::thread first(read);
      heddle::thread second(read);
      data = 1;
      promise.set_value();
      result.wait();
      first.join();
      second.join();
    };
  };
  for (const bool copies : {false, true}) CHECK(verdict(happens_before(copies)) == "verified");
}
