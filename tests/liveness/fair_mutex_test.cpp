// heddle::fair_mutex under both searches, and heddle::priority_mutex.
#include <catch2/catch.hpp>
#include <mutex>

#include "models/heddle/heddle.hpp"
#include "oracle/engine.hpp"

using namespace heddle;

namespace {

/// `count` threads that lock and unlock a mutex of the kind once.
template <class Mutex>
void lock_once_each(unsigned count) {
  Mutex m;
  std::vector<thread> threads;
  for (unsigned i = 0; i < count; ++i) threads.emplace_back([&] { std::lock_guard lock(m); });
  for (thread& t : threads) t.join();
}

template <class Mutex>
void lock_for_ever() {
  Mutex m;
  auto work = [&] {
    for (;;) {
      std::lock_guard lock(m);
      progress();
    }
  };
  thread a(work);
  thread b(work);
  a.join();
  b.join();
}

Result check_weakly(const std::function<void()>& harness) {
  Options options;
  options.search = "liveness";
  options.fairness = Fairness::weak;
  return check(options, harness);
}

FindingKind kind_of(const std::function<void()>& harness) {
  const Result result = check({}, harness);
  REQUIRE(result.findings.size() == 1);
  return result.findings[0].kind;
}

}  // namespace

TEST_CASE("a fair mutex has one execution for each order of its queue", "[liveness][fair_mutex]") {
  // n! orders of arrival, and for each as many ways to mix arrivals and unlocks as Catalan has numbers: every unlock
  // comes after its own arrival, and both come in the same order. 1, 2 x 2, 6 x 5.
  CHECK(oracle::count_leaves([] { lock_once_each<fair_mutex>(1); }) == oracle::LeafCounts{.complete = 1});
  CHECK(oracle::count_leaves([] { lock_once_each<fair_mutex>(2); }) == oracle::LeafCounts{.complete = 4});
  CHECK(oracle::count_leaves([] { lock_once_each<fair_mutex>(3); }) == oracle::LeafCounts{.complete = 30});
}

TEST_CASE("a priority mutex is a mutex to the exhaustive search", "[liveness][fair_mutex]") {
  CHECK(oracle::count_leaves([] { lock_once_each<priority_mutex>(3); }) == oracle::LeafCounts{.complete = 6});
}

TEST_CASE("weak fairness lets a thread starve at a mutex, and not at a fair one", "[liveness][fair_mutex]") {
  const Result unfair = check_weakly(lock_for_ever<mutex>);
  REQUIRE(unfair.findings.size() == 1);
  CHECK(unfair.findings[0].kind == FindingKind::starvation);
  CHECK(unfair.findings[0].explanation.find("weakly fair only") != std::string::npos);
  CHECK(check_weakly(lock_for_ever<fair_mutex>).verdict == Verdict::verified);
}

TEST_CASE("a fair mutex excludes and orders", "[liveness][fair_mutex]") {
  for (const char* search : {"exhaustive", "liveness"}) {
    Options options;
    options.search = search;
    CHECK(check(options, [] {
            fair_mutex m;
            var<int> count{0};
            auto work = [&] {
              std::lock_guard lock(m);
              count += 1;
            };
            thread a(work);
            thread b(work);
            a.join();
            b.join();
            HEDDLE_ASSERT(count == 2);
          }).verdict == Verdict::verified);
  }
}

TEST_CASE("misuse of a fair mutex is found", "[liveness][fair_mutex]") {
  CHECK(kind_of([] {
          fair_mutex m;
          m.unlock();
        }) == FindingKind::misuse);
  CHECK(kind_of([] {
          fair_mutex m;
          m.lock();
          m.lock();
        }) == FindingKind::misuse);
  CHECK(kind_of([] {
          fair_mutex m;
          m.lock();
        }) == FindingKind::misuse);
  CHECK(kind_of([] {
          static fair_mutex a;
          static fair_mutex b;
          thread other([] {
            std::lock_guard one(b);
            std::lock_guard two(a);
          });
          {
            std::lock_guard one(a);
            std::lock_guard two(b);
          }
          other.join();
        }) == FindingKind::deadlock);
}
