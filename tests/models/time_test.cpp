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

/// Calls `wait` with a lock that another thread takes to say that it is ready, and to notify.
template <class Wait>
void await_notification(const Wait& wait) {
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
  wait(c, lock, ready);
  lock.unlock();
  other.join();
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
  for (const Timeouts timeouts : {Timeouts::any, Timeouts::last, Timeouts::never}) {
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
    await_notification([](heddle::condition_variable& c, std::unique_lock<heddle::mutex>& lock, heddle::var<bool>&) {
      agrees([&] { return c.wait_for(lock, 10ms) == heddle::cv_status::no_timeout; }, 10ms);
    });
  };
  // Notified, and the limit passes before it returns, or does not; or timed out before that, and then the mutex is had
  // again before the other has it, or after.
  CHECK(executions(harness, with(Timeouts::any)) == 4);
  CHECK(executions(harness, with(Timeouts::never)) == 1);
}

TEST_CASE("a wait for a condition is as much in time as the condition: no more executions for it", "[models]") {
  const auto harness = [] {
    await_notification(
        [](heddle::condition_variable& c, std::unique_lock<heddle::mutex>& lock, heddle::var<bool>& ready) {
          const bool held = c.wait_for(lock, 10ms, [&] { return ready.read(); });
          HEDDLE_ASSERT(held == ready);
        });
  };
  // Notified; or timed out before that, and the mutex is had again before the other has it, or after.
  CHECK(executions(harness, with(Timeouts::any)) == 3);
}

TEST_CASE("whoever times out may have used up a notification, which is then lost to the others", "[models]") {
  const auto harness = [](auto condition, bool passes_on) {
    return [=] {
      heddle::mutex m;
      typename decltype(condition)::type c;
      heddle::latch waiting(2);
      heddle::thread impatient([&] {
        std::unique_lock lock(m);
        waiting.count_down();
        if (c.wait_for(lock, 10ms) == heddle::cv_status::no_timeout || passes_on) c.notify_one();
      });
      heddle::thread patient([&] {
        std::unique_lock lock(m);
        waiting.count_down();
        c.wait(lock);
      });
      waiting.wait();
      m.lock();  // both have given it up
      m.unlock();
      c.notify_one();
      impatient.join();
      patient.join();
    };
  };
  const auto lost = [&](auto condition) {
    CHECK(verdict(harness(condition, false), with(Timeouts::any)).starts_with("deadlock"));
    CHECK(verdict(harness(condition, true), with(Timeouts::any)) == "verified");
    // Here no time passes between the notification and the lock.
    CHECK(verdict(harness(condition, false), with(Timeouts::last)) == "verified");
  };
  lost(std::type_identity<heddle::condition_variable>());
  lost(std::type_identity<heddle::condition_variable_any>());
}

TEST_CASE("a wait until a time that has passed says timeout, notified or not", "[models]") {
  for (const Timeouts timeouts : {Timeouts::any, Timeouts::last, Timeouts::never}) {
    CHECK(verdict(
              [] {
                heddle::mutex m;
                heddle::condition_variable c;
                heddle::condition_variable_any any;
                heddle::thread waiter([&] {
                  std::unique_lock lock(m);
                  HEDDLE_ASSERT(c.wait_until(lock, Clock::now() - 1s) == heddle::cv_status::timeout);
                  HEDDLE_ASSERT(any.wait_for(lock, 0s) == heddle::cv_status::timeout);
                });
                c.notify_one();
                any.notify_one();
                waiter.join();
              },
              with(timeouts)) == "verified");
  }
}

TEST_CASE("a wait that is notified too late by the clock says timeout", "[models]") {
  for (const Timeouts timeouts : {Timeouts::any, Timeouts::last, Timeouts::never}) {
    CHECK(verdict(
              [] {
                heddle::mutex m;
                heddle::condition_variable c;
                heddle::latch waiting(1);
                const Clock::time_point end = Clock::now() + 10ms;
                heddle::thread waiter([&] {
                  std::unique_lock lock(m);
                  waiting.count_down();
                  const bool in_time = c.wait_until(lock, end) == heddle::cv_status::no_timeout;
                  HEDDLE_ASSERT(in_time == (Clock::now() < end));
                });
                waiting.wait();
                heddle::this_thread::sleep_for(20ms);
                m.lock();
                m.unlock();
                c.notify_one();
                waiter.join();
              },
              with(timeouts)) == "verified");
  }
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

TEST_CASE("a clock is that of what happened before, not of what commutes with it", "[models]") {
  const auto posts = [] {
    heddle::counting_semaphore<> s(0);
    const auto start = heddle::steady_clock::now();
    heddle::thread late([&] {
      heddle::this_thread::sleep_for(1h);
      s.release();
    });
    heddle::thread early([&] {
      s.release();
      HEDDLE_ASSERT(heddle::steady_clock::now() - start < 1h);
    });
    late.join();
    early.join();
    s.acquire();
    HEDDLE_ASSERT(heddle::steady_clock::now() - start >= 1h);
  };
  for (const char* bound : {"", "auto"}) CHECK(verdict(posts, {.preemption_bound = bound}) == "verified");
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

// --- --timeouts=last ---

namespace {

/// Another thread holds a mutex for a while, and the main thread tries it for 10 ms.
std::uint64_t tries_while_held_for(std::chrono::milliseconds held, bool may_fail) {
  return executions(
      [=] {
        heddle::timed_mutex m;
        heddle::thread other([&] {
          m.lock();
          heddle::this_thread::sleep_for(held);
          m.unlock();
        });
        agrees(
            [&] {
              const bool got = m.try_lock_for(10ms);
              if (got) m.unlock();
              HEDDLE_ASSERT(got || may_fail);
              return got;
            },
            10ms);
        other.join();
      },
      with(Timeouts::last));
}

}  // namespace

TEST_CASE("where time passes last, a timed lock waits for whoever lets go before its limit ends", "[models]") {
  // Before the other, or after it …
  CHECK(tries_while_held_for(0ms, false) == 2);
  CHECK(tries_while_held_for(9ms, false) == 2);
  // … or, where the other holds it longer, in vain.
  CHECK(tries_while_held_for(11ms, true) == 2);
}

TEST_CASE("what ends at the same time ends in any order", "[models]") {
  const auto increments = [](std::chrono::milliseconds a, std::chrono::milliseconds b) {
    return executions(
        [=] {
          heddle::atomic<int> x{0};
          const auto increment = [&x](std::chrono::milliseconds after) {
            heddle::this_thread::sleep_for(after);
            x.fetch_add(1);
          };
          heddle::thread other([&] { increment(a); });
          increment(b);
          other.join();
        },
        with(Timeouts::last));
  };
  CHECK(increments(5ms, 5ms) == 2);
  CHECK(increments(5ms, 6ms) == 1);
  CHECK(increments(6ms, 5ms) == 1);
}

TEST_CASE("a wait that nobody ends times out where nothing else can run", "[models]") {
  CHECK(executions(
            [] {
              heddle::mutex m;
              heddle::condition_variable c;
              heddle::binary_semaphore s(0);
              heddle::promise<int> promise;
              const heddle::future<int> future = promise.get_future();
              std::unique_lock lock(m);
              const Clock::time_point start = Clock::now();
              HEDDLE_ASSERT(c.wait_for(lock, 10ms) == heddle::cv_status::timeout);
              HEDDLE_ASSERT(!s.try_acquire_for(10ms));
              HEDDLE_ASSERT(future.wait_for(10ms) == heddle::future_status::timeout);
              HEDDLE_ASSERT(Clock::now() - start >= 30ms && Clock::now() - start < 31ms);
            },
            with(Timeouts::last)) == 1);
}

TEST_CASE("a notification comes before the end of the limit, or the wait has not begun", "[models]") {
  const auto harness = [] {
    heddle::mutex m;
    heddle::condition_variable c;
    heddle::thread other([&] {
      const std::lock_guard lock(m);
      c.notify_one();
    });
    std::unique_lock lock(m);
    c.wait_for(lock, 10ms);
    lock.unlock();
    other.join();
  };
  CHECK(executions(harness, with(Timeouts::last)) == 2);  // notified; or too early, and timed out
  CHECK(verdict(harness, with(Timeouts::never)).starts_with("deadlock"));
}

TEST_CASE("a wait for a condition ends with its limit, however often it is notified before", "[models]") {
  const auto harness = [](auto wait) {
    return [wait] {
      heddle::mutex m;
      heddle::condition_variable_any c;
      heddle::thread other([&] {
        for (int i = 0; i < 3; ++i) {
          heddle::this_thread::sleep_for(4ms);
          c.notify_all();
        }
      });
      std::unique_lock lock(m);
      const Clock::time_point start = Clock::now();
      HEDDLE_ASSERT(!wait(c, lock));
      HEDDLE_ASSERT(Clock::now() - start >= 10ms && Clock::now() - start < 11ms);
      lock.unlock();
      other.join();
    };
  };
  const auto never = [] { return false; };
  CHECK(executions(harness([=](auto& c, auto& lock) { return c.wait_for(lock, 10ms, never); }), with(Timeouts::last)) ==
        1);
  CHECK(executions(harness([=](auto& c, auto& lock) { return c.wait_until(lock, Clock::now() + 10ms, never); }),
                   with(Timeouts::last)) == 1);
  CHECK(executions(harness([=](auto& c, auto& lock) {
                     return c.wait_for(lock, heddle::stop_source().get_token(), 10ms, never);
                   }),
                   with(Timeouts::last)) == 1);
  CHECK(executions(
            [] {
              heddle::mutex m;
              heddle::condition_variable c;
              heddle::thread other([&] {
                heddle::this_thread::sleep_for(9ms);
                c.notify_all();
              });
              std::unique_lock lock(m);
              const Clock::time_point start = Clock::now();
              HEDDLE_ASSERT(!c.wait_for(lock, 10ms, [] { return false; }));
              HEDDLE_ASSERT(Clock::now() - start < 11ms);
              lock.unlock();
              other.join();
            },
            with(Timeouts::last)) == 1);
}

TEST_CASE("a notification in time is of no use to a wait that has its lock again too late", "[models]") {
  const auto harness = [](std::chrono::milliseconds held, heddle::cv_status expected) {
    return [=] {
      heddle::mutex m;
      heddle::condition_variable c;
      m.lock();
      heddle::thread other([&] {
        const std::lock_guard lock(m);
        c.notify_one();
        heddle::this_thread::sleep_for(held);
      });
      std::unique_lock lock(m, std::adopt_lock);
      HEDDLE_ASSERT(c.wait_for(lock, 10ms) == expected);
      lock.unlock();
      other.join();
    };
  };
  // The other has the mutex when the wait has given it up, and not before.
  CHECK(executions(harness(9ms, heddle::cv_status::no_timeout), with(Timeouts::last)) == 1);
  CHECK(executions(harness(11ms, heddle::cv_status::timeout), with(Timeouts::last)) == 1);
}

TEST_CASE("to sleep is not to synchronize", "[models]") {
  CHECK(verdict(
            [] {
              heddle::var<int> x{0};
              heddle::thread other([&] { x = 1; });
              heddle::this_thread::sleep_for(1h);
              HEDDLE_ASSERT(x.read() == 1);
              other.join();
            },
            with(Timeouts::last))
            .starts_with("data-race"));
}

TEST_CASE("what was written before time passed is seen after it", "[models]") {
  for (const char* model : {"sc", "tso", "ra", "rc11"}) {
    Options options = with(Timeouts::last);
    options.model = model;
    CHECK(executions(
              [] {
                heddle::atomic<int> x{0};
                heddle::thread other([&] { x.store(1, heddle::memory_order_relaxed); });
                heddle::this_thread::sleep_for(1ms);
                HEDDLE_ASSERT(x.load(heddle::memory_order_relaxed) == 1);
                other.join();
              },
              options) == 1);
  }
}

TEST_CASE("loops that poll end, and loops that wait for one who sleeps", "[models]") {
  const auto waiting = [](auto pause) {
    return executions(
        [=] {
          heddle::atomic<bool> a{false};
          heddle::atomic<bool> b{false};
          heddle::thread other([&] {
            heddle::this_thread::sleep_for(3ms);
            a.store(true);
          });
          while (!a.load() && !b.load()) pause();
          other.join();
        },
        with(Timeouts::last));
  };
  // At 0, 1, 2 and 3 ms; there the store comes before the look at a, or after it: and then there is a look at 4 ms.
  CHECK(waiting([] { heddle::this_thread::sleep_for(1ms); }) == 2);
  // The store comes before the look at a, or between it and the next one.
  CHECK(waiting([] {}) <= 2);
}

TEST_CASE("a loop that polls the clock until a deadline comes to it in a few rounds", "[models]") {
  const auto poll = [](Clock::duration limit) {
    return [=] {
      heddle::atomic<bool> done{false};
      heddle::thread other([&] { done.store(true); });
      const Clock::time_point deadline = Clock::now() + limit;
      bool in_time = true;
      while (in_time && !done.load()) in_time = Clock::now() < deadline;
      HEDDLE_ASSERT(!in_time || done.load());
      other.join();
    };
  };
  // Looks 1, 2, … k of the loop come to 2^k - 1 microseconds: 16 looks for 50 ms. The store is seen by one of as many
  // loads, or by none of them.
  CHECK(executions(poll(50ms)) == 17);
  CHECK(executions(poll(30s)) == 26);
  Options liveness;
  liveness.search = "liveness";
  CHECK(verdict(poll(50ms), liveness) == "verified");
  // Where time passes last, the loop is cut: other threads can move, and a look takes a microsecond.
  Options last = with(Timeouts::last);
  last.max_events = 100;
  CHECK(verdict(poll(50ms), last).find("reached the bound of --max-events=100") != std::string::npos);
}

TEST_CASE("the clock goes on by a microsecond where it is looked at in turn from different places", "[models]") {
  CHECK(executions([] {
          for (int round = 0; round < 30; ++round) {
            const Clock::time_point before = Clock::now();
            HEDDLE_ASSERT(Clock::now() - before == 1us);
          }
        }) == 1);
}

TEST_CASE("searches in which a thread can always run refuse timeouts that come last", "[models]") {
  const auto refused = [](Options options) {
    try {
      heddle::check(options, [] {});
      return std::string();
    } catch (const heddle::Error& error) {
      return std::string(error.what());
    }
  };
  Options liveness = with(Timeouts::last);
  liveness.search = "liveness";
  CHECK(refused(liveness).find("--timeouts=last is not for --search=liveness") != std::string::npos);
  Options scheduled = with(Timeouts::last);
  scheduled.scheduler = "fifo";
  CHECK(refused(scheduled).find("--timeouts=last does not go together with --scheduler=fifo") != std::string::npos);
}
