// Litmus programs at the edges of the memory models. Whether an outcome is possible was worked out by hand from the
// axioms (docs/memory_models.md), edge by edge, and stands beside each program with its reason.
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "models/heddle/heddle.hpp"

using namespace heddle;

namespace {

constexpr auto rlx = memory_order_relaxed;
constexpr auto acq = memory_order_acquire;
constexpr auto rel = memory_order_release;
constexpr auto acq_rel = memory_order_acq_rel;
constexpr auto sc = memory_order_seq_cst;

/// The locations of a program, all zero, and what its threads have read.
struct Memory {
  atomic<int> d{0}, x{0}, y{0}, z{0};
  int a = -1, b = -1, c = -1, e = -1;
};
using Body = std::function<void(Memory&)>;

/// Whether some execution of the threads ends so.
bool possible(const std::string& model, const std::vector<Body>& bodies, const std::function<bool(Memory&)>& outcome) {
  Options options;
  options.model = model;
  const Result result = check(options, [&] {
    Memory memory;
    std::vector<thread> threads;
    for (const Body& body : bodies) threads.emplace_back([&memory, &body] { body(memory); });
    for (thread& each : threads) each.join();
    HEDDLE_ASSERT(!outcome(memory));
  });
  REQUIRE(result.verdict != Verdict::error);
  REQUIRE(result.verdict != Verdict::inconclusive);
  return result.verdict == Verdict::violated;
}

/// The models under which the outcome is possible.
std::string where(const std::vector<Body>& bodies, const std::function<bool(Memory&)>& outcome) {
  std::string models;
  for (const char* model : {"sc", "tso", "ra", "rc11"})
    if (possible(model, bodies, outcome)) models += (models.empty() ? "" : " ") + std::string(model);
  return models;
}

const std::string nowhere;
const std::string weakly = "ra rc11";

/// Writes d, then publishes x = 1 in some way; the other thread has read x and then d.
std::string message(const Body& publish, const Body& look) {
  return where({[&](Memory& m) {
                  m.d.store(1, rlx);
                  publish(m);
                },
                [&](Memory& m) {
                  look(m);
                  m.b = m.d.load(rlx);
                }},
               [](Memory& m) { return m.a == 1 && m.b == 0; });
}

const Body publish_released = [](Memory& m) { m.x.store(1, rel); };
const Body look_acquiring = [](Memory& m) { m.a = m.x.load(acq); };

}  // namespace

TEST_CASE("by hand: release sequences", "[oracle][models]") {
  // A plain store, of the same thread too, ends a release sequence (C++20).
  CHECK(where({[](Memory& m) {
                 m.d.store(1, rlx);
                 m.x.store(1, rel);
                 m.x.store(2, rlx);
               },
               [](Memory& m) {
                 m.a = m.x.load(acq);
                 m.b = m.d.load(rlx);
               }},
              [](Memory& m) { return m.a == 2 && m.b == 0; }) == weakly);
  // Updates of any thread and order continue it: one, and a chain of two.
  const Body sender = [](Memory& m) {
    m.d.store(1, rlx);
    m.x.store(1, rel);
  };
  const Body adder = [](Memory& m) { m.x.fetch_add(1, rlx); };
  const Body receiver = [](Memory& m) {
    m.a = m.x.load(acq);
    m.b = m.d.load(rlx);
  };
  CHECK(where({sender, adder, receiver}, [](Memory& m) { return m.a == 2 && m.b == 0; }) == nowhere);
  CHECK(where({sender, adder, adder, receiver}, [](Memory& m) { return m.a == 3 && m.b == 0; }) == nowhere);
  // An update that continues what a store without release has begun carries nothing. That store comes after the
  // released one in coherence: its thread has read that.
  const Body intruder = [](Memory& m) {
    m.c = m.x.load(rlx);
    m.x.store(5, rlx);
  };
  CHECK(where({sender, intruder, adder, receiver}, [](Memory& m) { return m.c == 1 && m.a == 6 && m.b == 0; }) ==
        weakly);
}

TEST_CASE("by hand: fences that release and acquire", "[oracle][models]") {
  const Body fence_store = [](Memory& m) {
    heddle::atomic_thread_fence(rel);
    m.x.store(1, rlx);
  };
  const Body load_fence = [](Memory& m) {
    m.a = m.x.load(rlx);
    heddle::atomic_thread_fence(acq);
  };
  CHECK(message(fence_store, look_acquiring) == nowhere);
  CHECK(message(publish_released, load_fence) == nowhere);
  CHECK(message(fence_store, load_fence) == nowhere);
  // The wrong way round.
  CHECK(message(
            [](Memory& m) {
              m.x.store(1, rlx);
              heddle::atomic_thread_fence(rel);
            },
            look_acquiring) == weakly);
  CHECK(message(publish_released, [](Memory& m) {
          heddle::atomic_thread_fence(acq);
          m.a = m.x.load(rlx);
        }) == weakly);
  // Of the wrong kind.
  CHECK(message(
            [](Memory& m) {
              heddle::atomic_thread_fence(acq);
              m.x.store(1, rlx);
            },
            look_acquiring) == weakly);
  CHECK(message(fence_store, [](Memory& m) {
          m.a = m.x.load(rlx);
          heddle::atomic_thread_fence(rel);
        }) == weakly);
  // A fence releases with an update, too, and through another location than the one that is read: not.
  CHECK(message(
            [](Memory& m) {
              heddle::atomic_thread_fence(rel);
              m.x.fetch_add(1, rlx);
            },
            load_fence) == nowhere);
  CHECK(message(
            [](Memory& m) {
              m.x.store(1, rlx);
              heddle::atomic_thread_fence(rel);
              m.y.store(1, rlx);
            },
            load_fence) == weakly);
  // A signal fence orders nothing between threads.
  CHECK(message(
            [](Memory& m) {
              heddle::atomic_signal_fence(sc);
              m.x.store(1, rlx);
            },
            look_acquiring) == weakly);
}

TEST_CASE("by hand: the orders of a compare_exchange", "[oracle][models]") {
  const auto fails = [](memory_order failure) {
    return [failure](Memory& m) {
      m.a = 7;  // in the way of nobody
      m.x.compare_exchange_strong(m.a, 9, acq_rel, failure);
    };
  };
  CHECK(message(publish_released, fails(rlx)) == weakly);
  CHECK(message(publish_released, fails(acq)) == nowhere);
  const auto succeeds = [](memory_order success) {
    return [success](Memory& m) {
      int expected = 1;
      if (m.x.compare_exchange_strong(expected, 9, success, acq)) m.a = 1;
    };
  };
  CHECK(message(publish_released, succeeds(rlx)) == weakly);
  CHECK(message(publish_released, succeeds(acq)) == nowhere);
  // One that fails is a load, which may be of an older write; one that succeeds reads the newest, in coherence order.
  const Body writer = [](Memory& m) {
    m.x.store(1, rlx);
    m.y.store(1, rel);
  };
  const auto after_flag = [](memory_order order) {
    return [order](Memory& m) {
      m.a = m.y.load(order);
      m.b = 7;
      m.x.compare_exchange_strong(m.b, 9, rlx, rlx);
    };
  };
  const auto stale = [](Memory& m) { return m.a == 1 && m.b == 0; };
  CHECK(where({writer, after_flag(rlx)}, stale) == weakly);
  CHECK(where({writer, after_flag(acq)}, stale) == nowhere);
  // Two updates never read the same write.
  const Body takes = [](Memory& m) { (m.x.fetch_add(1, rlx) == 0 ? m.a : m.b) = 1; };
  CHECK(where({takes, takes}, [](Memory& m) { return m.b == -1; }) == nowhere);
}

TEST_CASE("by hand: store buffering", "[oracle][models]") {
  const auto program = [](const std::function<void(atomic<int>&)>& store, const std::function<void(Memory&)>& between,
                          memory_order load) {
    return where({[&](Memory& m) {
                    store(m.x);
                    between(m);
                    m.a = m.y.load(load);
                  },
                  [&](Memory& m) {
                    store(m.y);
                    between(m);
                    m.b = m.x.load(load);
                  }},
                 [](Memory& m) { return m.a == 0 && m.b == 0; });
  };
  const auto store = [](memory_order order) { return [order](atomic<int>& x) { x.store(1, order); }; };
  const auto nothing = [](Memory&) {};
  CHECK(program(store(rel), nothing, acq) == "tso ra rc11");
  // psc is about seq_cst accesses; on x86 a seq_cst store is a full fence.
  CHECK(program(store(sc), nothing, acq) == weakly);
  CHECK(program(store(rel), nothing, sc) == "tso ra rc11");
  CHECK(program(store(sc), nothing, sc) == nowhere);
  CHECK(program(
            store(rlx), [](Memory&) { heddle::atomic_thread_fence(sc); }, rlx) == "ra");
  CHECK(program(
            store(rlx), [](Memory&) { heddle::atomic_thread_fence(acq_rel); }, rlx) == "tso ra rc11");
  // An update of a third location: those of the two threads are ordered, but synchronize only where they say so.
  CHECK(program(
            store(rlx), [](Memory& m) { m.z.fetch_add(0, acq_rel); }, rlx) == nowhere);
  CHECK(program(
            store(rlx), [](Memory& m) { m.z.fetch_add(0, rlx); }, rlx) == weakly);
  // Updates instead of the stores: each reads, but not what the other thread's load has passed over.
  CHECK(program([](atomic<int>& x) { x.exchange(1, acq_rel); }, nothing, acq) == weakly);
}

TEST_CASE("by hand: store buffering with unequal sides", "[oracle][models]") {
  const auto both_zero = [](Memory& m) { return m.a == 0 && m.b == 0; };
  const Body fenced = [](Memory& m) {
    m.x.store(1, rlx);
    heddle::atomic_thread_fence(sc);
    m.a = m.y.load(rlx);
  };
  CHECK(where({fenced,
               [](Memory& m) {
                 m.y.store(1, rel);
                 m.b = m.x.load(acq);
               }},
              both_zero) == "tso ra rc11");
  // A fence against seq_cst accesses: psc_base has [Fsc]; hb; rb; [Esc], then sb, then [Esc]; rb; hb; [Fsc].
  CHECK(where({fenced,
               [](Memory& m) {
                 m.y.store(1, sc);
                 m.b = m.x.load(sc);
               }},
              both_zero) == "ra");
}

TEST_CASE("by hand: more than two threads", "[oracle][models]") {
  // ISA2: happens-before is transitive, through releases only.
  const auto chain = [](memory_order pass) {
    return where({[](Memory& m) {
                    m.x.store(1, rlx);
                    m.y.store(1, rel);
                  },
                  [pass](Memory& m) {
                    m.a = m.y.load(acq);
                    m.z.store(1, pass);
                  },
                  [](Memory& m) {
                    m.b = m.z.load(acq);
                    m.c = m.x.load(rlx);
                  }},
                 [](Memory& m) { return m.a == 1 && m.b == 1 && m.c == 0; });
  };
  CHECK(chain(rel) == nowhere);
  CHECK(chain(rlx) == weakly);
  // IRIW with seq_cst loads of relaxed stores: rb; rf between the loads is not in scb.
  CHECK(where({[](Memory& m) { m.x.store(1, rlx); }, [](Memory& m) { m.y.store(1, rlx); },
               [](Memory& m) {
                 m.a = m.x.load(sc);
                 m.b = m.y.load(sc);
               },
               [](Memory& m) {
                 m.c = m.y.load(sc);
                 m.e = m.x.load(sc);
               }},
              [](Memory& m) { return m.a == 1 && m.b == 0 && m.c == 1 && m.e == 0; }) == weakly);
  // RWC with seq_cst fences: psc_F has hb; eco; hb, and eco has rb; rf.
  CHECK(where({[](Memory& m) { m.x.store(1, rlx); },
               [](Memory& m) {
                 m.a = m.x.load(rlx);
                 heddle::atomic_thread_fence(sc);
                 m.b = m.y.load(rlx);
               },
               [](Memory& m) {
                 m.y.store(1, rlx);
                 heddle::atomic_thread_fence(sc);
                 m.c = m.x.load(rlx);
               }},
              [](Memory& m) { return m.a == 1 && m.b == 0 && m.c == 0; }) == "ra");
  // Z6.U: what the paper repairs. Happens-before between accesses of the same location at its end is not in scb.
  CHECK(where({[](Memory& m) {
                 m.x.store(1, sc);
                 m.y.store(1, rel);
               },
               [](Memory& m) {
                 m.a = m.y.fetch_add(1, sc);
                 m.b = m.y.load(rlx);
               },
               [](Memory& m) {
                 m.y.store(3, sc);
                 m.c = m.x.load(sc);
               }},
              [](Memory& m) { return m.a == 1 && m.b == 3 && m.c == 0; }) == weakly);
}

TEST_CASE("by hand: what no model allows", "[oracle][models]") {
  // Coherence: of one location, nobody goes back; not even after having written.
  CHECK(where({[](Memory& m) { m.x.store(1, rlx); },
               [](Memory& m) {
                 m.a = m.x.load(rlx);
                 m.b = m.x.load(rlx);
               }},
              [](Memory& m) { return m.a == 1 && m.b == 0; }) == nowhere);
  CHECK(where({[](Memory& m) { m.x.store(1, rlx); },
               [](Memory& m) {
                 m.x.store(2, rlx);
                 m.a = m.x.load(rlx);
                 m.b = m.x.load(rlx);
               }},
              [](Memory& m) { return m.a == 1 && m.b == 2; }) == nowhere);
  // Load buffering: sb ∪ rf has no cycle.
  CHECK(where({[](Memory& m) {
                 m.a = m.x.load(rlx);
                 m.y.store(1, rlx);
               },
               [](Memory& m) {
                 m.b = m.y.load(rlx);
                 m.x.store(1, rlx);
               }},
              [](Memory& m) { return m.a == 1 && m.b == 1; }) == nowhere);
}

TEST_CASE("by hand: no notification is lost, whatever the orders", "[oracle][models]") {
  for (const char* model : {"sc", "tso", "ra", "rc11"}) {
    Options options;
    options.model = model;
    CHECK(check(options, [] {
      atomic<int> x{0};
      thread waiting([&] { x.wait(0, rlx); });
      x.store(1, rlx);
      x.notify_one();
      waiting.join();
    }));
  }
}
