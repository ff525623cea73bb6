// Several mutexes locked at once: std::lock, std::scoped_lock.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "models/checked.hpp"

using heddle::FindingKind;
using heddle::Options;
using heddle::Result;
using heddle::Verdict;
using heddle::models::test::check;
using heddle::models::test::executions;
using heddle::models::test::verdict;

namespace {

/// Philosophers round a table, each of whom takes both forks at once.
void dine(std::size_t seats) {
  std::vector<heddle::mutex> forks(seats);
  std::vector<heddle::thread> philosophers;
  for (std::size_t seat = 0; seat < seats; ++seat)
    philosophers.emplace_back([&forks, seat, seats] { std::scoped_lock both(forks[seat], forks[(seat + 1) % seats]); });
  for (heddle::thread& philosopher : philosophers) philosopher.join();
}

bool warns_of_order(const std::function<void()>& harness) {
  const Result result = check(harness);
  REQUIRE(result.verdict == Verdict::verified);
  return std::any_of(result.warnings.begin(), result.warnings.end(),
                     [](const heddle::Finding& finding) { return finding.kind == FindingKind::lock_order; });
}

/// An outer lock is held while two others are taken at once; the other thread holds one of those, and wants the outer.
void lock_under_a_lock() {
  heddle::mutex outer;
  heddle::mutex a;
  heddle::mutex b;
  heddle::thread t([&] {
    std::lock_guard first(outer);
    std::scoped_lock both(a, b);
  });
  heddle::thread u([&] {
    std::lock_guard first(b);
    std::lock_guard second(outer);
  });
  t.join();
  u.join();
}

/// Two are taken at once, by a thread that would hold one of them while it waits for the other; another thread takes
/// them one after another, the other way round.
void opposite_to_plain_locks() {
  heddle::mutex pair[2];  // several are locked in the order of their addresses
  heddle::mutex& a = pair[0];
  heddle::mutex& b = pair[1];
  heddle::thread t([&] { std::scoped_lock both(a, b); });
  heddle::thread u([&] {
    std::lock_guard first(b);
    std::lock_guard second(a);
  });
  t.join();
  u.join();
}

}  // namespace

TEST_CASE("philosophers who take both forks at once: each way in which neighbours can follow each other", "[models]") {
  // Each fork says which of its two neighbours was first; all but the two ways round in a circle are possible.
  for (std::size_t seats : {3u, 4u, 5u}) {
    const Result result = check([=] { dine(seats); });
    CHECK(result.verdict == Verdict::verified);
    CHECK(result.executions == (1u << seats) - 2);
    CHECK(result.blocked == 0);
    CHECK(result.findings.empty());
  }
}

TEST_CASE("the order in which several mutexes are given makes no difference", "[models]") {
  CHECK(executions([] {
          heddle::mutex a;
          heddle::mutex b;
          heddle::mutex c;
          heddle::var<int> shared{0};
          const auto count = [&] { shared += 1; };
          heddle::thread t([&] {
            heddle::scoped_lock all(a, b, c);
            count();
          });
          heddle::thread u([&] {
            std::lock(c, b, a);
            std::scoped_lock all(std::adopt_lock, a, b, c);
            count();
          });
          heddle::thread v([&] {
            std::unique_lock first(b, std::defer_lock);
            std::unique_lock second(c, std::defer_lock);
            heddle::lock(first, a, second);
            HEDDLE_ASSERT(first.owns_lock() && second.owns_lock());
            count();
            a.unlock();
          });
          t.join();
          u.join();
          v.join();
        }) == 6);
}

TEST_CASE("mutexes of every kind are locked together", "[models]") {
  CHECK(verdict([] {
          heddle::recursive_mutex a;
          heddle::timed_mutex b;
          heddle::recursive_timed_mutex c;
          heddle::priority_mutex d;
          heddle::shared_mutex e;
          heddle::shared_timed_mutex f;
          heddle::thread t([&] { std::scoped_lock all(f, e, d, c, b, a); });
          {
            std::lock_guard before(a);  // taken again below
            std::shared_lock shared(e, std::defer_lock);
            std::lock(a, b, c, d, shared, f);
            HEDDLE_ASSERT(shared.owns_lock());
            std::scoped_lock all(std::adopt_lock, a, b, c, d, f);
          }
          t.join();
        }) == "verified");
}

TEST_CASE("those who share a mutex do not wait for each other", "[models]") {
  // Both hold `shared` when they meet at the barrier.
  CHECK(verdict([] {
          heddle::shared_mutex shared;
          heddle::barrier meet(2);
          const auto read = [&] {
            heddle::mutex own;
            std::shared_lock reading(shared, std::defer_lock);
            std::scoped_lock both(reading, own);
            meet.arrive_and_wait();
          };
          heddle::thread t(read);
          read();
          t.join();
        }) == "verified");
}

TEST_CASE("a lock that cannot be locked throws, and the others are not", "[models]") {
  CHECK(verdict([] {
          heddle::mutex a;
          heddle::mutex b;
          std::unique_lock<heddle::mutex> none;
          std::unique_lock held(b);
          const auto error_of = [&](auto& lock) {
            try {
              std::lock(a, lock);
            } catch (const std::system_error& error) {
              return error.code();
            }
            return std::error_code();
          };
          HEDDLE_ASSERT(error_of(none) == std::errc::operation_not_permitted);
          HEDDLE_ASSERT(error_of(held) == std::errc::resource_deadlock_would_occur);
          HEDDLE_ASSERT(a.try_lock());
          a.unlock();
        }) == "verified");
}

TEST_CASE("one mutex twice is misuse, and so is one that the thread holds already", "[models]") {
  const auto is_misuse = [](const std::function<void()>& harness, const char* search) {
    Options options;
    options.search = search;
    return verdict(harness, options).starts_with("misuse: lock of a mutex that this thread already holds");
  };
  for (const char* search : {"exhaustive", "liveness"}) {
    CHECK(is_misuse(
        [] {
          heddle::mutex a;
          heddle::mutex b;
          std::lock(b, b, a);
        },
        search));
    CHECK(is_misuse(
        [] {
          heddle::mutex a;
          heddle::mutex b;
          std::lock_guard held(b);
          std::scoped_lock all(a, b);
        },
        search));
  }
}

TEST_CASE("who locks several does not keep one while it waits for another", "[models]") {
  Options options;
  for (const char* search : {"exhaustive", "liveness"}) {
    options.search = search;
    CHECK(verdict(opposite_to_plain_locks, options) == "verified");
  }
  options.search = "exhaustive";
  for (const char* scheduler : {"fifo", "round-robin", "fixed-priority"}) {
    options.scheduler = scheduler;
    options.model = "sc";
    CHECK(verdict(opposite_to_plain_locks, options) == "verified");
    CHECK(verdict([] { dine(3); }, options) == "verified");
  }
  options = {};
  options.preemption_bound = "auto";
  CHECK(verdict(opposite_to_plain_locks, options) == "verified");
  // Either thread is first. Where each has got one, the search gives up.
  const Result result = check(opposite_to_plain_locks);
  CHECK(result.executions == 2);
  CHECK(result.blocked == 1);
  CHECK(result.findings.empty());
}

TEST_CASE("a loop that waits for a mutex gets it from who waits with it for another", "[models]") {
  const auto harness = [] {
    heddle::mutex a;
    heddle::mutex b;
    heddle::thread t([&] { std::scoped_lock both(a, b); });
    b.lock();
    while (!a.try_lock()) {
    }
    a.unlock();
    b.unlock();
    t.join();
  };
  CHECK(verdict(harness) == "verified");
  Options options;
  options.search = "liveness";
  options.fairness = heddle::Fairness::strong;
  CHECK(verdict(harness, options) == "verified");
}

TEST_CASE("several locks under another lock can deadlock, and then hold nothing", "[models]") {
  Options options;
  for (const char* search : {"exhaustive", "liveness", "random"}) {
    options.search = search;
    const Result result = check(lock_under_a_lock, options);
    REQUIRE(result.verdict == Verdict::violated);
    REQUIRE(result.findings.size() == 1);
    const heddle::Finding& finding = result.findings[0];
    CHECK(finding.kind == FindingKind::deadlock);
    CHECK(finding.message == "T1 waits for mutex b held by T2, which waits for mutex outer held by T1");
    const Result again = heddle::replay(options, finding.schedule, lock_under_a_lock);
    REQUIRE(again.findings.size() == 1);
    CHECK(again.findings[0].message == finding.message);
  }
}

TEST_CASE("a deadlock tells what a thread had got of several locks, and that it does not keep that", "[models]") {
  const Result result = check([] {
    heddle::mutex pair[2];  // the first is locked first
    heddle::mutex& a = pair[0];
    heddle::mutex& b = pair[1];
    heddle::thread t([&] { std::scoped_lock both(a, b); });
    b.lock();  // never unlocked
    a.lock();
    a.unlock();
    t.join();
  });
  REQUIRE(result.findings.size() == 1);
  const heddle::Finding& finding = result.findings[0];
  CHECK(finding.kind == FindingKind::deadlock);
  CHECK_THAT(finding.explanation, Catch::Contains("takes several locks at once") &&
                                      Catch::Contains("would give back what it took rather than keep it"));
  CHECK_THAT(finding.message, !Catch::Contains("pair[0]"));
}

namespace {

/// `first`, and in another thread that has seen that it is done `second`: they never meet, but by luck only.
void one_after_another(const std::function<void()>& first, const std::function<void()>& second) {
  heddle::mutex m;
  heddle::var<bool> done{false};
  heddle::thread t([&] {
    first();
    std::lock_guard lock(m);
    done = true;
  });
  bool seen = false;
  {
    std::lock_guard lock(m);
    seen = done;
  }
  if (seen) second();
  t.join();
}

}  // namespace

TEST_CASE("several locks taken at once have no order among each other", "[models]") {
  const auto harness = [](bool at_once) {
    heddle::mutex a;
    heddle::mutex b;
    const auto first = [&] {
      if (at_once) {
        std::scoped_lock both(a, b);
      } else {
        std::lock_guard one(a);
        std::lock_guard other(b);
      }
    };
    one_after_another(first, [&] {
      std::lock_guard one(b);
      std::lock_guard other(a);
    });
  };
  CHECK_FALSE(warns_of_order([&] { harness(true); }));
  CHECK(warns_of_order([&] { harness(false); }));
}

TEST_CASE("a lock held before has an order with each of several, and so has one taken after", "[models]") {
  for (const std::size_t which : {0u, 1u}) {
    CHECK(warns_of_order([=] {
      heddle::mutex outer;
      std::array<heddle::mutex, 2> several;
      one_after_another(
          [&] {
            std::lock_guard one(outer);
            std::scoped_lock both(several[0], several[1]);
          },
          [&] {
            std::lock_guard one(several[which]);
            std::lock_guard other(outer);
          });
    }));
    CHECK(warns_of_order([=] {
      heddle::mutex inner;
      std::array<heddle::mutex, 2> several;
      one_after_another(
          [&] {
            std::scoped_lock both(several[0], several[1]);
            std::lock_guard one(inner);
          },
          [&] {
            std::lock_guard one(inner);
            std::scoped_lock both(several[which], several[1 - which]);
          });
    }));
  }
}

TEST_CASE("std's own mutexes are locked by std", "[models]") {
  std::mutex a;
  std::mutex b;
  { std::scoped_lock both(a, b); }
  std::lock(a, b);
  const std::scoped_lock both(std::adopt_lock, a, b);
  static_assert(!heddle::models::LockedWithOthers<std::mutex>);
  static_assert(!heddle::models::LockedWithOthers<heddle::fair_mutex>);
  static_assert(!heddle::models::LockedWithOthers<heddle::robust_mutex>);
}

namespace {

/// T1 shares `w` while it waits for `m`; T2 holds `m` and wants `w` alone; T3 and T4 share `w` too, and `inside` is
/// what T4 does there.
void readers_beside_several(const std::function<void(heddle::mutex&)>& inside) {
  struct {
    heddle::shared_mutex w;  // locked first: it has the lower address
    heddle::mutex m;
  } both;
  heddle::thread t1([&] {
    std::shared_lock reading(both.w, std::defer_lock);
    std::scoped_lock all(reading, both.m);
  });
  heddle::thread t2([&] {
    std::lock_guard first(both.m);
    std::lock_guard second(both.w);
  });
  heddle::thread t3([&] { std::shared_lock reading(both.w); });
  heddle::thread t4([&] {
    std::shared_lock reading(both.w);
    inside(both.m);
  });
  t1.join();
  t2.join();
  t3.join();
  t4.join();
}

}  // namespace

TEST_CASE("what a thread has got of several is given back out of what all who share it have", "[models]") {
  // T2 comes before T1 or after, and the two readers before or after T2, as they like.
  const Result right = check([] { readers_beside_several([](heddle::mutex&) {}); });
  CHECK(right.verdict == Verdict::verified);
  CHECK(right.executions == 2 * 2 * 2);
  CHECK(right.blocked > 0);
  CHECK(right.findings.empty());
  // T1 is not to blame for what T4 keeps.
  const Result wrong = check([] { readers_beside_several([](heddle::mutex& m) { std::lock_guard lock(m); }); });
  REQUIRE(wrong.findings.size() == 1);
  CHECK(wrong.findings[0].kind == FindingKind::deadlock);
  CHECK(wrong.findings[0].message == "T2 waits for shared mutex #1 held by T4, which waits for mutex #1 held by T2");
}

TEST_CASE("who locks several shared mutexes comes before each reader or after", "[models]") {
  const Result result = check([] {
    heddle::shared_mutex v;
    heddle::shared_mutex w;
    const auto read = [&] { std::shared_lock reading(w); };
    heddle::thread t(read);
    heddle::thread u(read);
    { std::scoped_lock both(w, v); }
    t.join();
    u.join();
  });
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.executions == 4);
  CHECK(result.blocked == 0);
}

TEST_CASE("readers of several shared mutexes at once are not ordered", "[models]") {
  CHECK(executions([] {
          heddle::shared_mutex v;
          heddle::shared_mutex w;
          const auto read = [&] {
            std::shared_lock one(v, std::defer_lock);
            std::shared_lock other(w, std::defer_lock);
            std::lock(other, one);
          };
          heddle::thread t(read);
          heddle::thread u(read);
          read();
          t.join();
          u.join();
        }) == 1);
}

TEST_CASE("a recursive mutex that was locked before is not free when several are given back", "[models]") {
  const auto harness = [](bool before) {
    heddle::recursive_mutex a;
    heddle::mutex b;
    heddle::thread t([&] {
      if (before) a.lock();
      { std::scoped_lock both(a, b); }
      if (before) a.unlock();
    });
    {
      std::lock_guard first(b);
      std::lock_guard second(a);
    }
    t.join();
  };
  CHECK(verdict([&] { harness(false); }) == "verified");
  CHECK_THAT(verdict([&] { harness(true); }), Catch::StartsWith("deadlock: "));
}

TEST_CASE("mutexes of different kinds, named in opposite orders: either thread is first", "[models]") {
  const auto harness = [](auto& one, auto& other) {
    heddle::var<int> shared{0};
    heddle::thread t([&] {
      std::scoped_lock both(one, other);
      shared += 1;
    });
    {
      std::unique_lock first(other, std::defer_lock);
      std::unique_lock second(one, std::defer_lock);
      std::lock(first, second);
      shared += 1;
    }
    t.join();
    HEDDLE_ASSERT(shared == 2);
  };
  const auto executions_with = [&]<class One, class Other>(One*, Other*) {
    return executions([&] {
      One one;
      Other other;
      harness(one, other);
    });
  };
  heddle::mutex* const plain = nullptr;
  CHECK(executions_with(plain, plain) == 2);
  CHECK(executions_with(plain, static_cast<heddle::recursive_mutex*>(nullptr)) == 2);
  CHECK(executions_with(plain, static_cast<heddle::timed_mutex*>(nullptr)) == 2);
  CHECK(executions_with(plain, static_cast<heddle::recursive_timed_mutex*>(nullptr)) == 2);
  CHECK(executions_with(plain, static_cast<heddle::priority_mutex*>(nullptr)) == 2);
  CHECK(executions_with(plain, static_cast<heddle::shared_mutex*>(nullptr)) == 2);
  CHECK(executions_with(plain, static_cast<heddle::shared_timed_mutex*>(nullptr)) == 2);
}

namespace {

/// A lock of the harness's own.
class OwnLock {
 public:
  void lock() { inner_.lock(); }
  bool try_lock() { return inner_.try_lock(); }
  void unlock() { inner_.unlock(); }

 private:
  heddle::mutex inner_;
};

}  // namespace

TEST_CASE("locks of the harness's own are locked by std's algorithm, and so is what is locked with them", "[models]") {
  static_assert(!heddle::models::LockedWithOthers<OwnLock>);
  // The other thread holds only one at a time, so that std's algorithm backs off once at most.
  const auto harness = [](auto& own) {
    heddle::mutex m;
    heddle::var<int> shared{0};
    heddle::thread t([&] {
      std::scoped_lock both(own, m);
      shared += 1;
    });
    {
      std::lock_guard lock(m);
      shared += 1;
    }
    t.join();
    HEDDLE_ASSERT(shared == 2);
  };
  const auto check_with = [&](auto make) {
    const Result result = check([&] {
      auto own = make();
      harness(*own);
    });
    CHECK(result.verdict == Verdict::verified);
    CHECK(result.executions == 3);  // before; after, having waited in vain or not
  };
  check_with([] { return std::make_unique<OwnLock>(); });
  check_with([] { return std::make_unique<heddle::fair_mutex>(); });
}

TEST_CASE("std::try_lock of several takes all or nothing, and says which it did not get", "[models]") {
  const auto harness = [](int not_this) {
    heddle::mutex a;
    heddle::mutex b;
    heddle::thread t([&] { std::scoped_lock both(a, b); });
    const int failed = heddle::try_lock(a, b);
    HEDDLE_ASSERT(failed != not_this);
    if (failed == -1) {
      a.unlock();
      b.unlock();
    }
    t.join();
  };
  CHECK(verdict([&] { harness(2); }) == "verified");
  for (const int outcome : {-1, 0, 1}) CHECK_THAT(verdict([&] { harness(outcome); }), Catch::StartsWith("assertion: "));
}
