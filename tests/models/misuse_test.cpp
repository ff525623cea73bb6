// Every precondition of the standard that can be watched, broken; each beside a use that keeps it.
#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <system_error>

#include "models/checked.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using heddle::models::test::verdict;

namespace {

template <class Mutex>
void no_relock() {
  CHECK_THAT(verdict([] {
               Mutex m;
               m.lock();
               m.lock();
             }),
             StartsWith("misuse: lock of a") && Contains("already holds"));
  CHECK_THAT(verdict([] {
               Mutex m;
               m.unlock();
             }),
             StartsWith("misuse: unlock of a") && Contains("does not hold"));
  CHECK_THAT(verdict([] {
               auto m = std::make_unique<Mutex>();
               m->lock();
             }),
             Contains("destroyed while it is held"));
  CHECK_THAT(verdict([] {
               Mutex m;
               m.lock();
               heddle::thread other([&] { m.unlock(); });
               other.join();
             }),
             Contains("does not hold"));
  CHECK(verdict([] {
          Mutex m;
          m.lock();
          heddle::thread other([&] { HEDDLE_ASSERT(!m.try_lock()); });
          other.join();
          m.unlock();
        }) == "verified");
}

}  // namespace

TEST_CASE("mutexes are unlocked by their holder, and not locked by it again", "[models]") {
  no_relock<heddle::mutex>();
  no_relock<heddle::timed_mutex>();
  no_relock<heddle::shared_mutex>();
  no_relock<heddle::shared_timed_mutex>();
  for (const auto& again : std::initializer_list<std::function<void()>>{
           [] {
             heddle::mutex m;
             m.lock();
             m.try_lock();
           },
           [] {
             heddle::timed_mutex m;
             m.lock();
             m.try_lock_until(std::chrono::steady_clock::now() + std::chrono::seconds(1));
           },
           [] {
             heddle::shared_timed_mutex m;
             m.lock();
             m.try_lock_shared_for(std::chrono::seconds(1));
           }})
    CHECK_THAT(verdict(again), StartsWith("misuse: ") && Contains("already holds"));
  CHECK_THAT(verdict([] {
               heddle::timed_mutex m;
               m.lock();
               m.try_lock_for(std::chrono::seconds(1));
             }),
             Contains("already holds"));
  CHECK(verdict([] {
          heddle::recursive_timed_mutex m;
          m.lock();
          HEDDLE_ASSERT(m.try_lock_for(std::chrono::seconds(1)));
          m.unlock();
          m.unlock();
        }) == "verified");
}

TEST_CASE("a recursive mutex is unlocked by its holder, as often as it was locked", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::recursive_mutex m;
               m.lock();
               m.lock();
               for (int i = 0; i < 3; ++i) m.unlock();
             }),
             StartsWith("misuse: unlock of a") && Contains("does not hold"));
  CHECK_THAT(verdict([] {
               heddle::recursive_mutex m;
               m.lock();
               heddle::thread([&] { m.unlock(); }).join();
             }),
             Contains("does not hold"));
  CHECK_THAT(verdict([] {
               auto m = std::make_unique<heddle::recursive_timed_mutex>();
               m->lock();
               m->lock();
               m->unlock();
             }),
             Contains("destroyed while it is held"));
}

TEST_CASE("a shared mutex is given back as it was taken", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::shared_mutex m;
               m.lock_shared();
               m.unlock();
             }),
             Contains("call unlock_shared"));
  CHECK_THAT(verdict([] {
               heddle::shared_mutex m;
               m.lock();
               m.unlock_shared();
             }),
             Contains("call unlock"));
  CHECK_THAT(verdict([] {
               heddle::shared_mutex m;
               m.unlock_shared();
             }),
             Contains("does not share"));
  CHECK_THAT(verdict([] {
               heddle::shared_mutex m;
               m.lock_shared();
               m.lock();  // no way to make a shared lock an exclusive one
             }),
             Contains("already shares"));
  CHECK_THAT(verdict([] {
               heddle::shared_mutex m;
               m.lock_shared();
               m.lock_shared();
             }),
             Contains("already shares"));
  CHECK_THAT(verdict([] {
               heddle::shared_mutex m;
               m.lock();
               m.try_lock_shared();
             }),
             Contains("already holds"));
  CHECK_THAT(verdict([] {
               auto m = std::make_unique<heddle::shared_mutex>();
               m->lock_shared();
             }),
             Contains("destroyed while it is held"));
}

TEST_CASE("a condition variable is waited on with one mutex, which is held", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::mutex m;
               heddle::condition_variable c;
               std::unique_lock lock(m, std::defer_lock);
               c.wait(lock);
             }),
             Contains("not held"));
  const auto two_mutexes = [](auto* which) {
    return [] {
      heddle::mutex a;
      heddle::mutex b;
      std::remove_pointer_t<decltype(which)> c;
      heddle::thread other([&] {
        std::unique_lock lock(a);
        c.wait_for(lock, std::chrono::seconds(1));
      });
      std::unique_lock lock(b);
      c.wait_for(lock, std::chrono::seconds(1));
      lock.unlock();
      other.join();
    };
  };
  CHECK_THAT(verdict(two_mutexes(static_cast<heddle::condition_variable*>(nullptr))), Contains("mutex other than"));
  CHECK(verdict(two_mutexes(static_cast<heddle::condition_variable_any*>(nullptr))) == "verified");
  CHECK_THAT(verdict([] {
               heddle::mutex m;
               auto c = std::make_unique<heddle::condition_variable_any>();
               heddle::thread waiter([&, &c = *c] {
                 std::unique_lock lock(m);
                 c.wait(lock);
               });
               c.reset();
               waiter.join();
             }),
             Contains("destroyed while") || Contains("lifetime has ended") || Contains("memory was freed"));
}

TEST_CASE("every wait needs the lock", "[models]") {
  using Lock = std::unique_lock<heddle::mutex>;
  using Condition = heddle::condition_variable;
  const auto waits = [](bool holds, auto wait) {
    return verdict([=] {
      heddle::mutex m;
      Condition c;
      Lock lock(m, std::defer_lock);
      if (holds) lock.lock();
      wait(c, lock);
    });
  };
  const auto each = [&](auto wait) {
    CHECK_THAT(waits(false, wait), StartsWith("misuse: ") && Contains("not held"));
    CHECK(waits(true, wait) == "verified");
  };
  using std::chrono::seconds;
  using std::chrono::steady_clock;
  // The predicate does not hold when it is first asked: only then there is a wait.
  const auto second_time = [] { return [asked = false]() mutable { return std::exchange(asked, true); }; };
  each([](Condition& c, Lock& lock) { c.wait_for(lock, seconds(1)); });
  each([](Condition& c, Lock& lock) { c.wait_until(lock, steady_clock::now() + seconds(1)); });
  each([=](Condition& c, Lock& lock) { c.wait_for(lock, seconds(1), second_time()); });
  each([=](Condition& c, Lock& lock) { c.wait_until(lock, steady_clock::now() + seconds(1), second_time()); });
  const auto notifies_at_exit = [](bool holds) {
    return [holds] {
      heddle::mutex m;
      Condition c;
      heddle::thread([&] {
        Lock lock(m, std::defer_lock);
        if (holds) lock.lock();
        heddle::notify_all_at_thread_exit(c, std::move(lock));
      }).join();
    };
  };
  CHECK_THAT(verdict(notifies_at_exit(false)), StartsWith("misuse: ") && Contains("not held"));
  CHECK(verdict(notifies_at_exit(true)) == "verified");
}

TEST_CASE("who notifies at the end of a thread holds the mutex that others wait with", "[models]") {
  const auto notifies_with = [](bool the_same) {
    return [the_same] {
      heddle::mutex m;
      heddle::mutex other;
      heddle::condition_variable c;
      heddle::latch waiting(1);
      heddle::thread waiter([&] {
        std::unique_lock lock(m);
        waiting.count_down();
        c.wait(lock);
      });
      heddle::thread notifier([&] {
        waiting.wait();
        m.lock();  // the waiter has given it up
        m.unlock();
        heddle::notify_all_at_thread_exit(c, std::unique_lock(the_same ? m : other));
      });
      waiter.join();
      notifier.join();
    };
  };
  CHECK_THAT(verdict(notifies_with(false)), StartsWith("misuse: notify_all_at_thread_exit with a mutex other than"));
  CHECK(verdict(notifies_with(true)) == "verified");
}

TEST_CASE("who was notified need not be awake when the condition variable is destroyed", "[models]") {
  // [thread.condition.condvar]/4
  for (const bool timed : {false, true}) {
    CHECK(verdict([timed] {
            heddle::mutex m;
            heddle::var<bool> ready{false};
            auto c = std::make_unique<heddle::condition_variable>();
            m.lock();
            heddle::thread notifier([&] {
              m.lock();
              ready = true;
              c->notify_all();
              c.reset();
              m.unlock();
            });
            std::unique_lock lock(m, std::adopt_lock);
            if (timed)
              c->wait_for(lock, std::chrono::seconds(1));
            else
              c->wait(lock);
            lock.unlock();
            notifier.join();
          }) == "verified");
  }
}

TEST_CASE("a latch is not counted down below zero", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::latch l(1);
               l.count_down(2);
             }),
             Contains("below zero"));
  CHECK_THAT(verdict([] {
               heddle::latch l(1);
               l.count_down(-1);
             }),
             Contains("negative number"));
  CHECK_THAT(verdict([] {
               heddle::latch l(1);
               l.arrive_and_wait(2);
             }),
             Contains("below zero"));
  CHECK_THAT(verdict([] { heddle::latch l(-1); }), Contains("negative counter"));
  CHECK_THAT(verdict([] {
               heddle::latch l(1);
               l.wait();
             }),
             StartsWith("deadlock: ") && Contains("count it down"));
  CHECK(verdict([] {
          heddle::latch l(3);
          l.count_down(2);
          HEDDLE_ASSERT(!l.try_wait());
          l.arrive_and_wait();
          HEDDLE_ASSERT(l.try_wait());
          heddle::latch open(0);
          open.wait();
        }) == "verified");
}

TEST_CASE("no latch, semaphore or barrier is destroyed while somebody waits", "[models]") {
  CHECK_THAT(verdict([] {
               auto l = std::make_unique<heddle::latch>(1);
               heddle::thread waiter([&l = *l] { l.wait(); });
               l->count_down();
               l.reset();  // the waiter may not be awake yet
               waiter.join();
             }),
             StartsWith("use-after-free: "));
  CHECK_THAT(verdict([] {
               auto s = std::make_unique<heddle::binary_semaphore>(0);
               heddle::thread waiter([&s = *s] { s.acquire(); });
               s->release();
               s.reset();
               waiter.join();
             }),
             StartsWith("use-after-free: "));
  CHECK_THAT(verdict([] {
               auto b = std::make_unique<heddle::barrier<>>(2);
               heddle::thread waiter([&b = *b] { b.arrive_and_wait(); });
               b->arrive_and_wait();
               b.reset();
               waiter.join();
             }),
             StartsWith("use-after-free: "));
}

TEST_CASE("a semaphore stays between zero and its maximum", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::binary_semaphore s(1);
               s.release();
             }),
             Contains("max()"));
  CHECK_THAT(verdict([] { heddle::counting_semaphore<5> s(-1); }), Contains("outside [0, max()]"));
  CHECK_THAT(verdict([] { heddle::binary_semaphore s(2); }), Contains("outside [0, max()]"));
  CHECK_THAT(verdict([] {
               heddle::counting_semaphore<5> s(2);
               s.release(-1);
             }),
             Contains("negative"));
}

TEST_CASE("a call_once inside itself is found", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::once_flag flag;
               heddle::call_once(flag, [&] { heddle::call_once(flag, [] {}); });
             }),
             StartsWith("misuse: call_once inside"));
}

TEST_CASE("a detached thread does not outlive what it uses", "[models]") {
  const auto detached = [](bool waits) {
    return [waits] {
      static heddle::latch* done = nullptr;  // nobody destroys it
      done = new heddle::latch(1);
      const auto m = std::make_unique<heddle::mutex>();
      heddle::thread([&m = *m] {
        m.lock();
        m.unlock();
        done->count_down();
      }).detach();
      if (waits) done->wait();
    };
  };
  CHECK_THAT(verdict(detached(false)), StartsWith("use-after-free: ") || Contains("destroyed while it is held"));
  CHECK(verdict(detached(true)) == "verified");
}

TEST_CASE("what a dead object was is told of its class, whatever its memory holds", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::mutex m;
               heddle::thread user([&] {
                 m.lock();
                 m.unlock();
               });
               user.detach();
             }),
             Contains(" a mutex "));
}

TEST_CASE("a thread that joins itself gets std's error", "[models]") {
  CHECK(verdict([] {
          heddle::latch ready(1);
          heddle::thread self;
          self = heddle::thread([&] {
            ready.wait();
            bool failed = false;
            try {
              self.join();
            } catch (const std::system_error& error) {
              failed = error.code() == std::errc::resource_deadlock_would_occur;
            }
            HEDDLE_ASSERT(failed);
          });
          ready.count_down();
          self.join();
        }) == "verified");
}

TEST_CASE("a thread object is not assigned to while it has a thread", "[models]") {
  const auto assigned = [](bool joined) {
    return [joined] {
      heddle::thread worker([] {});
      if (joined) worker.join();
      worker = heddle::thread([] {});
      worker.join();
    };
  };
  CHECK_THAT(verdict(assigned(false)), StartsWith("misuse: ") && Contains("assigned to"));
  CHECK(verdict(assigned(true)) == "verified");
}

TEST_CASE("threads are joined and detached once", "[models]") {
  CHECK(verdict([] {
          const auto fails = [](auto act) {
            try {
              act();
            } catch (const std::system_error& error) {
              return error.code() == std::errc::invalid_argument;
            }
            return false;
          };
          heddle::thread worker([] {});
          worker.join();
          HEDDLE_ASSERT(fails([&] { worker.join(); }));
          HEDDLE_ASSERT(fails([&] { worker.detach(); }));
          heddle::jthread stopped([] {});
          stopped.detach();
          HEDDLE_ASSERT(fails([&] { stopped.join(); }));
          HEDDLE_ASSERT(fails([&] { stopped.detach(); }));
        }) == "verified");
}

TEST_CASE("an exception that a promise is given is one", "[models]") {
  const auto gives = [](std::exception_ptr error, bool later) {
    return [=] {
      heddle::promise<int> promise;
      const auto future = promise.get_future();
      heddle::thread([&] {
        if (later)
          promise.set_exception_at_thread_exit(error);
        else
          promise.set_exception(error);
      }).join();
    };
  };
  for (const bool later : {false, true}) {
    CHECK_THAT(verdict(gives(nullptr, later)), StartsWith("misuse: set_exception without an exception"));
    CHECK(verdict(gives(std::make_exception_ptr(1), later)) == "verified");
  }
}

TEST_CASE("a stop callback does not throw, whoever calls it", "[models]") {
  const auto throws = [](bool at_once, bool does) {
    return [=] {
      heddle::stop_source source;
      if (at_once) source.request_stop();
      try {
        const heddle::stop_callback callback(source.get_token(), [=] {
          if (does) throw 1;
        });
        source.request_stop();
      } catch (int) {  // never comes here
      }
    };
  };
  for (const bool at_once : {false, true}) {
    CHECK_THAT(verdict(throws(at_once, true)), StartsWith("uncaught-exception: "));
    CHECK(verdict(throws(at_once, false)) == "verified");
  }
}

TEST_CASE("more callbacks than there is room for are told", "[models]") {
  const auto callbacks = [](int count) {
    return [count] {
      heddle::stop_source source;
      int calls = 0;
      const auto call = [&] { ++calls; };
      std::deque<heddle::stop_callback<decltype(call)>> all;
      for (int i = 0; i < count; ++i) all.emplace_back(source.get_token(), call);
      HEDDLE_ASSERT(calls == 0);  // to request a stop would call them in each of 64! orders
    };
  };
  CHECK_THAT(verdict(callbacks(65)), StartsWith("misuse: more than 64 stop_callbacks"));
  CHECK(verdict(callbacks(64)) == "verified");
}

TEST_CASE("loads do not release, and stores do not acquire", "[models]") {
  using heddle::memory_order;
  const auto rejects = [](const char* what, auto use, std::initializer_list<memory_order> right,
                          std::initializer_list<memory_order> wrong) {
    const auto with = [use](memory_order order) {
      return verdict([=] {
        heddle::atomic<int> x{0};
        heddle::atomic_flag flag;
        int object = 0;
        heddle::atomic_ref<int> ref(object);
        use(order, x, flag, ref);
      });
    };
    for (const memory_order order : right) CHECK(with(order) == "verified");
    for (const memory_order order : wrong) CHECK_THAT(with(order), StartsWith("misuse: ") && Contains(what));
  };
  using enum memory_order;
  const auto loads = {relaxed, consume, acquire, seq_cst};
  const auto no_loads = {release, acq_rel};
  const auto stores = {relaxed, release, seq_cst};
  const auto no_stores = {consume, acquire, acq_rel};
  rejects(
      "a load", [](auto order, auto& x, auto&, auto&) { x.load(order); }, loads, no_loads);
  rejects(
      "a load", [](auto order, auto& x, auto&, auto&) { x.wait(1, order); }, loads, no_loads);
  rejects(
      "a load", [](auto order, auto&, auto& flag, auto&) { flag.test(order); }, loads, no_loads);
  rejects(
      "a load", [](auto order, auto&, auto& flag, auto&) { flag.wait(true, order); }, loads, no_loads);
  rejects(
      "a load", [](auto order, auto&, auto&, auto& ref) { ref.load(order); }, loads, no_loads);
  rejects(
      "a load", [](auto order, auto&, auto&, auto& ref) { ref.wait(1, order); }, loads, no_loads);
  rejects(
      "a store", [](auto order, auto& x, auto&, auto&) { x.store(1, order); }, stores, no_stores);
  rejects(
      "a store", [](auto order, auto&, auto& flag, auto&) { flag.clear(order); }, stores, no_stores);
  rejects(
      "a store", [](auto order, auto&, auto&, auto& ref) { ref.store(1, order); }, stores, no_stores);
  const auto exchange = [](auto order, auto& x, auto&, auto& ref) {
    int expected = 1;
    x.compare_exchange_strong(expected, 2, seq_cst, order);
    x.compare_exchange_weak(expected, 2, seq_cst, order);
    ref.compare_exchange_strong(expected, 2, seq_cst, order);
  };
  rejects("cannot be release", exchange, loads, no_loads);
}
