// What an execution leaves behind does not reach the next one, nor what a thread does another: each harness here has
// several executions, and fails in the second one where something of the first is still there.
#include <malloc.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <functional>
#include <heddle/heddle.hpp>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

/// Verified, in that many executions.
void holds(std::uint64_t executions, const std::function<void()>& harness) {
  const heddle::Result result = heddle::check({}, harness);
  INFO(result.reason << (result.findings.empty() ? "" : result.findings[0].message));
  CHECK(result.verdict == heddle::Verdict::verified);
  CHECK(result.executions == executions);
}

/// Two threads that add to one atomic: two traces, whoever comes first.
void compete(const std::function<void()>& before, const std::function<void()>& after) {
  heddle::atomic<int> turn{0};
  const auto work = [&] {
    before();
    turn.fetch_add(1);
    after();
  };
  heddle::thread other(work);
  work();
  other.join();
}
constexpr std::uint64_t two_orders = 2;

int global_count = 0;
std::vector<int> global_list = {1, 2, 3};
std::map<std::string, int> global_map;
thread_local int own_count = 0;
thread_local std::unique_ptr<int> own_memory;

}  // namespace

TEST_CASE("globals, and the memory that they own, come back between executions", "[runtime]") {
  holds(two_orders, [] {
    HEDDLE_ASSERT(global_count == 0);
    HEDDLE_ASSERT(global_list.size() == 3);
    HEDDLE_ASSERT(global_map.empty());
    compete([] {}, [] {});
    global_count = 7;
    global_list.push_back(4);
    global_list[0] = 9;
    global_map["a"] = 1;
  });
  CHECK(global_count == 0);
  CHECK(global_list == std::vector<int>{1, 2, 3});
  CHECK(global_map.empty());
}

TEST_CASE("function-local statics are initialised anew in each execution, once for all threads", "[runtime]") {
  // The use of the static and the addition are two objects that two threads compete for, each taking both in the same
  // order, so who is first at the one may be second at the other: 2 * 2 traces.
  holds(4, [] {
    static int initialised = 0;
    const auto use = [] {
      static const int once = ++initialised;
      HEDDLE_ASSERT(once == 1);
    };
    compete(use, [] {});
    HEDDLE_ASSERT(initialised == 1);
  });
}

TEST_CASE("a function-local static that has a destructor is as new in each execution, however many there are",
          "[runtime]") {
  const auto harness = [] {
    const unsigned number = heddle::choose(100);
    static std::string text(40, 'a');
    HEDDLE_ASSERT(text[0] == 'a');
    text[0] = static_cast<char>('b' + number % 20);
  };
  holds(100, harness);
  heddle::Options states;
  states.search = "liveness";
  CHECK(heddle::check(states, harness).verdict == heddle::Verdict::verified);
}

TEST_CASE("thread_locals belong to a thread of the harness, and begin as the program has them", "[runtime]") {
  holds(two_orders, [] {
    compete(
        [] {
          HEDDLE_ASSERT(own_count == 0);
          HEDDLE_ASSERT(own_memory == nullptr);
          own_count = 1;
          own_memory = std::make_unique<int>(2);
        },
        [] { HEDDLE_ASSERT(own_count == 1 && *own_memory == 2); });
  });
  CHECK(own_count == 0);
}

TEST_CASE("errno belongs to a thread of the harness", "[runtime]") {
  holds(two_orders, [] {
    heddle::atomic<int> turn{0};
    const auto work = [&](int mine) {
      errno = mine;
      turn.fetch_add(1);
      HEDDLE_ASSERT(errno == mine);
    };
    heddle::thread other(work, 5);
    work(6);
    other.join();
  });
}

TEST_CASE("a caught exception belongs to its thread, over operations too", "[runtime]") {
  holds(two_orders, [] {
    heddle::atomic<int> turn{0};
    const auto work = [&](const std::string& mine) {
      try {
        throw std::runtime_error(mine);
      } catch (const std::exception& caught) {
        turn.fetch_add(1);
        HEDDLE_ASSERT(std::current_exception() != nullptr);
        HEDDLE_ASSERT(caught.what() == mine);
        try {
          throw;
        } catch (const std::runtime_error& again) {
          HEDDLE_ASSERT(again.what() == mine);
        }
      }
      HEDDLE_ASSERT(std::current_exception() == nullptr);
    };
    heddle::thread other(work, "other");
    work("main");
    other.join();
  });
}

TEST_CASE("memory has the same addresses in every execution, whatever other threads allocate", "[runtime]") {
  std::vector<std::uintptr_t>* const addresses = new std::vector<std::uintptr_t>;  // not the harness's: not restored
  addresses->reserve(16);
  holds(two_orders, [addresses] {
    heddle::atomic<int> turn{0};
    heddle::thread other([&] {
      const auto mine = std::make_unique<int>(turn.fetch_add(1));
      const std::string text(100, 'x');
      static_cast<void>(text);
    });
    turn.fetch_add(1);
    const auto mine = std::make_unique<int>(1);
    addresses->push_back(reinterpret_cast<std::uintptr_t>(mine.get()));
    other.join();
  });
  // The first execution was run twice, the second time with other addresses on purpose.
  REQUIRE(addresses->size() >= 3);
  CHECK(addresses->front() == addresses->back());
  CHECK((*addresses)[1] != addresses->front());
  delete addresses;
}

TEST_CASE("the rarer functions of malloc know the harness's memory, too", "[runtime]") {
  const heddle::Result result = heddle::check({}, [] {
    void* const memory = std::malloc(10);
    HEDDLE_ASSERT(malloc_usable_size(memory) == 10);
    HEDDLE_ASSERT(malloc_usable_size(nullptr) == 0);
    void* const larger = reallocarray(memory, 10, 10);
    HEDDLE_ASSERT(malloc_usable_size(larger) == 100);
    void* const page = valloc(1);
    HEDDLE_ASSERT(reinterpret_cast<std::uintptr_t>(page) % 4096 == 0);
    std::free(larger);
    std::free(page);
  });
  CHECK(result.verdict == heddle::Verdict::verified);
  const heddle::Result lost = heddle::check({}, [] {
    void* const memory = valloc(1);
    HEDDLE_ASSERT(memory != nullptr);
  });
  CHECK(lost.verdict == heddle::Verdict::violated);
}

TEST_CASE("clocks and random numbers are the same in every execution, and clocks go on", "[runtime]") {
  holds(two_orders, [] {
    const auto before = std::chrono::steady_clock::now();
    compete([] {}, [] {});
    HEDDLE_ASSERT((std::chrono::steady_clock::now() - before) > std::chrono::nanoseconds(0));
    const std::vector<int> drawn = {rand(), rand()};
    HEDDLE_ASSERT(drawn[0] != drawn[1]);
    std::random_device device;
    HEDDLE_ASSERT(device() != device());
  });
}

TEST_CASE("two operations on one line that differ are told by their objects", "[runtime]") {
  const heddle::Result result = heddle::check({}, [] {
    heddle::atomic<int> x{0};
    heddle::atomic<int> y{0};
    (static_cast<unsigned>(rand()) % 2 == 0 ? x : y).store(1);
  });
  CHECK(result.verdict == heddle::Verdict::error);
  CHECK_THAT(result.reason, Catch::Contains("on the atomic made at"));
}

TEST_CASE("a harness that takes another way when it is run again is told so, with both operations", "[runtime]") {
  const heddle::Result result = heddle::check({}, [] {
    heddle::atomic<int> x{0};
    if (static_cast<unsigned>(rand()) % 2 == 0)
      x.store(1);
    else
      static_cast<void>(x.load());
  });
  CHECK(result.verdict == heddle::Verdict::error);
  CHECK_THAT(result.reason,
             Catch::Contains("not deterministic") && Catch::Contains("load") && Catch::Contains("store"));
}
