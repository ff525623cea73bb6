// How many executions the classic families of programs have: exactly one for each trace, as can be counted by hand.
#include <catch2/catch.hpp>
#include <deque>
#include <mutex>
#include <shared_mutex>

#include "models/heddle/heddle.hpp"
#include "oracle/engine.hpp"

using heddle::oracle::count_leaves;
using heddle::oracle::LeafCounts;

namespace {

std::uint64_t factorial(unsigned n) { return n == 0 ? 1 : n * factorial(n - 1); }
std::uint64_t power(std::uint64_t base, unsigned n) { return n == 0 ? 1 : base * power(base, n - 1); }
std::uint64_t power_of_two(unsigned n) { return power(2, n); }

LeafCounts complete(std::uint64_t count) { return {.complete = count}; }

using Threads = std::vector<heddle::thread>;
void join(Threads& threads) {
  for (heddle::thread& thread : threads) thread.join();
}

void increment_one(unsigned n) {
  heddle::atomic<int> x{0};
  Threads threads;
  for (unsigned i = 0; i < n; ++i) threads.emplace_back([&] { x.fetch_add(1); });
  join(threads);
  HEDDLE_ASSERT(x.load() == static_cast<int>(n));
}

void increment_two(unsigned n) {
  heddle::atomic<int> x{0};
  heddle::atomic<int> y{0};
  Threads threads;
  for (unsigned i = 0; i < n; ++i)
    threads.emplace_back([&] {
      x.fetch_add(1);
      y.fetch_add(1);
    });
  join(threads);
}

void readers(unsigned n) {
  heddle::atomic<int> x{0};
  Threads threads;
  for (unsigned i = 0; i < n; ++i) threads.emplace_back([&] { x.load(); });
  threads.emplace_back([&] { x.store(1); });
  join(threads);
}

void share(unsigned readers, unsigned writers) {
  heddle::shared_mutex m;
  Threads threads;
  for (unsigned i = 0; i < readers; ++i) threads.emplace_back([&] { std::shared_lock lock(m); });
  for (unsigned i = 0; i < writers; ++i) threads.emplace_back([&] { std::lock_guard lock(m); });
  join(threads);
}

void release(unsigned releases, unsigned acquires) {
  heddle::counting_semaphore<> s(0);
  Threads threads;
  for (unsigned i = 0; i < releases; ++i) threads.emplace_back([&] { s.release(); });
  for (unsigned i = 0; i < acquires; ++i) threads.emplace_back([&] { s.acquire(); });
  join(threads);
}

void count_down(unsigned n) {
  heddle::latch done(n);
  Threads threads;
  for (unsigned i = 0; i < n; ++i) threads.emplace_back([&] { done.count_down(); });
  for (unsigned i = 0; i < 2; ++i) threads.emplace_back([&] { done.wait(); });
  join(threads);
}

void arrive(unsigned n, unsigned phases) {
  heddle::barrier<> all(n);
  Threads threads;
  for (unsigned i = 0; i < n; ++i)
    threads.emplace_back([&] {
      for (unsigned phase = 0; phase < phases; ++phase) all.arrive_and_wait();
    });
  join(threads);
}

void arrive_and_complete(unsigned n, unsigned phases) {
  const auto completed = []() noexcept {};
  heddle::barrier all(n, completed);
  Threads threads;
  for (unsigned i = 0; i < n; ++i)
    threads.emplace_back([&] {
      for (unsigned phase = 0; phase < phases; ++phase) all.arrive_and_wait();
    });
  join(threads);
}

void last_zero(unsigned n) {
  std::vector<heddle::atomic<int>> a(n + 1);
  Threads threads;
  threads.emplace_back([&] {
    for (unsigned i = n; a[i].load() != 0; --i) {
    }
  });
  for (unsigned i = 1; i <= n; ++i) threads.emplace_back([&, i] { a[i].store(a[i - 1].load() + 1); });
  join(threads);
}

void increment_under_a_lock(unsigned n) {
  heddle::mutex m;
  heddle::atomic<int> x{0};
  Threads threads;
  for (unsigned i = 0; i < n; ++i)
    threads.emplace_back([&] {
      std::lock_guard lock(m);
      x.store(x.load() + 1);
    });
  join(threads);
  HEDDLE_ASSERT(x.load() == static_cast<int>(n));
}

void account(unsigned n) {
  heddle::mutex m;
  heddle::var<int> balance{0};
  Threads threads;
  for (const int amount : {1, -1})
    for (unsigned i = 0; i < n; ++i)
      threads.emplace_back([&, amount] {
        std::lock_guard lock(m);
        balance += amount;
      });
  join(threads);
}

void philosophers(unsigned n, bool one_left_handed) {
  auto& forks = *new std::vector<heddle::mutex>(n);  // held for ever in the deadlock
  Threads threads;
  for (unsigned i = 0; i < n; ++i) {
    unsigned first = i;
    unsigned second = (i + 1) % n;
    if (one_left_handed && i + 1 == n) std::swap(first, second);
    threads.emplace_back([&forks, first, second] {
      forks[first].lock();
      forks[second].lock();
      forks[second].unlock();
      forks[first].unlock();
    });
  }
  join(threads);
}

void producer_and_consumer(unsigned n) {
  heddle::mutex m;
  heddle::condition_variable filled;
  heddle::condition_variable emptied;
  heddle::var<unsigned> slot{0};
  heddle::var<bool> full{false};
  heddle::thread producer([&] {
    for (unsigned i = 0; i < n; ++i) {
      std::unique_lock lock(m);
      while (full) emptied.wait(lock);
      slot = i;
      full = true;
      filled.notify_one();
    }
  });
  heddle::thread consumer([&] {
    for (unsigned i = 0; i < n; ++i) {
      std::unique_lock lock(m);
      while (!full) filled.wait(lock);
      HEDDLE_ASSERT(slot == i);
      full = false;
      emptied.notify_one();
    }
  });
  producer.join();
  consumer.join();
}

void fibonacci(unsigned n, bool look_after_the_end) {
  heddle::atomic<int> i{1};
  heddle::atomic<int> j{1};
  const auto add = [n](heddle::atomic<int>& mine, heddle::atomic<int>& other) {
    for (unsigned k = 0; k < n; ++k) {
      const int old = mine.load();
      mine.store(old + other.load());
    }
  };
  heddle::thread a([&] { add(i, j); });
  heddle::thread b([&] { add(j, i); });
  if (look_after_the_end) {
    a.join();
    b.join();
  }
  i.load();
  j.load();
  if (!look_after_the_end) {
    a.join();
    b.join();
  }
}

LeafCounts count(void (*family)(unsigned), unsigned n) {
  return count_leaves([=] { family(n); });
}

/// Each of n threads takes a lock by waiting in a loop, and gives it back.
template <class Lock>
void one_after_another(unsigned n) {
  Lock lock;
  heddle::var<int> inside{0};
  Threads threads;
  for (unsigned i = 0; i < n; ++i)
    threads.emplace_back([&] {
      lock.lock();
      inside += 1;
      lock.unlock();
    });
  join(threads);
}

struct TestAndSet {
  heddle::atomic<bool> held{false};
  void lock() {
    while (held.exchange(true)) {
    }
  }
  void unlock() { held.store(false); }
};

struct CompareExchange {
  heddle::atomic<int> held{0};
  void lock() {
    for (int free = 0; !held.compare_exchange_weak(free, 1); free = 0) heddle::this_thread::yield();
  }
  void unlock() { held.store(0); }
};

struct TryLock {
  heddle::mutex mutex;
  void lock() {
    while (!mutex.try_lock()) {
    }
  }
  void unlock() { mutex.unlock(); }
};

struct Tickets {
  heddle::atomic<unsigned> next{0};
  heddle::atomic<unsigned> served{0};
  void lock() {
    for (const unsigned mine = next.fetch_add(1); served.load() != mine;) {
    }
  }
  void unlock() { served.store(served.load() + 1); }
};

struct TestAndTestAndSet {
  heddle::atomic<bool> held{false};
  void lock() {
    do {
      while (held.load()) {
      }
    } while (held.exchange(true));
  }
  void unlock() { held.store(false); }
};

/// Threads wait for their numbers in turn.
void in_turn(unsigned n) {
  heddle::atomic<unsigned> turn{0};
  Threads threads;
  for (unsigned i = 0; i < n; ++i)
    threads.emplace_back([&, i] {
      while (turn.load() != i) {
      }
      turn.store(i + 1);
    });
  join(threads);
}

}  // namespace

TEST_CASE("locks that are waited for in a loop: n!", "[oracle]") {
  // A round in which the lock is not free is left out, so what remains are the orders in which threads get it.
  for (unsigned n = 1; n <= 5; ++n) {
    CHECK(count(one_after_another<TestAndSet>, n) == complete(factorial(n)));
    CHECK(count(one_after_another<CompareExchange>, n) == complete(factorial(n)));
    CHECK(count(one_after_another<TryLock>, n) == complete(factorial(n)));
    CHECK(count(one_after_another<Tickets>, n) == complete(factorial(n)));
    CHECK(count(in_turn, n) == complete(1));
  }
}

TEST_CASE("test and test-and-set: (n!)^2", "[oracle]") {
  // The k-th thread that gets the lock has seen it free before, at its initial value or after any of the k - 1 unlocks
  // so far: n! orders, and 1 * 2 * ... * n ways to have seen it in each.
  for (unsigned n = 1; n <= 4; ++n)
    CHECK(count(one_after_another<TestAndTestAndSet>, n) == complete(factorial(n) * factorial(n)));
}

TEST_CASE("a loop that nobody ends is a livelock", "[oracle]") {
  CHECK(count_leaves([] {
          heddle::atomic<bool> ready{false};
          while (!ready.load()) {
          }
        }) == LeafCounts{.livelocks = 1});
  // Set and taken back: who looks in between leaves the loop.
  CHECK(count_leaves([] {
          heddle::atomic<bool> ready{false};
          heddle::thread reader([&] {
            while (!ready.load()) {
            }
          });
          ready.store(true);
          ready.store(false);
          reader.join();
        }) == LeafCounts{.complete = 1, .livelocks = 1});
  // Two test-and-set locks in opposite orders: both orders of the threads, and each holds one.
  CHECK(count_leaves([] {
          TestAndSet a;
          TestAndSet b;
          heddle::thread first([&] {
            a.lock();
            b.lock();
            b.unlock();
            a.unlock();
          });
          heddle::thread second([&] {
            b.lock();
            a.lock();
            a.unlock();
            b.unlock();
          });
          first.join();
          second.join();
        }) == LeafCounts{.complete = 2, .livelocks = 1});
}

TEST_CASE("a fence in a loop that waits changes nothing", "[oracle]") {
  using heddle::memory_order_acquire;
  using heddle::memory_order_relaxed;
  const auto wait = [](bool fence_first, bool set) {
    return count_leaves([=] {
      heddle::atomic<bool> ready{false};
      heddle::thread waiting([&] {
        if (fence_first) {
          do heddle::atomic_thread_fence(memory_order_acquire);
          while (!ready.load(memory_order_relaxed));
        } else {
          while (!ready.load(memory_order_relaxed)) heddle::atomic_thread_fence(memory_order_acquire);
        }
      });
      if (set) ready.store(true, memory_order_relaxed);
      waiting.join();
    });
  };
  // One, and another where the first round is in the graph: the state that comes again is the one before a fence, and
  // what the compiler leaves in dead registers may differ at the first.
  for (const bool fence_first : {true, false}) {
    const LeafCounts leaves = wait(fence_first, true);
    CHECK((leaves == complete(1) || leaves == complete(2)));
  }
  CHECK(wait(true, false) == LeafCounts{.livelocks = 1});
  CHECK(wait(false, false) == LeafCounts{.livelocks = 1});
}

TEST_CASE("updates of one atomic: every order", "[oracle]") {
  for (unsigned n = 1; n <= 7; ++n) REQUIRE(count(increment_one, n) == complete(factorial(n)));
}

TEST_CASE("updates of one atomic, then of another: every pair of orders", "[oracle]") {
  // Program order leads from the first to the second only, so no pair of orders makes a cycle.
  for (unsigned n = 1; n <= 4; ++n) REQUIRE(count(increment_two, n) == complete(factorial(n) * factorial(n)));
}

TEST_CASE("those who share a mutex: the order among them is none", "[oracle]") {
  for (unsigned n = 1; n <= 8; ++n) {
    REQUIRE(count([](unsigned readers) { share(readers, 0); }, n) == complete(1));
    // Each comes before the one that locks it alone, or after.
    REQUIRE(count([](unsigned readers) { share(readers, 1); }, n) == complete(power_of_two(n)));
  }
  // m! orders of those that lock it alone, and each of the others in one of m + 1 places between.
  for (unsigned n = 1; n <= 3; ++n) {
    REQUIRE(count([](unsigned readers) { share(readers, 2); }, n) == complete(2 * power(3, n)));
    REQUIRE(count([](unsigned readers) { share(readers, 3); }, n) == complete(6 * power(4, n)));
  }
}

TEST_CASE("releases of a semaphore: the order among them is none", "[oracle]") {
  for (unsigned n = 1; n <= 8; ++n) {
    REQUIRE(count([](unsigned releases) { release(releases, 0); }, n) == complete(1));
    // Any of them come before the one acquire, and at least one.
    REQUIRE(count([](unsigned releases) { release(releases, 1); }, n) == complete(power_of_two(n) - 1));
  }
}

TEST_CASE("a latch and a barrier: whoever arrives, the order is none", "[oracle]") {
  for (unsigned n = 1; n <= 10; ++n) REQUIRE(count(count_down, n) == complete(1));
  for (unsigned n = 1; n <= 10; ++n) REQUIRE(count([](unsigned comers) { arrive(comers, 3); }, n) == complete(1));
}

TEST_CASE("a barrier with a completion function: in each phase any of those who wait runs it", "[oracle]") {
  for (unsigned n = 1; n <= 6; ++n)
    REQUIRE(count([](unsigned comers) { arrive_and_complete(comers, 3); }, n) == complete(power(n, 3)));
}

TEST_CASE("readers of one store: each sees it or does not", "[oracle]") {
  for (unsigned n = 1; n <= 10; ++n) REQUIRE(count(readers, n) == complete(power_of_two(n)));
}

TEST_CASE("lastzero: (n + 3) 2^(n - 2)", "[oracle]") {
  // Writer i sets a[i] to a[i - 1] + 1; of the n writers each but the first sees its neighbour's write or does not:
  // 2^(n - 1) ways. The reader goes from a[n] down to the first zero, at j. For j = 0 and j = n nothing more is said.
  // For each of the n - 1 others it saw the write of a[j + 1] and then not that of a[j], so writer j + 1 did not see
  // that either: 2^(n - 2) ways each.
  for (unsigned n = 2; n <= 9; ++n) REQUIRE(count(last_zero, n) == complete((n + 3) * power_of_two(n) / 4));
}

TEST_CASE("critical sections of one mutex: every order", "[oracle]") {
  for (unsigned n = 1; n <= 6; ++n) REQUIRE(count(increment_under_a_lock, n) == complete(factorial(n)));
  for (unsigned n = 1; n <= 3; ++n) REQUIRE(count(account, n) == complete(factorial(2 * n)));
}

TEST_CASE("philosophers: 2^n - 2, and the deadlock where all are right-handed", "[oracle]") {
  // Each fork has two users and goes to one of them first: 2^n ways, of which the two that go round the table cannot
  // be.
  for (unsigned n = 3; n <= 9; ++n) {
    const std::uint64_t orders = power_of_two(n) - 2;
    REQUIRE(count_leaves([=] { philosophers(n, true); }) == complete(orders));
    REQUIRE(count_leaves([=] { philosophers(n, false); }) == LeafCounts{.complete = orders, .deadlocks = 1});
  }
}

TEST_CASE("a slot between a producer and a consumer: 2^(2n - 1)", "[oracle]") {
  // The 2n accesses to the slot take turns. Before each but the last, either the thread whose turn it is comes at once,
  // or the other one comes first, finds the slot not ready and waits. Before the last, the producer is done.
  for (unsigned n = 1; n <= 6; ++n) REQUIRE(count(producer_and_consumer, n) == complete(power_of_two(2 * n - 1)));
}

TEST_CASE("two threads that add each other's number", "[oracle]") {
  // The counts of other optimal searches for fib_bench; brute force finds the same (search_oracle_test.cpp).
  REQUIRE(count_leaves([] { fibonacci(3, false); }) == complete(1698));
  REQUIRE(count_leaves([] { fibonacci(4, false); }) == complete(19605));
  REQUIRE(count_leaves([] { fibonacci(3, true); }) == complete(141));
  REQUIRE(count_leaves([] { fibonacci(5, true); }) == complete(8953));
}
