// Endless programs whose states are finitely many: nothing that the runtime or a primitive counts keeps them from
// coming back to where they were.
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "models/heddle/heddle.hpp"

using namespace heddle;
using namespace std::chrono_literals;

namespace {

/// Two threads that do `round` for ever.
template <class Round>
std::function<void()> two(Round round) {
  return [round] {
    auto world = round();  // what they share, as a function
    const auto loop = [&] {
      for (;;) {
        world();
        progress();
      }
    };
    thread a(loop);
    thread b(loop);
    a.join();
    b.join();
  };
}

void comes_back(const std::function<void()>& harness) {
  Options options;
  options.search = "liveness";
  options.leaks = Leaks::off;
  options.max_memory_mib = 32;
  const Result result = check(options, harness);
  INFO(result.reason);
  for (const Finding& finding : result.findings) INFO(finding.message);
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.executions == 0);  // none ends
  CHECK(result.states < 5'000);
}

template <class Barrier>
void meet_for_ever(unsigned threads) {
  Barrier barrier(threads);
  std::vector<thread> all;
  for (unsigned t = 0; t < threads; ++t)
    all.emplace_back([&] {
      for (;;) {
        barrier.arrive_and_wait();
        progress();
      }
    });
  for (thread& t : all) t.join();
}

struct Nothing {
  void operator()() noexcept {}
};

}  // namespace

TEST_CASE("phases of a barrier begin again", "[liveness][endless]") {
  comes_back([] { meet_for_ever<barrier<>>(2); });
  comes_back([] { meet_for_ever<barrier<>>(3); });
  comes_back([] { meet_for_ever<barrier<Nothing>>(2); });
  comes_back([] {
    barrier<> gate(2);
    const auto loop = [&] {
      for (;;) {
        auto arrival = gate.arrive();
        gate.wait(std::move(arrival));
        progress();
      }
    };
    thread a(loop);
    thread b(loop);
    a.join();
    b.join();
  });
}

TEST_CASE("who waits at a barrier to which nobody comes waits for ever, after any number of phases",
          "[liveness][endless]") {
  for (const int phases : {1, 3, 4, 5, 8}) {
    Options options;
    options.search = "liveness";
    const Result result = check(options, [&] {
      barrier<> gate(2);
      thread a([&] {
        for (int i = 0; i <= phases; ++i) gate.arrive_and_wait();
      });
      thread b([&] {
        for (int i = 0; i < phases; ++i) gate.arrive_and_wait();
      });
      a.join();
      b.join();
    });
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == FindingKind::deadlock);
  }
}

TEST_CASE("a wait with a time limit and a condition does not count time", "[liveness][endless]") {
  const auto turns = [](auto wait) {
    return [wait] {
      mutex m;
      condition_variable c;
      int turn = 0;
      const auto loop = [&](int me) {
        for (;;) {
          std::unique_lock lock(m);
          wait(c, lock, [&] { return turn == me; });
          turn = 1 - me;
          c.notify_all();
          progress();
        }
      };
      thread a([&] { loop(0); });
      thread b([&] { loop(1); });
      a.join();
      b.join();
    };
  };
  comes_back(turns([](auto& c, auto& lock, auto condition) { c.wait(lock, condition); }));
  comes_back(turns([](auto& c, auto& lock, auto condition) { c.wait_for(lock, 1ms, condition); }));
}

TEST_CASE("what a round makes and destroys leaves nothing behind", "[liveness][endless]") {
  comes_back(two([] {
    return [] {
      latch gate(1);
      gate.count_down();
      gate.wait();
    };
  }));
  comes_back(two([] {
    return [] {
      promise<int> result;
      auto awaited = result.get_future();
      result.set_value(1);
      static_cast<void>(awaited.get());
    };
  }));
  comes_back(two([] {
    return [] {
      const auto number = std::make_unique<atomic<int>>(0);
      number->store(1);
      const std::string text(50, static_cast<char>('a' + number->load()));
      number->store(static_cast<int>(text.size()));
    };
  }));
  comes_back(two([] {
    return [] {
      once_flag flag;
      call_once(flag, [] {});
      try {
        timed_mutex m;
        if (m.try_lock_for(1ms)) m.unlock();
        throw 1;
      } catch (int) {
        this_thread::sleep_for(1ms);
      }
    };
  }));
}

TEST_CASE("messages that were received leave no number behind", "[liveness][endless]") {
  comes_back([] {
    message_queue<int> queue(2);
    thread sender([&] {
      for (;;) {
        queue.send(1);
        progress();
      }
    });
    for (;;) {
      static_cast<void>(queue.receive());
      progress();
    }
  });
}
