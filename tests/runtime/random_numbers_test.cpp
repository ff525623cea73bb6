// What a harness draws from the C library comes back whenever an execution is run again.
#include <sys/random.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <heddle/heddle.hpp>
#include <random>
#include <set>
#include <vector>

namespace {

/// What main draws in the runs of a harness of two executions: either thread comes first.
std::vector<std::uint64_t> drawn(std::uint64_t (*draw)()) {
  std::vector<std::uint64_t> values;
  values.reserve(16);  // in memory from before the check, which nothing takes back
  const heddle::Result result = heddle::check({}, [&] {
    values.push_back(draw());
    heddle::atomic<int> count{0};
    heddle::thread other([&] { ++count; });
    ++count;
    other.join();
    values.push_back(draw());
  });
  CHECK(result);
  CHECK(result.executions == 2);
  return values;
}

template <class Number>
std::uint64_t bits_of(Number number) {
  return static_cast<std::uint64_t>(number);
}

}  // namespace

TEST_CASE("random numbers are the same in every execution, whoever makes them", "[runtime]") {
  std::uint64_t (*const sources[])() = {
    [] { return bits_of(std::rand()); },
    [] { return bits_of(random()); },
    [] { return bits_of(drand48() * 0x1p53); },
    [] { return bits_of(lrand48()); },
    [] { return bits_of(mrand48()); },
    [] { return bits_of(std::random_device()()); },
    [] {
      std::uint64_t bits = 0;
      return getrandom(&bits, sizeof bits, 0) == sizeof bits ? bits : 0;
    },
    [] {
      std::uint64_t bits = 0;
      return getentropy(&bits, sizeof bits) == 0 ? bits : 0;
    },
#if __GLIBC_PREREQ(2, 36)
    [] { return bits_of(arc4random()); },
    [] { return bits_of(arc4random_uniform(1'000'000'000)); },
    [] {
      std::uint64_t bits = 0;
      arc4random_buf(&bits, sizeof bits);
      return bits;
    },
#endif
  };
  for (const auto source : sources) {
    // The execution that was run first and the one that is run again with other numbers, which the search begins with,
    // draw twice each. What is drawn again after that has been drawn before.
    const std::vector<std::uint64_t> values = drawn(source);
    INFO("source " << &source - sources);
    CHECK(values.size() > 4);
    CHECK(std::set<std::uint64_t>(values.begin(), values.end()).size() == 4);
  }
}
