// Atomics of more than 16 bytes: as those of fewer.
#include <catch2/catch.hpp>
#include <heddle/heddle.hpp>

#include "models/checked.hpp"

using namespace heddle;
using namespace heddle::models::test;
using Catch::Matchers::Contains;

namespace {

struct Large {
  long words[5];

  bool operator==(const Large&) const = default;
};

template <class T>
T number(long n) {
  if constexpr (std::is_same_v<T, Large>)
    return {{n, n, n, n, n}};
  else
    return static_cast<T>(n);
}

long whole(long value) { return value; }
long whole(const Large& value) {
  for (const long word : value.words) HEDDLE_ASSERT(word == value.words[0]);
  return value.words[0];
}

/// Everything that an atomic of whatever size has, by three threads.
template <class T, template <class> class Atomic, class Object>
void use(Object& object) {
  Atomic<T> x(object);
  thread adder([&] {
    T seen = x.load(memory_order_relaxed);
    while (!x.compare_exchange_weak(seen, number<T>(whole(seen) + 1))) {
    }
  });
  thread reader([&] {
    if (whole(x.load(memory_order_acquire)) == 2) x.store(number<T>(7), memory_order_release);
  });
  const T old = x.exchange(number<T>(1));
  HEDDLE_ASSERT(whole(old) <= 1);
  adder.join();
  reader.join();
  HEDDLE_ASSERT(whole(x) <= 7);
}

template <class T>
std::function<void()> with_atomic() {
  return [] {
    T zero = number<T>(0);
    use<T, atomic>(zero);
  };
}
template <class T>
std::function<void()> with_ref() {
  return [] {
    alignas(64) T object = number<T>(0);
    use<T, atomic_ref>(object);
    HEDDLE_ASSERT(whole(object) <= 7);
  };
}

constinit atomic<Large> of_the_program(Large{{1, 1, 1, 1, 1}});

}  // namespace

TEST_CASE("an atomic of 40 bytes has the executions that one of 8 has", "[models]") {
  for (const char* model : {"sc", "tso", "ra", "rc11"}) {
    INFO(model);
    const Result small = check(with_atomic<long>(), {.model = model});
    REQUIRE(small.verdict == Verdict::verified);
    for (const auto& harness : {with_atomic<Large>(), with_ref<Large>()}) {
      const Result large = check(harness, {.model = model});
      CHECK(large.verdict == Verdict::verified);
      CHECK(large.executions == small.executions);
    }
  }
  const Result small = check(with_atomic<long>(), {.search = "liveness"});
  CHECK(small.verdict == Verdict::verified);
  CHECK(check(with_atomic<Large>(), {.search = "liveness"}).states == small.states);
}

TEST_CASE("an atomic of 40 bytes of the whole program is as new in each execution", "[models]") {
  const auto increment = [] {
    HEDDLE_ASSERT(whole(of_the_program.load()) == 1);
    thread other([] { of_the_program = number<Large>(2); });
    const long seen = whole(of_the_program);
    HEDDLE_ASSERT(seen == 1 || seen == 2);
    other.join();
  };
  CHECK(verdict(increment) == "verified");
}

TEST_CASE("who waits for an atomic of 40 bytes is woken when another value is there", "[models]") {
  const auto harness = [](bool notifies) {
    return [notifies] {
      atomic<Large> x(number<Large>(0));
      thread setter([&] {
        x.store(number<Large>(1));
        if (notifies) x.notify_one();
      });
      x.wait(number<Large>(0));
      HEDDLE_ASSERT(whole(x.load()) == 1);
      setter.join();
    };
  };
  CHECK(verdict(harness(true)) == "verified");
  CHECK_THAT(verdict(harness(false)), Contains("deadlock"));
}

TEST_CASE("a value of more than 16 bytes is shown in words", "[models]") {
  const Result result = check([] {
    atomic<Large> x(number<Large>(3));
    x.store({{1, 2, 3, 4, 5}});
    HEDDLE_ASSERT(x.load() == number<Large>(3));
  });
  REQUIRE(result.findings.size() == 1);
  std::string shown;
  for (const auto& step : result.findings.front().steps) shown += step.operation + step.outcome + "\n";
  CHECK_THAT(shown, Contains("{0x1, 0x2, 0x3, 0x4, ...}"));
}
