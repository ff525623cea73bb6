// Every precondition of the standard that can be watched, broken; each beside a use that keeps it.
#include <catch2/catch.hpp>
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

TEST_CASE("at a barrier arrive as many as it was made for", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::barrier b(1);
               static_cast<void>(b.arrive(2));
             }),
             Contains("expects none"));
  CHECK_THAT(verdict([] {
               heddle::barrier b(1);
               static_cast<void>(b.arrive(0));
             }),
             Contains("must be positive"));
  CHECK_THAT(verdict([] { heddle::barrier b(-1); }), Contains("outside [0, max()]"));
  CHECK_THAT(verdict([] {
               heddle::barrier b(1);
               b.arrive_and_drop();
               b.arrive_and_wait();
             }),
             Contains("expects none"));
  CHECK_THAT(verdict([] {
               heddle::barrier b(2);
               b.arrive_and_wait();
             }),
             StartsWith("deadlock: ") && Contains("arrive at it"));
}

TEST_CASE("a semaphore stays between zero and its maximum", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::binary_semaphore s(1);
               s.release();
             }),
             Contains("max()"));
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
