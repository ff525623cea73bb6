// Pointers to members of Heddle's classes are what pointers to members of std's are, so that they can be given to
// std::mem_fn, std::bind, std::invoke and the constructor of a thread. That is said of each member that std declares
// neither as a template nor twice, with volatile and without.
#include <barrier>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <exception>
#include <functional>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <thread>
#include <type_traits>

#include "models/checked.hpp"
#include "models/heddle/heddle.hpp"

namespace {

/// What a pointer to a member function says, but for the class.
template <class Member>
struct Shape;
template <class Class, class Result, class... Arguments, bool quiet>
struct Shape<Result (Class::*)(Arguments...) noexcept(quiet)> {
  using type = Result(Arguments...) noexcept(quiet);
};
template <class Class, class Result, class... Arguments, bool quiet>
struct Shape<Result (Class::*)(Arguments...) const noexcept(quiet)> {
  using type = Result(Arguments...) const noexcept(quiet);
};
template <class Member>
using ShapeOf = typename Shape<Member>::type;

#define EXPECT_SAME(Class, member) \
  static_assert(std::is_same_v<ShapeOf<decltype(&heddle::Class::member)>, ShapeOf<decltype(&std::Class::member)>>)
/// Where libstdc++ goes beyond the standard: by a noexcept.
#define EXPECT_STANDARD(Class, member, ...) \
  static_assert(std::is_same_v<ShapeOf<decltype(&heddle::Class::member)>, __VA_ARGS__>)
/// Of several members of one name.
#define EXPECT_AMONG(Class, member, Result, ...)                                                 \
  static_assert(                                                                                 \
      requires { static_cast<Result(heddle::Class::*) __VA_ARGS__>(&heddle::Class::member); } && \
      requires { static_cast<Result(std::Class::*) __VA_ARGS__>(&std::Class::member); })

#define EXPECT_LOCK(Class)                  \
  EXPECT_SAME(Class, lock);                 \
  EXPECT_STANDARD(Class, try_lock, bool()); \
  EXPECT_SAME(Class, unlock)
#define EXPECT_SHARED_LOCK(Class)      \
  EXPECT_LOCK(Class);                  \
  EXPECT_SAME(Class, lock_shared);     \
  EXPECT_SAME(Class, try_lock_shared); \
  EXPECT_SAME(Class, unlock_shared)
EXPECT_LOCK(mutex);
EXPECT_LOCK(recursive_mutex);
EXPECT_LOCK(timed_mutex);
EXPECT_LOCK(recursive_timed_mutex);
EXPECT_SHARED_LOCK(shared_mutex);
EXPECT_SHARED_LOCK(shared_timed_mutex);

EXPECT_SAME(thread, join);
EXPECT_SAME(thread, detach);
EXPECT_SAME(thread, joinable);
EXPECT_SAME(jthread, join);
EXPECT_SAME(jthread, detach);
EXPECT_SAME(jthread, joinable);
EXPECT_SAME(jthread, request_stop);

EXPECT_SAME(stop_token, stop_requested);
EXPECT_SAME(stop_token, stop_possible);
EXPECT_SAME(stop_source, stop_requested);
EXPECT_SAME(stop_source, stop_possible);
EXPECT_SAME(stop_source, request_stop);  // libstdc++ has it const, which the standard has not

EXPECT_SAME(condition_variable, notify_one);
EXPECT_SAME(condition_variable, notify_all);
EXPECT_SAME(condition_variable_any, notify_one);
EXPECT_SAME(condition_variable_any, notify_all);
static_assert(std::is_same_v<decltype(&heddle::notify_all_at_thread_exit),
                             void (*)(heddle::condition_variable&, std::unique_lock<heddle::mutex>)>);

EXPECT_SAME(latch, count_down);
EXPECT_SAME(latch, try_wait);
EXPECT_STANDARD(latch, wait, void() const);
EXPECT_STANDARD(latch, arrive_and_wait, void(std::ptrdiff_t));

// Their tokens are of types of their own.
static_assert(
    std::is_same_v<ShapeOf<decltype(&heddle::barrier<>::arrive)>, heddle::barrier<>::arrival_token(std::ptrdiff_t)>);
static_assert(
    std::is_same_v<ShapeOf<decltype(&heddle::barrier<>::wait)>, void(heddle::barrier<>::arrival_token&&) const>);
EXPECT_SAME(barrier<>, arrive_and_wait);
EXPECT_SAME(barrier<>, arrive_and_drop);

EXPECT_STANDARD(counting_semaphore<>, release, void(std::ptrdiff_t));
EXPECT_STANDARD(counting_semaphore<>, acquire, void());
EXPECT_SAME(counting_semaphore<>, try_acquire);

#define EXPECT_FUTURES(R)             \
  EXPECT_SAME(future<R>, get);        \
  EXPECT_SAME(future<R>, wait);       \
  EXPECT_SAME(future<R>, valid);      \
  EXPECT_SAME(shared_future<R>, get); \
  EXPECT_SAME(shared_future<R>, wait)
#define EXPECT_PROMISE(R)                 \
  EXPECT_FUTURES(R);                      \
  EXPECT_SAME(promise<R>, set_exception); \
  EXPECT_SAME(promise<R>, set_exception_at_thread_exit)
EXPECT_PROMISE(int);
EXPECT_PROMISE(int&);
EXPECT_PROMISE(void);
EXPECT_SAME(promise<int&>, set_value);
EXPECT_SAME(promise<int&>, set_value_at_thread_exit);
EXPECT_SAME(promise<void>, set_value);
EXPECT_SAME(promise<void>, set_value_at_thread_exit);
EXPECT_AMONG(promise<int>, set_value, void, (const int&));
EXPECT_AMONG(promise<int>, set_value, void, (int&&));
EXPECT_AMONG(promise<int>, set_value_at_thread_exit, void, (const int&));
EXPECT_AMONG(promise<int>, set_value_at_thread_exit, void, (int&&));

EXPECT_SAME(packaged_task<int(int)>, operator());
EXPECT_SAME(packaged_task<int(int)>, make_ready_at_thread_exit);
EXPECT_SAME(packaged_task<int(int)>, reset);

// A wait without a predicate stands beside templates.
static_assert(requires {
  static_cast<void (heddle::condition_variable::*)(std::unique_lock<heddle::mutex>&)>(
      &heddle::condition_variable::wait);
});

// [thread.sharedtimedmutex.class]: neither is the other.
static_assert(!std::is_convertible_v<heddle::shared_timed_mutex*, heddle::shared_mutex*>);

}  // namespace

TEST_CASE("a wait without a predicate can be called by a pointer to it", "[models]") {
  const heddle::Result result = heddle::models::test::check([] {
    heddle::mutex m;
    heddle::condition_variable woken;
    bool ready = false;
    heddle::thread other([&] {
      const std::lock_guard lock(m);
      ready = true;
      std::mem_fn (&heddle::condition_variable::notify_one)(woken);
    });
    std::unique_lock lock(m);
    void (heddle::condition_variable::*const wait)(std::unique_lock<heddle::mutex>&) =
        &heddle::condition_variable::wait;
    while (!ready) std::invoke(wait, woken, lock);
    lock.unlock();
    std::invoke(&heddle::thread::join, other);
  });
  // Who takes the mutex first: the thread that waits has to be notified then, and there is nobody else.
  CHECK(result.verdict == heddle::Verdict::verified);
  CHECK(result.executions == 2);
}
