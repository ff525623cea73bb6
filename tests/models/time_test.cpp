// Virtual time: waits with a limit, and clocks that agree with what became of them.
#include <catch2/catch.hpp>

#include "models/checked.hpp"

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using heddle::Options;
using heddle::Timeouts;
using heddle::models::test::executions;
using heddle::models::test::verdict;

namespace {

Options with(Timeouts timeouts) {
  Options options;
  options.timeouts = timeouts;
  return options;
}

/// Calls `wait`, and looks at the clock around it: when it times out, its time has passed.
void agrees(const std::function<bool()>& wait, Clock::duration limit) {
  const Clock::time_point before = Clock::now();
  const bool in_time = wait();
  HEDDLE_ASSERT(in_time || Clock::now() - before >= limit);
  HEDDLE_ASSERT(!in_time || Clock::now() - before < limit);
}

}  // namespace

TEST_CASE("a timed lock gets the mutex, or times out while another thread holds it", "[models]") {
  const auto harness = [] {
    heddle::timed_mutex m;
    heddle::thread other([&] {
      m.lock();
      m.unlock();
    });
    agrees(
        [&] {
          const bool got = m.try_lock_for(10ms);
          if (got) m.unlock();
          return got;
        },
        10ms);
    other.join();
  };
  CHECK(executions(harness, with(Timeouts::any)) == 3);    // before the other, after it, in between
  CHECK(executions(harness, with(Timeouts::never)) == 2);  // before it, after it
}

TEST_CASE("a limit that has passed is none: nobody waits, whatever is said of timeouts", "[models]") {
  for (const Timeouts timeouts : {Timeouts::any, Timeouts::never}) {
    CHECK(executions(
              [] {
                heddle::shared_timed_mutex m;
                heddle::binary_semaphore s(0);
                heddle::mutex held;
                heddle::condition_variable c;
                m.lock();
                heddle::thread other([&] {
                  HEDDLE_ASSERT(!m.try_lock_shared_for(0s));
                  HEDDLE_ASSERT(!m.try_lock_until(Clock::now() - 1s));
                  HEDDLE_ASSERT(!s.try_acquire_for(-1s));
                  std::unique_lock lock(held);
                  HEDDLE_ASSERT(c.wait_for(lock, 0s) == heddle::cv_status::timeout);
                  HEDDLE_ASSERT(!c.wait_until(lock, Clock::now(), [] { return false; }));
                });
                other.join();
                m.unlock();
              },
              with(timeouts)) == 1);
  }
}

TEST_CASE("a wait with a limit is notified, or times out before that", "[models]") {
  const auto harness = [] {
    heddle::mutex m;
    heddle::condition_variable c;
    heddle::var<bool> ready{false};
    m.lock();
    heddle::thread other([&] {
      const std::lock_guard lock(m);
      ready = true;
      c.notify_one();
    });
    std::unique_lock lock(m, std::adopt_lock);
    agrees([&] { return c.wait_for(lock, 10ms) == heddle::cv_status::no_timeout; }, 10ms);
    lock.unlock();
    other.join();
  };
  // Notified; or timed out before that, and then the mutex is had again before the other has it, or after.
  CHECK(executions(harness, with(Timeouts::any)) == 3);
  CHECK(executions(harness, with(Timeouts::never)) == 1);
}

TEST_CASE("a wait for a condition with a limit says whether it holds", "[models]") {
  const auto harness = [] {
    heddle::mutex m;
    heddle::condition_variable_any c;
    heddle::var<bool> ready{false};
    heddle::thread other([&] {
      const std::lock_guard lock(m);
      ready = true;
      c.notify_one();
    });
    std::unique_lock lock(m);
    const Clock::time_point start = Clock::now();
    const bool held = c.wait_for(lock, 10ms, [&] { return ready.read(); });
    HEDDLE_ASSERT(held == ready);
    HEDDLE_ASSERT(held || Clock::now() - start >= 10ms);
    lock.unlock();
    other.join();
  };
  CHECK(verdict(harness, with(Timeouts::any)) == "verified");
  CHECK(verdict(harness, with(Timeouts::never)) == "verified");
}

TEST_CASE("what happens before is not later by the clock", "[models]") {
  CHECK(executions([] {
          heddle::atomic<bool> slept{false};
          heddle::var<Clock::time_point> when{Clock::time_point()};
          const Clock::time_point start = Clock::now();
          heddle::thread other([&] {
            heddle::this_thread::sleep_for(1h);
            when = Clock::now();
            HEDDLE_ASSERT(when.read() - start >= 1h);
            slept.store(true);
          });
          if (slept.load()) HEDDLE_ASSERT(Clock::now() > when.read());
          other.join();
          HEDDLE_ASSERT(Clock::now() > when.read());
        }) == 2);  // it saw the store or not
}

TEST_CASE("sleeping until a time brings the clock there", "[models]") {
  CHECK(executions([] {
          const Clock::time_point then = Clock::now() + 1h;
          heddle::this_thread::sleep_until(then);
          HEDDLE_ASSERT(Clock::now() >= then);
          heddle::this_thread::sleep_until(then);  // long past
          HEDDLE_ASSERT(Clock::now() < then + 1min);
          heddle::this_thread::sleep_for(std::chrono::hours::max());  // as long as there is time
        }) == 1);
}
