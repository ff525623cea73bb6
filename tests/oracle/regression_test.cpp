// What the oracle once found, small and named.
#include <catch2/catch.hpp>

#include "models/heddle/heddle.hpp"
#include "oracle/compare.hpp"

using namespace heddle::oracle;

TEST_CASE("a race in the first execution is no harness that does not repeat itself", "[oracle]") {
  // Each thread accesses before its first operation, or after its last: the accesses are made at the same moments
  // whenever the execution is run, or another thread than before comes to the fault.
  Program early;
  early.threads = {{.actions = {{.act = Act::spawn, .other = 1}, {.act = Act::read_plain}}},
                   {.actions = {{.act = Act::write_plain, .value = 1}}}};
  Program nested;
  nested.threads = {{.actions = {{.act = Act::spawn, .other = 1}}},
                    {.actions = {{.act = Act::spawn, .other = 2}, {.act = Act::read_plain}}},
                    {.actions = {{.act = Act::write_plain, .value = 1}}}};
  for (const Program& program : {early, nested}) {
    const Comparison comparison = compare(program);
    CHECK(comparison.traces.race);
    CHECK(comparison.difference.empty());
  }
}

TEST_CASE("a race on either side of a spawn, and of both at once", "[oracle]") {
  // The parent and the child both come to a fault right after the spawn: each is told as its own.
  const auto count = count_leaves([] {
    heddle::var<int> a{0};
    heddle::var<int> b{0};
    heddle::thread first([&] {
      a = 1;
      b = 1;
    });
    heddle::thread second([&] { a = 2; });
    b = 2;
    first.join();
    second.join();
  });
  CHECK(count == LeafCounts{.violated = 1});
}

TEST_CASE("a race right after a spawn, and then a revisit by the child", "[oracle]") {
  // The parent comes to its fault before the child has made its first step. The child's lock revisits another thread's,
  // which takes the fault out of the graph: the child's steps must not depend on it.
  const Action lock{.act = Act::lock};
  for (const Action& take : {lock, Action{.act = Act::try_lock}}) {
    Program program;
    program.threads = {
        {.actions = {{.act = Act::spawn, .other = 1}, {.act = Act::spawn, .other = 2}}},
        {.actions = {{.act = Act::read_plain}, take}},
        {.actions = {{.act = Act::spawn, .other = 3}, {.act = Act::write_plain, .value = 1}}},
        {.actions = {take}},
    };
    const Comparison comparison = compare(program);
    CHECK(comparison.traces.race);
    CHECK(comparison.difference.empty());
  }
}

TEST_CASE("a race that another race has hidden", "[oracle]") {
  // Thread 1 is stopped by its race with the main thread before it writes. Where the lock of thread 2 comes before that
  // of the main thread, it does write, and thread 2 comes to a race of its own before its lock.
  const Action lock{.act = Act::lock};
  const Action read{.act = Act::read_plain};
  Program program;
  program.threads = {
      {.actions = {{.act = Act::spawn, .other = 1}, lock, read}},
      {.actions = {{.act = Act::spawn, .other = 2}, {.act = Act::write_plain, .value = 1}}},
      {.actions = {read, lock}},
  };
  const Comparison comparison = compare(program);
  CHECK(comparison.traces.race);
  CHECK(comparison.difference.empty());
}
