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

namespace {

Action set(int value) { return {.act = Act::set, .value = static_cast<std::int8_t>(value)}; }
Action load(int object) { return {.act = Act::load, .object = static_cast<std::uint8_t>(object)}; }
Action store(int object, int value) {
  return {.act = Act::store, .object = static_cast<std::uint8_t>(object), .value = static_cast<std::int8_t>(value)};
}
Action add(int object, int value) {
  return {.act = Act::fetch_add, .object = static_cast<std::uint8_t>(object), .value = static_cast<std::int8_t>(value)};
}
Action swap(int object, int value) {
  return {.act = Act::exchange, .object = static_cast<std::uint8_t>(object), .value = static_cast<std::int8_t>(value)};
}
/// Back by one action while the register holds this.
Action again(int expected, int back = 1) {
  return {.act = Act::again, .value = static_cast<std::int8_t>(back), .expected = static_cast<std::int8_t>(expected)};
}

}  // namespace

TEST_CASE("a thread that waits in a loop reads older writes too, after the last round was shown", "[oracle]") {
  CHECK(compare(program_of({{store(0, 0)}, {store(0, 1), load(0), again(0)}})).difference.empty());
}

TEST_CASE("a thread that has left a loop does not wait in it", "[oracle]") {
  CHECK(compare(program_of({{store(0, 1)}, {set(1), load(0), again(1), load(0)}})).difference.empty());
}

TEST_CASE("two threads that wait in loops read older writes in one order of the two", "[oracle]") {
  CHECK(compare(program_of({{load(0), again(0)}, {add(1, 1)}, {set(1), load(1), again(1)}}, {store(0, 1), store(0, 0)}))
            .difference.empty());
  Action store_register = store(0, 0);
  store_register.value_is_register = true;
  CHECK(compare(program_of({{set(1), load(0), again(1)}, {set(1), load(0), again(1), store_register}}, {add(0, 1)}))
            .difference.empty());
}

TEST_CASE("a read that left the graph is kept out by a later write that comes of the one that overtook it",
          "[oracle]") {
  CHECK(compare(program_of({{store(1, 1), load(0), load(1), again(0)}, {store(1, 0)}, {add(1, 0), store(0, 1)}}))
            .difference.empty());
}

TEST_CASE("an update that leads its thread back revisits nobody", "[oracle]") {
  CHECK(compare(program_of({{add(0, 1)}, {swap(0, 0), again(0)}})).difference.empty());
}

TEST_CASE("last rounds that write do not end one another's loops", "[oracle]") {
  CHECK(compare(program_of({{swap(0, 0), again(0)}, {load(0), again(0)}})).difference.empty());
}

TEST_CASE("an end in which a thread may not read the newest write is none", "[oracle]") {
  const Action take{.act = Act::compare_exchange, .value = 1, .expected = 0};
  CHECK(compare(program_of({{load(0), again(0)}, {take, store(0, 0)}, {swap(0, 0)}})).difference.empty());
}

TEST_CASE("that a thread waits is known again after a revisit, and after its later loops", "[oracle]") {
  CHECK(compare(program_of({{swap(0, 0), again(0)}, {add(1, 1)}, {add(0, 0), load(1), again(0)}}, {store(1, 0)}))
            .difference.empty());
  Action look_again = load(0);
  look_again.only_if = 0;
  CHECK(compare(program_of({{set(1), load(0), again(1)}, {set(1), load(0), look_again, again(1, 2)}}, {add(0, 1)}))
            .difference.empty());
}

TEST_CASE("a try that fails in a round left out has failed: what commutes beside it is taken as ordered", "[oracle]") {
  // No trace has a try that fails: whoever tries goes round until it does not. The orders of what commutes are searched
  // nevertheless, and each is told as a trace of its own.
  const Action release{.act = Act::release, .value = 1};
  Program semaphore = program_of({{{.act = Act::acquire}}, {{.act = Act::try_acquire}, again(0), release}, {release}});
  semaphore.permits[0] = 1;
  const Comparison releases = compare(semaphore);
  CHECK(releases.difference.empty());
  CHECK(releases.traces.livelocks.empty());
  // Thread 1 takes the permit there is: all is given by that. Thread 2 takes it: the other three come in 6 orders, but
  // for the 2 in which thread 1 is first. Thread 3 is first: the other three in the 3 orders that thread 2 allows.
  CHECK(releases.traces.complete.size() == 1 + 4 + 3);

  const Action unlock_alone{.act = Act::unlock_alone};
  const Action unlock_shared{.act = Act::unlock_shared};
  const Comparison readers = compare(program_of({{{.act = Act::lock_alone}, unlock_alone},
                                                 {{.act = Act::try_lock_shared}, again(0), unlock_shared},
                                                 {{.act = Act::lock_shared}, unlock_shared}}));
  CHECK(readers.difference.empty());
  CHECK(readers.traces.livelocks.empty());
  // The readers one after the other, in 2 orders: the writer before, between or after them. At once, in 4 orders of
  // their operations: before or after.
  CHECK(readers.traces.complete.size() == 2 * 3 + 4 * 2);
}
