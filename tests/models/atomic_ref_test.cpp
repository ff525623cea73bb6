// heddle::atomic_ref: plain objects as locations, what stands in them, and what must not be done to them.
#include <catch2/catch.hpp>
#include <memory>

#include "models/checked.hpp"

using namespace heddle;
using heddle::models::test::executions;
using heddle::models::test::verdict;

namespace {

Options under(const char* model) {
  Options options;
  options.model = model;
  return options;
}

int global = 3;

struct Pair {
  int a = 0, b = 0;
};

/// Padding stands between the two.
struct Padded {
  char a = 0;
  int b = 0;
};

}  // namespace

TEST_CASE("references to one object are one location", "[models]") {
  // Two increments in two orders; then the same again, after plain code has written: 2! · 2!.
  CHECK(executions([] {
          int x = 0;
          const auto twice = [&] {
            thread a([&] { atomic_ref<int>(x)++; });
            thread b([&] {
              atomic_ref<int> first(x);
              atomic_ref<int> second(first);
              second++;
            });
            a.join();
            b.join();
          };
          twice();
          HEDDLE_ASSERT(x == 2);
          x = 10;
          twice();
          HEDDLE_ASSERT(x == 12);
        }) == 4);
}

TEST_CASE("an object that references are made of holds the newest value", "[models]") {
  for (const char* model : {"sc", "tso", "ra", "rc11"}) {
    CAPTURE(model);
    // Two stores, in two coherence orders, of which the later one stands there; on the stack, the heap, globally.
    const auto store = [](int& x) {
      thread a([&] { atomic_ref<int>(x).store(1, memory_order_relaxed); });
      thread b([&] { atomic_ref<int>(x).store(2, memory_order_relaxed); });
      a.join();
      b.join();
      HEDDLE_ASSERT(x == atomic_ref<int>(x).load());
      HEDDLE_ASSERT(x == 1 || x == 2);
    };
    CHECK(executions(
              [&] {
                int x = 0;
                store(x);
              },
              under(model)) == 2);
    CHECK(executions([&] { store(*std::make_unique<int>(0)); }, under(model)) == 2);
    CHECK(executions(
              [&] {
                HEDDLE_ASSERT(global == 3);
                store(global);
              },
              under(model)) == 2);
    CHECK(global == 3);
  }
}

TEST_CASE("objects that stand in the same place, one after another, are different locations", "[models]") {
  CHECK(verdict([] {
          const auto once = [](auto value) {
            auto x = value;
            thread a([&] { atomic_ref(x).store(value + 1, memory_order_relaxed); });
            a.join();
            HEDDLE_ASSERT(atomic_ref(x).load(memory_order_relaxed) == value + 1);
            HEDDLE_ASSERT(x == value + 1);
          };
          once(0);
          once(5);
          once(5L);
          once(1);
        }) == "verified");
}

TEST_CASE("references to objects of every kind", "[models]") {
  CHECK(verdict([] {
          double d = 1.5;
          HEDDLE_ASSERT(atomic_ref<double>(d).fetch_add(1) == 1.5);
          HEDDLE_ASSERT(d == 2.5);
          int array[3] = {1, 2, 3};
          int* p = array;
          HEDDLE_ASSERT((atomic_ref<int*>(p) += 2) == array + 2);
          HEDDLE_ASSERT(*p == 3);
          bool b = false;
          HEDDLE_ASSERT(!atomic_ref<bool>(b).exchange(true) && b);
          alignas(8) Pair pair{1, 2};
          Pair expected{1, 2};
          HEDDLE_ASSERT(atomic_ref<Pair>(pair).compare_exchange_strong(expected, {3, 4}));
          HEDDLE_ASSERT(pair.a == 3 && pair.b == 4);
          HEDDLE_ASSERT(!atomic_ref<Pair>(pair).compare_exchange_weak(expected, {5, 6}) && expected.b == 4);
          unsigned u = 6;
          HEDDLE_ASSERT((atomic_ref<unsigned>(u) &= 3u) == 2);
          HEDDLE_ASSERT(--atomic_ref<unsigned>(u) == 1 && atomic_ref<unsigned>(u)-- == 1 && u == 0);
        }) == "verified");
}

TEST_CASE("padding has no meaning for a compare_exchange where the compiler can clear it", "[models]") {
  const std::string found = verdict([] {
    alignas(8) Padded padded;
    reinterpret_cast<unsigned char*>(&padded)[1] = 77;
    Padded same;
    HEDDLE_ASSERT(atomic_ref<Padded>(padded).compare_exchange_strong(same, {'x', 1}));
    HEDDLE_ASSERT(padded.a == 'x' && padded.b == 1);
  });
  CAPTURE(found);
  CHECK((found == "verified") == heddle::models::clears_padding);
}

TEST_CASE("litmus programs through references", "[models]") {
  const auto store_buffering = [](memory_order store, memory_order load) {
    return [=] {
      int x = 0, y = 0;
      thread a([&, store, load] {
        atomic_ref<int>(x).store(1, store);
        static_cast<void>(atomic_ref<int>(y).load(load));
      });
      thread b([&, store, load] {
        atomic_ref<int>(y).store(1, store);
        static_cast<void>(atomic_ref<int>(x).load(load));
      });
      a.join();
      b.join();
    };
  };
  const auto relaxed = store_buffering(memory_order_relaxed, memory_order_relaxed);
  CHECK(executions(relaxed, under("sc")) == 3);
  for (const char* model : {"tso", "ra", "rc11"}) CHECK(executions(relaxed, under(model)) == 4);
  for (const char* model : {"sc", "tso", "ra", "rc11"})
    CHECK(executions(store_buffering(memory_order_seq_cst, memory_order_seq_cst), under(model)) == 3);

  const auto message_passing = [](memory_order publish, memory_order look) {
    return [=] {
      int flag = 0;
      var<int> data = 0;
      thread a([&, publish] {
        data = 1;
        atomic_ref<int>(flag).store(1, publish);
      });
      if (atomic_ref<int>(flag).load(look) == 1) HEDDLE_ASSERT(data == 1);
      a.join();
    };
  };
  for (const char* model : {"tso", "ra", "rc11"}) {
    CHECK(check(under(model), message_passing(memory_order_relaxed, memory_order_acquire)).findings.at(0).kind ==
          FindingKind::data_race);
    CHECK(executions(message_passing(memory_order_release, memory_order_acquire), under(model)) == 2);
  }
}

TEST_CASE("a thread waits through one reference and is notified through another", "[models]") {
  const auto harness = [](bool notifies) {
    return [notifies] {
      int x = 0;
      thread a([&] {
        atomic_ref<int>(x).wait(0);
        HEDDLE_ASSERT(atomic_ref<int>(x) == 1);
      });
      atomic_ref<int>(x).store(1);
      if (notifies) atomic_ref<int>(x).notify_all();
      a.join();
    };
  };
  CHECK(verdict(harness(true)) == "verified");
  CHECK(check({}, harness(false)).findings.at(0).kind == FindingKind::deadlock);
}

TEST_CASE("loops that wait are told through references, too", "[models]") {
  // One order of two critical sections, and the other.
  CHECK(executions([] {
          int locked = 0;
          var<int> n = 0;
          const auto body = [&] {
            while (atomic_ref<int>(locked).exchange(1, memory_order_acquire) == 1) {
            }
            n += 1;
            atomic_ref<int>(locked).store(0, memory_order_release);
          };
          thread a(body), b(body);
          a.join();
          b.join();
          HEDDLE_ASSERT(n == 2);
        }) == 2);
}

TEST_CASE("plain accesses beside references race where the object is watched", "[models]") {
  const auto kind = [](const std::function<void()>& harness) { return check({}, harness).findings.at(0).kind; };
  CHECK(kind([] {
          var<int> x = 0;
          thread a([&] { atomic_ref(x)++; });
          x = 5;
          a.join();
        }) == FindingKind::data_race);
  CHECK(kind([] {  // the join is with one of them only
          var<int> x = 0;
          thread a([&] { atomic_ref(x)++; });
          thread b([&] { atomic_ref(x).fetch_sub(1, memory_order_relaxed); });
          a.join();
          HEDDLE_ASSERT(x <= 1);
          b.join();
        }) == FindingKind::data_race);
  CHECK(verdict([] {  // two that read
          var<int> x = 0;
          thread a([&] { static_cast<void>(atomic_ref(x).load(memory_order_relaxed)); });
          HEDDLE_ASSERT(x == 0);
          a.join();
        }) == "verified");
  CHECK(verdict([] {
          var<int> x = 0;
          thread a([&] { atomic_ref(x)++; });
          thread b([&] { atomic_ref(x)++; });
          a.join();
          b.join();
          HEDDLE_ASSERT(x == 2);
          x = 7;
          thread c([&] { atomic_ref(x)++; });
          c.join();
          HEDDLE_ASSERT(x == 8);
        }) == "verified");
}

TEST_CASE("misuse of what references refer to", "[models]") {
  CHECK(verdict([] {
          alignas(8) char bytes[16] = {};
          static_cast<void>(atomic_ref<int>(*reinterpret_cast<int*>(bytes + 2)));
        }) == "misuse: an atomic_ref refers to an object that is not aligned to its required_alignment");
  CHECK(verdict([] {
          int x = 0;
          atomic_ref<int> ref(x);
          x = 1;
          ref.store(2);
        }).starts_with("misuse: an object was changed other than through its atomic_refs while one referred to it"));
  CHECK(verdict([] {
          alignas(8) Pair pair;
          thread a([&] { atomic_ref<int>(pair.a)++; });
          thread b([&] { atomic_ref<Pair>(pair).store({1, 1}); });
          a.join();
          b.join();
        }).starts_with("misuse: an atomic_ref refers to bytes of an object to which another one of another type"));
  CHECK(verdict([] {  // one type after the other is fine
          alignas(8) Pair pair;
          thread a([&] { atomic_ref<int>(pair.a)++; });
          a.join();
          thread b([&] { atomic_ref<Pair>(pair).store({1, 1}); });
          b.join();
          atomic_ref<int>(pair.a)++;
          HEDDLE_ASSERT(pair.a == 2 && pair.b == 1);
        }) == "verified");
}

TEST_CASE("an object that ends before its references", "[models]") {
  const auto harness = [](bool joins_first) {
    return [joins_first] {
      auto* x = new int(0);
      thread a([x] { atomic_ref<int>(*x)++; });
      if (joins_first) a.join();
      delete x;
      if (!joins_first) a.join();
    };
  };
  CHECK(check({}, harness(false)).findings.at(0).kind == FindingKind::use_after_free);
  CHECK(verdict(harness(true)) == "verified");
  // What another thread did is not known to have ended: freed after it, but not ordered.
  CHECK(verdict([] {
          auto* x = new int(0);
          atomic<int> done = 0;
          thread a([x, &done] {
            atomic_ref<int>(*x).store(1, memory_order_relaxed);
            done.store(1, memory_order_relaxed);
          });
          while (done.load(memory_order_relaxed) == 0) {
          }
          delete x;
          a.join();
        }).find("freed while another thread may still use an atomic_ref to it") != std::string::npos);
}

TEST_CASE("references outside a check", "[models]") {
  int x = 0;
  CHECK_THROWS_AS(atomic_ref<int>(x).load(), Error);
}
