// Stop tokens, their callbacks, and the threads and waits that heed them.
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "models/checked.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using heddle::models::test::executions;
using heddle::models::test::verdict;

TEST_CASE("a stop is requested once, and every token sees it", "[models]") {
  CHECK(executions([] {
          heddle::stop_source source;
          const heddle::stop_token token = source.get_token();
          HEDDLE_ASSERT(token.stop_possible());
          HEDDLE_ASSERT(!token.stop_requested());
          HEDDLE_ASSERT(source.request_stop());
          HEDDLE_ASSERT(!source.request_stop());
          HEDDLE_ASSERT(token.stop_requested());
          HEDDLE_ASSERT(token == source.get_token());
          const heddle::stop_token none;
          HEDDLE_ASSERT(!none.stop_possible());
          HEDDLE_ASSERT(!none.stop_requested());
          heddle::stop_token orphan;
          {
            auto other = std::make_unique<heddle::stop_source>();
            orphan = other->get_token();
            const heddle::stop_source copy(*other);
            other.reset();
            HEDDLE_ASSERT(orphan.stop_possible());
          }
          HEDDLE_ASSERT(!orphan.stop_possible());
        }) == 1);
}

TEST_CASE("of two that request a stop, one does", "[models]") {
  CHECK(executions([] {
          heddle::stop_source source;
          heddle::var<int> requested{0};
          bool first = false;
          heddle::thread other([&] { first = source.request_stop(); });
          const bool second = source.request_stop();
          other.join();
          HEDDLE_ASSERT(first != second);
        }) == 2);
}

TEST_CASE("what happens before a request of a stop is seen by who sees the request", "[models]") {
  const auto seen_by = [](bool asks) {
    return [asks] {
      heddle::var<int> data{0};
      heddle::stop_source source;
      heddle::thread other([&, token = source.get_token()] {
        if (!asks || token.stop_requested()) HEDDLE_ASSERT(data == 1);
      });
      data = 1;
      source.request_stop();
      other.join();
    };
  };
  for (const char* model : {"sc", "tso", "ra", "rc11"}) {
    heddle::Options options;
    options.model = model;
    CHECK(executions(seen_by(true), options) == 2);
  }
  CHECK_THAT(verdict(seen_by(false)), Contains("data-race"));
}

TEST_CASE("who does not see a stop requested synchronizes with nobody", "[models]") {
  // [thread.stoptoken.intro] 5: only a request that returns true does, with who sees it; a registration with the call.
  CHECK_THAT(verdict([] {
               heddle::stop_source source;
               heddle::var<int> data{0};
               heddle::thread other([&] {
                 data = 1;
                 source.request_stop();
               });
               if (!source.request_stop()) HEDDLE_ASSERT(data == 1);
               other.join();
             }),
             StartsWith("data-race"));
  const auto after_registration = [](auto use) {
    return [use] {
      heddle::stop_source source;
      heddle::var<int> data{0};
      heddle::atomic<bool> registered{false};
      heddle::thread other([&] {
        data = 1;
        const heddle::stop_callback callback(source.get_token(), [] {});
        registered.store(true, heddle::memory_order_relaxed);
      });
      if (registered.load(heddle::memory_order_relaxed)) {
        use(source);
        HEDDLE_ASSERT(data == 1);
      }
      other.join();
    };
  };
  CHECK_THAT(verdict(after_registration([](auto& source) { HEDDLE_ASSERT(!source.stop_requested()); })),
             StartsWith("data-race"));
  CHECK_THAT(
      verdict(after_registration([](auto& source) { const heddle::stop_callback mine(source.get_token(), [] {}); })),
      StartsWith("data-race"));
  CHECK_THAT(verdict(after_registration([](auto& source) {
               heddle::mutex m;
               heddle::condition_variable_any c;
               std::unique_lock lock(m);
               c.wait_for(lock, source.get_token(), 10ms, [] { return false; });
             })),
             StartsWith("data-race"));
}

TEST_CASE("a stop that was requested before the wait has it ask once", "[models]") {
  // [thread.condvarany.intwait] 2: while (!token.stop_requested()) { … } return predicate();
  CHECK(executions([] {
          heddle::stop_source source;
          heddle::mutex m;
          heddle::condition_variable_any c;
          std::unique_lock lock(m);
          source.request_stop();
          int asked = 0;
          HEDDLE_ASSERT(!c.wait(lock, source.get_token(), [&] {
            ++asked;
            return false;
          }));
          HEDDLE_ASSERT(asked == 1);
        }) == 1);
}

TEST_CASE("a callback is called by who requests the stop, or at once, or not at all", "[models]") {
  CHECK(executions([] {
          heddle::stop_source source;
          heddle::thread::id by;
          int calls = 0;
          heddle::thread other([&] { source.request_stop(); });
          const heddle::thread::id other_id = other.get_id();
          {
            const heddle::stop_callback callback(source.get_token(), [&] {
              ++calls;
              by = heddle::this_thread::get_id();
            });
          }
          other.join();
          HEDDLE_ASSERT(calls <= 1);
          HEDDLE_ASSERT(calls == 0 || by == other_id || by == heddle::this_thread::get_id());
        }) == 3);  // requested before the callback is there, while it is, or when it is gone
}

TEST_CASE("a callback that is destroyed has returned", "[models]") {
  CHECK(verdict([] {
          heddle::stop_source source;
          heddle::thread other([&] { source.request_stop(); });
          {
            heddle::var<int> data{0};
            heddle::var<int> more{0};
            heddle::atomic<int> steps{0};
            const heddle::stop_callback first(source.get_token(), [&] {
              data = 1;
              steps.store(1);
              data = 2;
            });
            const heddle::stop_callback second(source.get_token(), [&] { more = 1; });
          }
          other.join();
        }) == "verified");
}

TEST_CASE("callbacks are called in every order", "[models]") {
  const auto harness = [](bool ordered) {
    return [ordered] {
      heddle::stop_source source;
      int calls = 0;
      const heddle::stop_callback a(source.get_token(), [&] { ++calls; });
      const heddle::stop_callback b(source.get_token(), [&] {
        if (ordered) HEDDLE_ASSERT(calls == 1);
      });
      const heddle::stop_callback c(source.get_token(), [&] { ++calls; });
      source.request_stop();
      HEDDLE_ASSERT(calls == 2);
    };
  };
  CHECK(executions(harness(false)) == 6);  // 3!
  CHECK_THAT(verdict(harness(true)), StartsWith("assertion: "));
}

TEST_CASE("a callback may destroy itself; one that waits for who destroys it is a deadlock", "[models]") {
  CHECK(verdict([] {
          heddle::stop_source source;
          struct Callback;
          using Stop = heddle::stop_callback<std::function<void()>>;
          std::optional<Stop> callback;
          callback.emplace(source.get_token(), [&] { callback.reset(); });
          source.request_stop();
          HEDDLE_ASSERT(!callback);
        }) == "verified");
  CHECK_THAT(verdict([] {
               heddle::stop_source source;
               heddle::binary_semaphore go(0);
               heddle::thread other([&] { source.request_stop(); });
               {
                 const heddle::stop_callback callback(source.get_token(), [&] { go.acquire(); });
               }
               go.release();
               other.join();
             }),
             StartsWith("deadlock: "));
}

TEST_CASE("a jthread is stopped and joined when it is destroyed", "[models]") {
  CHECK(executions([] {
          heddle::var<bool> done{false};
          {
            heddle::jthread worker(
                [&](heddle::stop_token token, int one) {
                  HEDDLE_ASSERT(one == 1);
                  heddle::mutex m;
                  heddle::condition_variable_any c;
                  std::unique_lock lock(m);
                  HEDDLE_ASSERT(!c.wait(lock, token, [] { return false; }));
                  HEDDLE_ASSERT(token.stop_requested());
                  done = true;
                },
                1);
            HEDDLE_ASSERT(worker.joinable());
            heddle::jthread moved(std::move(worker));
            HEDDLE_ASSERT(!worker.joinable());
          }
          HEDDLE_ASSERT(done);
        }) > 1);
  CHECK(executions([] {
          heddle::var<int> x{0};
          heddle::jthread plain([&] { x = 1; });
          plain.join();
          HEDDLE_ASSERT(x == 1);
          heddle::jthread none;
          HEDDLE_ASSERT(!none.joinable());
          HEDDLE_ASSERT(!none.request_stop());
        }) == 1);
}

TEST_CASE("a stop wakes whoever waits, and is not lost", "[models]") {
  const auto harness = [](bool timed) {
    return [timed] {
      heddle::mutex m;
      heddle::condition_variable_any c;
      heddle::var<bool> ready{false};
      heddle::jthread waiter([&](heddle::stop_token token) {
        std::unique_lock lock(m);
        const bool held = timed ? c.wait_for(lock, token, 10ms, [&] { return ready.read(); })
                                : c.wait(lock, token, [&] { return ready.read(); });
        HEDDLE_ASSERT(held == ready);
      });
      heddle::thread setter([&] {
        const std::lock_guard lock(m);
        ready = true;
        c.notify_one();
      });
      waiter.request_stop();
      setter.join();
    };
  };
  CHECK(verdict(harness(false)) == "verified");
  CHECK(verdict(harness(true)) == "verified");
}
