// heddle::atomic<std::shared_ptr<T>> and <std::weak_ptr<T>>, and what of a shared_ptr the checker sees. The numbers of
// executions were worked out by hand: beside each stands how.
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "models/checked.hpp"

using namespace heddle;
using heddle::models::test::executions;
using heddle::models::test::verdict;

namespace {

constexpr auto rlx = memory_order_relaxed;
constexpr auto acq = memory_order_acquire;
constexpr auto rel = memory_order_release;

Options under(const char* model) {
  Options options;
  options.model = model;
  return options;
}

constexpr const char* every_model[] = {"sc", "tso", "ra", "rc11"};

/// How many executions there are under sc, tso, ra and rc11.
std::vector<std::uint64_t> counts(const std::function<void()>& harness) {
  std::vector<std::uint64_t> result;
  for (const char* model : every_model) result.push_back(executions(harness, under(model)));
  return result;
}
using Counts = std::vector<std::uint64_t>;

/// What is wrong under a model: "", or the kind of the finding.
std::string fault(const std::function<void()>& harness, const char* model) {
  const Result result = check(under(model), harness);
  INFO(result.reason);
  CHECK(result.verdict != Verdict::error);
  return result.findings.empty() ? "" : std::string(to_string(result.findings.front().kind));
}

struct Object {
  var<int> a, b = 0;
  explicit Object(int value) : a(value) {}
};

using Shared = std::shared_ptr<Object>;
using Atomic = heddle::atomic<std::shared_ptr<Object>>;

}  // namespace

TEST_CASE("an atomic shared_ptr is spelled as in std", "[models][shared_ptr]") {
  STATIC_REQUIRE(std::is_same_v<Atomic::value_type, Shared>);
  STATIC_REQUIRE(!Atomic::is_always_lock_free);
  STATIC_REQUIRE(!std::is_copy_constructible_v<Atomic> && !std::is_copy_assignable_v<Atomic>);
  STATIC_REQUIRE(std::is_convertible_v<Atomic, Shared>);
  STATIC_REQUIRE(std::is_nothrow_default_constructible_v<Atomic>);
  CHECK(verdict([] {
          Atomic p;
          HEDDLE_ASSERT(p.load() == nullptr && !p.is_lock_free());
          const auto one = std::make_shared<Object>(1);
          p = one;
          HEDDLE_ASSERT(Shared(p) == one);
          HEDDLE_ASSERT(one.use_count() == 2);
          HEDDLE_ASSERT(p.exchange(nullptr) == one);
          HEDDLE_ASSERT(one.use_count() == 1);
          Shared expected = one;
          HEDDLE_ASSERT(!p.compare_exchange_strong(expected, std::make_shared<Object>(2)) && expected == nullptr);
          HEDDLE_ASSERT(p.compare_exchange_weak(expected, one, rel, rlx) && one.use_count() == 2);
          // The same pointer, of which another owns something else, is not equivalent.
          Shared other(std::make_shared<int>(3), one.get());
          HEDDLE_ASSERT(!p.compare_exchange_strong(other, nullptr) && !other.owner_before(one) && other == one);
          HEDDLE_ASSERT(p.compare_exchange_strong(other, Shared()) && p.load() == nullptr);
          const Atomic made(one);
          HEDDLE_ASSERT(made.load(acq)->a == 1);
          heddle::atomic<std::weak_ptr<Object>> w(one);
          HEDDLE_ASSERT(w.load().lock() == one && w.exchange({}).lock() == one && w.load().expired());
        }) == "verified");
  CHECK(verdict([] { Atomic().load(rel); }).find("misuse") == 0);
}

TEST_CASE("a load and a store of an atomic shared_ptr", "[models][shared_ptr]") {
  // The load finds the new object; or the old one: then its copy and the atomic's reference are dropped in two orders.
  CHECK(counts([] {
          Atomic p(std::make_shared<Object>(1));
          thread t([&] { p.store(std::make_shared<Object>(2), rel); });
          const int seen = p.load(acq)->a;
          HEDDLE_ASSERT(seen == 1 || seen == 2);
          t.join();
        }) == Counts{3, 3, 3, 3});
}

TEST_CASE("loads of an atomic smart pointer commute", "[models][shared_ptr]") {
  // Copies of a weak_ptr are dropped unseen: readers alone are one trace; each comes before a writer, or after.
  const auto harness = [](int readers, bool writes) {
    return [=] {
      const auto old = std::make_shared<Object>(1);
      const auto young = std::make_shared<Object>(2);
      heddle::atomic<std::weak_ptr<Object>> p(old);
      std::vector<thread> threads;
      for (int i = 0; i < readers; ++i) threads.emplace_back([&] { static_cast<void>(p.load(acq)); });
      if (writes) p.store(young, rel);
      for (thread& each : threads) each.join();
    };
  };
  CHECK(counts(harness(3, false)) == Counts{1, 1, 1, 1});
  CHECK(counts(harness(3, true)) == Counts{8, 8, 8, 8});
  // Copies of a shared_ptr are dropped one after another: 3! orders.
  CHECK(counts([] {
          Atomic p(std::make_shared<Object>(1));
          const auto read = [&] { HEDDLE_ASSERT(p.load(acq)->a == 1); };
          thread a(read), b(read), c(read);
          a.join(), b.join(), c.join();
        }) == Counts{6, 6, 6, 6});
}

TEST_CASE("litmus programs over an atomic shared_ptr", "[models][shared_ptr]") {
  const auto message_passing = [](memory_order publish, memory_order look) {
    return [=] {
      Atomic p;
      heddle::atomic<int> flag{0};
      thread t([&, publish] {
        p.store(std::make_shared<Object>(1), rlx);
        flag.store(1, publish);
      });
      static_cast<void>(flag.load(look));
      static_cast<void>(p.load(rlx));
      t.join();
    };
  };
  // The flag and the pointer are each read old or new; that the flag alone is new takes a weak model.
  CHECK(counts(message_passing(rlx, rlx)) == Counts{3, 3, 4, 4});
  CHECK(counts(message_passing(rel, acq)) == Counts{3, 3, 3, 3});
  const auto store_buffering = [](memory_order store, memory_order load) {
    return [=] {
      Atomic p, q;
      thread t([&, store, load] {
        p.store(std::make_shared<Object>(1), store);
        static_cast<void>(q.load(load));
      });
      q.store(std::make_shared<Object>(2), store);
      static_cast<void>(p.load(load));
      t.join();
    };
  };
  // As with stores that are exchanges, which x86 does not delay.
  CHECK(counts(store_buffering(rel, acq)) == Counts{3, 3, 4, 4});
  CHECK(counts(store_buffering(memory_order_seq_cst, memory_order_seq_cst)) == Counts{3, 3, 3, 3});
  // 2+2W: the order of the stores to p, and to q, but not both against what the threads do: who stores takes over what
  // was there before, so no model allows it.
  CHECK(counts([] {
          heddle::atomic<std::shared_ptr<int>> p, q;
          thread t([&] {
            p.store(std::make_shared<int>(1), rlx);
            q.store(std::make_shared<int>(2), rlx);
          });
          q.store(std::make_shared<int>(3), rlx);
          p.store(std::make_shared<int>(4), rlx);
          t.join();
        }) == Counts{3, 3, 3, 3});
}

TEST_CASE("who replaces what another thread has stored destroys it after that", "[models][shared_ptr]") {
  // A store acquires what it replaces, whatever its order: it has to, to destroy it. What was not released it cannot.
  const auto harness = [](memory_order order) {
    return [=] {
      Atomic p;
      const auto publish = [&, order] { p.store(std::make_shared<Object>(1), order); };
      thread a(publish), b(publish);
      a.join(), b.join();
    };
  };
  CHECK(counts(harness(rel)) == Counts{2, 2, 2, 2});
  for (const char* model : {"tso", "ra", "rc11"}) CHECK(fault(harness(rlx), model) == "use-after-free");
}

TEST_CASE("what is published by an atomic shared_ptr needs release and acquire", "[models][shared_ptr]") {
  const auto publication = [](memory_order publish, memory_order look, bool exchanges) {
    return [=] {
      Atomic p;
      var<int> before{0};
      thread t([&, publish, exchanges] {
        before = 1;
        p.store(std::make_shared<Object>(1), rel);
        if (exchanges)
          p.exchange(std::make_shared<Object>(2), publish);
        else
          p.store(std::make_shared<Object>(2), publish);
      });
      const Shared seen = p.load(look);
      if (seen != nullptr) HEDDLE_ASSERT(before == 1);
      t.join();
    };
  };
  for (const char* model : {"tso", "ra", "rc11"}) {
    CAPTURE(model);
    CHECK(fault(publication(rel, acq, false), model).empty());
    CHECK(fault(publication(rel, rlx, false), model) == "data-race");
    // A store ends the release sequence of the one before it, an exchange goes on with it.
    CHECK(fault(publication(rlx, acq, false), model) == "data-race");
    CHECK(fault(publication(rlx, acq, true), model).empty());
  }
  CHECK(fault(publication(rlx, rlx, false), "sc").empty());
}

TEST_CASE("fences synchronize by an atomic shared_ptr", "[models][shared_ptr]") {
  for (const bool starts_empty : {false, true})  // loads commute, and do not
    for (const bool fenced : {false, true})
      for (const char* model : {"tso", "ra", "rc11"}) {
        CAPTURE(starts_empty, fenced, model);
        CHECK(fault(
                  [=] {
                    Atomic p(starts_empty ? nullptr : std::make_shared<Object>(0));
                    thread t([&, fenced] {
                      auto next = std::make_shared<Object>(1);
                      if (fenced) heddle::atomic_thread_fence(rel);
                      p.store(std::move(next), rlx);
                    });
                    const Shared seen = p.load(rlx);
                    heddle::atomic_thread_fence(acq);
                    if (seen != nullptr) HEDDLE_ASSERT(seen->a >= 0);
                    t.join();
                  },
                  model) == (fenced ? "" : "data-race"));
      }
}

TEST_CASE("a load does not release, whatever its order", "[models][shared_ptr]") {
  CHECK(fault(
            [] {
              Atomic p(std::make_shared<Object>(1));
              var<int> x{0};
              thread t([&] {
                x = 1;
                static_cast<void>(p.load());
              });
              Shared expected;
              p.compare_exchange_strong(expected, nullptr);
              static_cast<void>(x.read());
              t.join();
            },
            "rc11") == "data-race");
}

TEST_CASE("who drops the last shared_ptr destroys the object after all others", "[models][shared_ptr]") {
  struct Watched {
    var<int> a{0}, b{0};
    std::vector<char>& destroyers;
    explicit Watched(std::vector<char>& seen) : destroyers(seen) {}
    ~Watched() {
      HEDDLE_ASSERT(a + b == 5);
      destroyers.at(runtime::current_thread()) = 1;
    }
  };
  for (const char* model : every_model) {
    CAPTURE(model);
    std::vector<char> destroyers(2);  // outside of what the check restores
    // Two drops in two orders.
    CHECK(executions(
              [&] {
                auto mine = std::make_shared<Watched>(destroyers);
                thread t([yours = mine]() mutable {
                  yours->a = 2;
                  yours.reset();
                });
                mine->b = 3;
                mine.reset();
                t.join();
              },
              under(model)) == 2);
    CHECK(destroyers == std::vector<char>{1, 1});
  }
}

TEST_CASE("weak_ptr::lock and expired come before the last drop, or after it", "[models][shared_ptr]") {
  // Before it: then there are two owners, who drop in two orders. After it: null.
  CHECK(counts([] {
          auto mine = std::make_shared<Object>(1);
          thread t([weak = std::weak_ptr<Object>(mine)] {
            if (const Shared locked = weak.lock()) HEDDLE_ASSERT(locked->a == 1);
          });
          mine.reset();
          t.join();
        }) == Counts{3, 3, 3, 3});
  CHECK(counts([] {
          auto mine = std::make_shared<Object>(1);
          thread t([weak = std::weak_ptr<Object>(mine)] { static_cast<void>(weak.expired()); });
          mine.reset();
          t.join();
        }) == Counts{2, 2, 2, 2});
  CHECK(fault(
            [] {
              auto mine = std::make_shared<Object>(1);
              thread t([weak = std::weak_ptr<Object>(mine)] { HEDDLE_ASSERT(weak.lock() != nullptr); });
              mine.reset();
              t.join();
            },
            "rc11") == "assertion");
  // What the owner has written, a lock does not show.
  CHECK(fault(
            [] {
              auto mine = std::make_shared<Object>(1);
              thread t([weak = std::weak_ptr<Object>(mine)] {
                if (const Shared locked = weak.lock()) static_cast<void>(locked->a.read());
              });
              mine->a = 2;
              mine.reset();
              t.join();
            },
            "rc11") == "data-race");
}

TEST_CASE("what a shared_ptr held is used after it was destroyed, or never destroyed", "[models][shared_ptr]") {
  for (const char* model : every_model) {
    CAPTURE(model);
    CHECK(fault(
              [] {
                Atomic p(std::make_shared<Object>(1));
                thread t([&] { p.store(nullptr); });
                if (const Object* raw = p.load().get()) static_cast<void>(raw->a.read());
                t.join();
              },
              model) == "use-after-free");
    CHECK(fault(
              [] {
                struct Node {
                  Atomic other;
                  heddle::atomic<std::shared_ptr<Node>> next;
                };
                auto node = std::make_shared<Node>();
                node->next.store(node);
              },
              model) == "leak");
  }
}

TEST_CASE("nothing is lost where an atomic shared_ptr is changed in a loop", "[models][shared_ptr]") {
  struct Node {
    int value;
    std::shared_ptr<Node> next;
  };
  const auto harness = [](bool weak) {
    return [weak] {
      heddle::atomic<std::shared_ptr<Node>> head;
      const auto push = [&](int value) {
        auto node = std::make_shared<Node>(Node{value, head.load(rlx)});
        while (
            !(weak ? head.compare_exchange_weak(node->next, node) : head.compare_exchange_strong(node->next, node))) {
        }
      };
      thread a([&] { push(1); });
      push(2);
      a.join();
      int sum = 0;
      for (auto node = head.load(); node; node = node->next) sum += node->value;
      HEDDLE_ASSERT(sum == 3);
    };
  };
  for (const char* model : every_model) {
    CAPTURE(model);
    CHECK(verdict(harness(false), under(model)) == "verified");
    Options options = under(model);
    options.spurious_failures = 1;
    CHECK(verdict(harness(true), options) == "verified");
  }
}

TEST_CASE("a thread waits for an atomic shared_ptr to change", "[models][shared_ptr]") {
  const auto harness = [](bool notifies) {
    return [notifies] {
      const auto old = std::make_shared<Object>(0);
      Atomic p(old);
      thread t([&] {
        p.wait(old, acq);
        HEDDLE_ASSERT(p.load(acq)->a == 1);
      });
      p.store(std::make_shared<Object>(1), rel);
      if (notifies) p.notify_all();
      t.join();
    };
  };
  for (const char* model : every_model) {
    CAPTURE(model);
    CHECK(verdict(harness(true), under(model)) == "verified");
    CHECK(fault(harness(false), model) == "deadlock");
  }
}

TEST_CASE("rounds of a loop that waits until an atomic shared_ptr is set are left out", "[models][shared_ptr]") {
  // The load finds what was stored, at once or after a round that found nothing: the first may differ from the others
  // in what the compiler leaves behind, and is told apart then; clang's second does, too.
  for (const auto found : counts([] {
         Atomic p;
         thread t([&] { p.store(std::make_shared<Object>(1), rel); });
         while (p.load(acq) == nullptr) {
         }
         t.join();
       }))
    CHECK((found >= 1 && found <= 3));
}

TEST_CASE("other searches see shared_ptrs, too", "[models][shared_ptr]") {
  for (const char* search : {"liveness", "random", "pct", "pos"})
    for (const bool keeps : {true, false}) {
      // Whatever the pointer, that search ends in an error where a read races with a destruction: it takes it for a
      // data race, which is a use after free when it is replayed.
      if (!keeps && std::string(search) == "liveness") continue;
      CAPTURE(search, keeps);
      Options options;
      options.search = search;
      options.max_executions = 500;
      const Result result = check(options, [keeps] {
        Atomic p(std::make_shared<Object>(1));
        thread t([&] { p.store(std::make_shared<Object>(2), rel); });
        Shared kept = p.load(acq);
        const Object* const raw = kept.get();
        if (!keeps) kept.reset();
        static_cast<void>(raw->a.read());
        t.join();
      });
      INFO(result.reason);
      CHECK(result.verdict != Verdict::error);
      REQUIRE(result.findings.empty() == keeps);
      if (!keeps) CHECK(result.findings.front().kind == FindingKind::use_after_free);
    }
}
