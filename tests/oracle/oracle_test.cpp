// Tests of the oracle itself: it finds what is known to be there, and it notices what is wrong.
#include <catch2/catch.hpp>

#include "models/memory/sc.hpp"
#include "oracle/compare.hpp"
#include "oracle/families.hpp"
#include "oracle/graph_oracle.hpp"
#include "oracle/shrink.hpp"

using namespace heddle::oracle;
using heddle::core::OperationKind;

namespace {

Traces traces_of(const Program& program, const BruteForce& how = {}) {
  Traces traces;
  REQUIRE(brute_force(program, how, traces));
  return traces;
}

heddle::graph::Event access(heddle::core::ThreadId thread, bool writes, heddle::core::Position source) {
  heddle::graph::Event event;
  event.operation.kind = writes ? OperationKind::store : OperationKind::load;
  event.operation.location = 1;
  event.thread = thread;
  event.reads = !writes;
  event.writes = writes;
  event.source = source;
  return event;
}

}  // namespace

TEST_CASE("brute force finds what can be counted by hand", "[oracle]") {
  const Action increment{.act = Act::fetch_add, .value = 1};
  REQUIRE(traces_of(program_of({{increment}, {increment}, {increment}})).complete.size() == 6);

  const Action lock{.act = Act::lock};
  const Action lock_other{.act = Act::lock, .object = 1};
  const Traces opposite =
      traces_of(program_of({{lock, lock_other, {.act = Act::unlock, .object = 1}, {.act = Act::unlock}},
                            {lock_other, lock, {.act = Act::unlock}, {.act = Act::unlock, .object = 1}}}));
  REQUIRE(opposite.complete.size() == 2);
  REQUIRE(opposite.deadlocks.size() == 1);

  // A notification before the wait is lost; after it, it wakes the thread.
  const Traces lost =
      traces_of(program_of({{lock, {.act = Act::wait}, {.act = Act::unlock}}, {{.act = Act::notify_one}}}));
  REQUIRE(lost.complete.size() == 1);
  REQUIRE(lost.deadlocks.size() == 1);
}

TEST_CASE("merging interleavings of one trace changes nothing", "[oracle]") {
  for (const Family& family : families()) {
    Family small = family;
    small.most_threads = 2;
    small.most_actions = 2;
    Random random(7);
    for (int i = 0; i < 30; ++i) {
      const Program program = random_program(small, random);
      Traces merged;
      Traces all;
      if (!brute_force(program, {.most_states = 200'000, .merge = false}, all)) continue;
      REQUIRE(brute_force(program, {.most_states = 200'000}, merged));
      REQUIRE(merged.complete == all.complete);
      REQUIRE(merged.deadlocks == all.deadlocks);
      REQUIRE(merged.blocked == all.blocked);
      REQUIRE(merged.race == all.race);
    }
  }
}

TEST_CASE("races by the letter of happens-before", "[oracle]") {
  const Action write{.act = Act::write_plain, .value = 1};
  const Action read{.act = Act::read_plain};
  const Action set{.act = Act::store, .value = 1};
  const Action get{.act = Act::load};
  Action read_if_set = read;
  read_if_set.only_if = 1;
  REQUIRE(traces_of(program_of({{write}, {read}})).race);
  REQUIRE_FALSE(traces_of(program_of({{read}, {read}})).race);
  REQUIRE_FALSE(traces_of(program_of({{write, set}, {get, read_if_set}})).race);
  REQUIRE(traces_of(program_of({{set, write}, {get, read_if_set}})).race);
  // A failed try_lock orders nothing; a release sequence goes on through another thread's update.
  REQUIRE(traces_of(program_of({{{.act = Act::lock}, write},
                                {{.act = Act::try_lock}, {.act = Act::load, .only_if = 1}, read}}))
              .race);
  const Action add{.act = Act::fetch_add, .value = 1};
  Action read_if_two = read;
  read_if_two.only_if = 2;
  REQUIRE_FALSE(traces_of(program_of({{write, add}, {add}, {get, read_if_two}})).race);
}

TEST_CASE("a graph whose clocks lag is noticed", "[oracle]") {
  const auto model = heddle::models::make_sc();
  for (const bool told : {true, false}) {
    heddle::graph::ExecutionGraph graph;
    graph.set_initial(1, {});
    const auto write = graph.add(access(0, true, heddle::core::none));
    model->added(graph);
    graph.ensure_thread(1);
    graph.add(access(1, false, heddle::core::none));  // reads the initial value: comes before the write
    if (told) model->added(graph);
    REQUIRE(graph.within(1, graph.order(write)) == told);
    REQUIRE(fault_of(graph).empty() == told);
  }
}

TEST_CASE("a failing program shrinks to what makes it fail", "[oracle]") {
  Random random(3);
  const Family& mixtures = family("mixtures");
  const auto has = [](const Program& program, Act act) {
    for (const ProgramThread& thread : program.threads)
      for (const Action& action : thread.actions)
        if (action.act == act) return true;
    return false;
  };
  for (int found = 0; found < 5;) {
    const Program program = random_program(mixtures, random);
    const auto fails = [&](const Program& p) { return has(p, Act::notify_one) && has(p, Act::load); };
    if (!fails(program)) continue;
    const Program small = shrink(program, fails);
    REQUIRE(fails(small));
    REQUIRE(action_count(small) <= 4);  // the two, and the spawns of their threads
    found++;
  }
}

TEST_CASE("a program is printed as C++", "[oracle]") {
  const Action lock{.act = Act::lock};
  const Action unlock{.act = Act::unlock};
  const Program program = program_of(
      {{lock, {.act = Act::wait}, unlock}, {{.act = Act::load}, {.act = Act::store, .value = 2, .only_if = 1}}});
  REQUIRE(as_harness(program) ==
          R"(HEDDLE_TEST("found by the oracle") {  // what threads may hold at the end is never destroyed
  auto& x0 = *new heddle::atomic<int>;
  auto& m0 = *new heddle::mutex;
  auto& c0 = *new heddle::condition_variable;
  heddle::thread t1;
  heddle::thread t2;
  t1 = heddle::thread([&] {
    m0.lock();
    { std::unique_lock<heddle::mutex> l(m0, std::adopt_lock); c0.wait(l); l.release(); }
    m0.unlock();
  });
  t2 = heddle::thread([&] {
    int r = 0;
    r = x0.load();
    if (r == 1) x0.store(2);
  });
  if (t1.joinable()) t1.join();
  if (t2.joinable()) t2.join();
}
)");
}
