// What may be written of std's classes may be written of Heddle's: members, arguments, results, and whether objects can
// be made, copied, moved and swapped, and that without exceptions.
//
// Members that std has without exceptions are so here, too: outside a check they end the program.
#include <array>
#include <catch2/catch.hpp>
#include <concepts>
#include <string>
#include <vector>

#include "models/heddle/heddle.hpp"

// std's, as heddle/sync.hpp has them in production.
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <thread>

namespace {

struct Callback {
  void operator()() const noexcept {}
};

struct Words {
  long first, second;
};

// The names, in one library and in the other.
#define LIBRARY(Name, from)                                              \
  struct Name {                                                          \
    using mutex = from::mutex;                                           \
    using recursive_mutex = from::recursive_mutex;                       \
    using timed_mutex = from::timed_mutex;                               \
    using recursive_timed_mutex = from::recursive_timed_mutex;           \
    using shared_mutex = from::shared_mutex;                             \
    using shared_timed_mutex = from::shared_timed_mutex;                 \
    using condition_variable = from::condition_variable;                 \
    using condition_variable_any = from::condition_variable_any;         \
    using cv_status = from::cv_status;                                   \
    using counting_semaphore = from::counting_semaphore<5>;              \
    using binary_semaphore = from::binary_semaphore;                     \
    using latch = from::latch;                                           \
    using barrier = from::barrier<>;                                     \
    using calling_barrier = from::barrier<Callback>;                     \
    using once_flag = from::once_flag;                                   \
    using thread = from::thread;                                         \
    using jthread = from::jthread;                                       \
    using stop_token = from::stop_token;                                 \
    using stop_source = from::stop_source;                               \
    using stop_callback = from::stop_callback<Callback>;                 \
    template <class R>                                                   \
    using promise = from::promise<R>;                                    \
    template <class R>                                                   \
    using future = from::future<R>;                                      \
    template <class R>                                                   \
    using shared_future = from::shared_future<R>;                        \
    using packaged_task = from::packaged_task<int(int)>;                 \
    using future_status = from::future_status;                           \
    using launch = from::launch;                                         \
    template <class T>                                                   \
    using atomic = from::atomic<T>;                                      \
    template <class T>                                                   \
    using atomic_ref = from::atomic_ref<T>;                              \
    using atomic_flag = from::atomic_flag;                               \
    using unique_lock = std::unique_lock<mutex>;                         \
    using shared_lock = std::shared_lock<shared_mutex>;                  \
    static constexpr auto nostopstate = from::nostopstate;               \
    static constexpr auto acquire = from::memory_order_acquire;          \
    static constexpr auto release = from::memory_order_release;          \
    static constexpr auto relaxed = from::memory_order_relaxed;          \
    template <class... A>                                                \
    static auto async(A&&... a) -> decltype(from::async(a...)) {         \
      return from::async(a...);                                          \
    }                                                                    \
    template <class... A>                                                \
    static auto call_once(A&&... a) -> decltype(from::call_once(a...)) { \
      return from::call_once(a...);                                      \
    }                                                                    \
  }
LIBRARY(Std, std);
LIBRARY(Heddle, heddle);

struct Fact {
  std::string text;
  bool of_std;
  bool of_heddle;
};
using Facts = std::vector<Fact>;

/// What `expression` says of the library L.
#define FACT(...)                                 \
  facts.push_back({#__VA_ARGS__,                  \
                   [](auto library) {             \
                     using L = decltype(library); \
                     return __VA_ARGS__;          \
                   }(Std{}),                      \
                   [](auto library) {             \
                     using L = decltype(library); \
                     return __VA_ARGS__;          \
                   }(Heddle{})})

/// May be called so, with this result.
#define CALL(Type, result, ...)                     \
  FACT(requires(Type & object) {                    \
    { object.__VA_ARGS__ } -> std::same_as<result>; \
  })
#define CALL_NOEXCEPT(Type, result, ...) \
  FACT(requires(Type & object) {         \
    { object.__VA_ARGS__ }               \
    noexcept->std::same_as<result>;      \
  })
#define OF(name) typename L::name

/// How objects of the type are made, copied, moved and swapped.
#define LIFE(...)                                             \
  FACT(std::is_default_constructible_v<__VA_ARGS__>);         \
  FACT(std::is_nothrow_default_constructible_v<__VA_ARGS__>); \
  FACT(std::is_copy_constructible_v<__VA_ARGS__>);            \
  FACT(std::is_copy_assignable_v<__VA_ARGS__>);               \
  FACT(std::is_move_constructible_v<__VA_ARGS__>);            \
  FACT(std::is_nothrow_move_constructible_v<__VA_ARGS__>);    \
  FACT(std::is_move_assignable_v<__VA_ARGS__>);               \
  FACT(std::is_nothrow_move_assignable_v<__VA_ARGS__>);       \
  FACT(std::is_swappable_v<__VA_ARGS__>);                     \
  FACT(std::is_nothrow_swappable_v<__VA_ARGS__>);             \
  FACT(std::is_nothrow_destructible_v<__VA_ARGS__>)

#define LOCKABLE(name)              \
  LIFE(OF(name));                   \
  CALL(OF(name), void, lock());     \
  CALL(OF(name), bool, try_lock()); \
  CALL(OF(name), void, unlock())
#define TIMED(name)                                                 \
  CALL(OF(name), bool, try_lock_for(std::chrono::milliseconds(1))); \
  CALL(OF(name), bool, try_lock_until(std::chrono::steady_clock::now()))
#define SHARED(name)                       \
  CALL(OF(name), void, lock_shared());     \
  CALL(OF(name), bool, try_lock_shared()); \
  CALL(OF(name), void, unlock_shared())

/// Says which facts differ; `expected` of the calls holds of std too.
void compare(const Facts& facts) {
  REQUIRE_FALSE(facts.empty());
  for (const Fact& fact : facts) {
    INFO(fact.text);
    CHECK(fact.of_heddle == fact.of_std);
    if (fact.text.starts_with("requires")) CHECK(fact.of_std);
  }
}

}  // namespace

TEST_CASE("mutexes are called as std's", "[models]") {
  Facts facts;
  LOCKABLE(mutex);
  LOCKABLE(recursive_mutex);
  LOCKABLE(timed_mutex);
  TIMED(timed_mutex);
  LOCKABLE(recursive_timed_mutex);
  TIMED(recursive_timed_mutex);
  LOCKABLE(shared_mutex);
  SHARED(shared_mutex);
  LOCKABLE(shared_timed_mutex);
  TIMED(shared_timed_mutex);
  SHARED(shared_timed_mutex);
  CALL(OF(shared_timed_mutex), bool, try_lock_shared_for(std::chrono::milliseconds(1)));
  CALL(OF(shared_timed_mutex), bool, try_lock_shared_until(std::chrono::system_clock::now()));
  LIFE(OF(once_flag));
  FACT(requires(OF(once_flag) & flag) {
    { L::call_once(flag, Callback{}) } -> std::same_as<void>;
  });
  compare(facts);
}

TEST_CASE("condition variables are called as std's", "[models]") {
  Facts facts;
  LIFE(OF(condition_variable));
  LIFE(OF(condition_variable_any));
  FACT(requires(OF(condition_variable) & c, OF(unique_lock) & lock) {
    { c.notify_one() }
    noexcept->std::same_as<void>;
    { c.notify_all() }
    noexcept->std::same_as<void>;
    { c.wait(lock) } -> std::same_as<void>;
    {
      c.wait(lock, [] { return true; })
      } -> std::same_as<void>;
    { c.wait_for(lock, std::chrono::seconds(1)) } -> std::same_as<OF(cv_status)>;
    {
      c.wait_for(lock, std::chrono::seconds(1), [] { return true; })
      } -> std::same_as<bool>;
    { c.wait_until(lock, std::chrono::steady_clock::now()) } -> std::same_as<OF(cv_status)>;
    {
      c.wait_until(lock, std::chrono::steady_clock::now(), [] { return true; })
      } -> std::same_as<bool>;
  });
  FACT(requires(OF(condition_variable_any) & c, OF(shared_lock) & lock, OF(stop_token) token) {
    { c.notify_one() }
    noexcept->std::same_as<void>;
    { c.notify_all() }
    noexcept->std::same_as<void>;
    { c.wait(lock) } -> std::same_as<void>;
    {
      c.wait(lock, [] { return true; })
      } -> std::same_as<void>;
    {
      c.wait(lock, token, [] { return true; })
      } -> std::same_as<bool>;
    { c.wait_for(lock, std::chrono::seconds(1)) } -> std::same_as<OF(cv_status)>;
    {
      c.wait_for(lock, token, std::chrono::seconds(1), [] { return true; })
      } -> std::same_as<bool>;
    {
      c.wait_until(lock, token, std::chrono::steady_clock::now(), [] { return true; })
      } -> std::same_as<bool>;
  });
  compare(facts);
}

namespace {

// Made before the program starts, as [thread.sema.cnt], [thread.latch.class] and [thread.barrier.class] have it.
constinit heddle::binary_semaphore global_permit(1);
constinit heddle::latch global_latch(1);
constinit heddle::barrier<> global_barrier(1);

}  // namespace

TEST_CASE("semaphores, latches and barriers of the whole program are as new in each execution", "[models]") {
  const heddle::Result result = heddle::check({}, [] {
    HEDDLE_ASSERT(global_permit.try_acquire());
    HEDDLE_ASSERT(!global_latch.try_wait());
    heddle::thread other([] { global_latch.count_down(); });
    heddle::thread another([] { global_permit.release(); });
    global_latch.wait();
    global_permit.acquire();
    global_barrier.arrive_and_wait();
    other.join();
    another.join();
  });
  CHECK(result.verdict == heddle::Verdict::verified);
}

TEST_CASE("semaphores, latches and barriers are called as std's", "[models]") {
  Facts facts;
  LIFE(OF(counting_semaphore));
  LIFE(OF(latch));
  LIFE(OF(barrier));
  FACT(std::is_convertible_v<std::ptrdiff_t, OF(counting_semaphore)>);
  FACT(std::is_constructible_v<OF(counting_semaphore), std::ptrdiff_t>);
  FACT(std::is_same_v<OF(binary_semaphore), OF(counting_semaphore)>);
  FACT(L::binary_semaphore::max() == 1);
  CALL(OF(counting_semaphore), void, acquire());
  CALL_NOEXCEPT(OF(counting_semaphore), bool, try_acquire());
  CALL(OF(counting_semaphore), bool, try_acquire_for(std::chrono::hours(1)));
  CALL(OF(counting_semaphore), bool, try_acquire_until(std::chrono::system_clock::now()));
  CALL(OF(counting_semaphore), void, release());
  CALL(OF(counting_semaphore), void, release(2));
  FACT(std::is_convertible_v<std::ptrdiff_t, OF(latch)>);
  CALL(OF(latch), void, count_down());
  CALL(OF(latch), void, count_down(2));
  CALL_NOEXCEPT(const OF(latch), bool, try_wait());
  CALL(const OF(latch), void, wait());
  CALL(OF(latch), void, arrive_and_wait());
  CALL(OF(latch), void, arrive_and_wait(2));
  FACT(std::is_convertible_v<std::ptrdiff_t, OF(barrier)>);
  FACT(std::is_constructible_v<OF(calling_barrier), std::ptrdiff_t, Callback>);
  CALL(OF(barrier), typename L::barrier::arrival_token, arrive());
  CALL(OF(barrier), typename L::barrier::arrival_token, arrive(2));
  CALL(const OF(barrier), void, wait(std::declval<typename L::barrier::arrival_token>()));
  CALL(OF(barrier), void, arrive_and_wait());
  CALL(OF(barrier), void, arrive_and_drop());
  compare(facts);
}

TEST_CASE("threads and stop tokens are called as std's", "[models]") {
  Facts facts;
  LIFE(OF(thread));
  LIFE(typename L::thread::id);
  LIFE(OF(jthread));
  LIFE(OF(stop_token));
  LIFE(OF(stop_source));
  LIFE(OF(stop_callback));
  FACT(std::is_constructible_v<OF(thread), Callback>);
  FACT(std::is_convertible_v<Callback, OF(thread)>);
  FACT(std::totally_ordered<typename L::thread::id>);
  CALL(OF(thread), void, join());
  CALL(OF(thread), void, detach());
  CALL(OF(thread), void, swap(object));
  CALL_NOEXCEPT(const OF(thread), bool, joinable());
  CALL(const OF(thread), typename L::thread::id, get_id());
  FACT(std::is_same_v<typename L::jthread::id, typename L::thread::id>);
  CALL(OF(jthread), void, join());
  CALL(OF(jthread), void, detach());
  CALL_NOEXCEPT(OF(jthread), bool, request_stop());
  CALL(OF(jthread), OF(stop_source), get_stop_source());
  CALL(const OF(jthread), OF(stop_token), get_stop_token());
  CALL_NOEXCEPT(const OF(stop_token), bool, stop_requested());
  CALL_NOEXCEPT(const OF(stop_token), bool, stop_possible());
  CALL_NOEXCEPT(const OF(stop_source), bool, request_stop());
  CALL(const OF(stop_source), OF(stop_token), get_token());
  FACT(std::is_constructible_v<OF(stop_source), decltype(L::nostopstate)>);
  FACT(std::equality_comparable<OF(stop_token)>);
  FACT(std::equality_comparable<OF(stop_source)>);
  FACT(std::is_nothrow_constructible_v<OF(stop_callback), OF(stop_token), Callback>);
  FACT(std::is_nothrow_constructible_v<OF(stop_callback), const OF(stop_token)&, const Callback&>);
  compare(facts);
}

TEST_CASE("futures are called as std's", "[models]") {
  Facts facts;
  LIFE(typename L::template promise<int>);
  LIFE(typename L::template promise<int&>);
  LIFE(typename L::template promise<void>);
  LIFE(typename L::template future<int>);
  LIFE(typename L::template shared_future<int>);
  LIFE(OF(packaged_task));
  FACT(std::is_constructible_v<typename L::template promise<int&>, std::allocator_arg_t, std::allocator<int>>);
  FACT(std::uses_allocator_v<typename L::template promise<void>, std::allocator<int>>);
  CALL(typename L::template promise<int>, typename L::template future<int>, get_future());
  CALL(typename L::template promise<int>, void, set_value(1));
  CALL(typename L::template promise<void>, void, set_value());
  CALL(typename L::template promise<int>, void, set_value_at_thread_exit(1));
  CALL(typename L::template promise<int>, void, set_exception(std::exception_ptr{}));
  CALL(typename L::template promise<int>, void, set_exception_at_thread_exit(std::exception_ptr{}));
  CALL(typename L::template future<int>, int, get());
  CALL(typename L::template future<int&>, int&, get());
  CALL(typename L::template future<void>, void, get());
  CALL(typename L::template future<int>, typename L::template shared_future<int>, share());
  CALL(const typename L::template future<int>, bool, valid());
  CALL(const typename L::template future<int>, void, wait());
  CALL(const typename L::template future<int>, OF(future_status), wait_for(std::chrono::seconds(1)));
  CALL(const typename L::template future<int>, OF(future_status), wait_until(std::chrono::steady_clock::now()));
  CALL(const typename L::template shared_future<int>, const int&, get());
  CALL(const typename L::template shared_future<int&>, int&, get());
  CALL(const typename L::template shared_future<void>, void, get());
  CALL(OF(packaged_task), typename L::template future<int>, get_future());
  CALL(OF(packaged_task), void, operator()(1));
  CALL(OF(packaged_task), void, make_ready_at_thread_exit(1));
  CALL(OF(packaged_task), void, reset());
  CALL(const OF(packaged_task), bool, valid());
  FACT(requires {
    {
      L::async([] { return 1; })
      } -> std::same_as<typename L::template future<int>>;
  });
  FACT(requires {
    {
      L::async(
          L::launch::deferred, [](int x) { return x; }, 1)
      } -> std::same_as<typename L::template future<int>>;
  });
  compare(facts);
}

TEST_CASE("atomics are called as std's", "[models]") {
  Facts facts;
  LIFE(typename L::template atomic<int>);
  LIFE(OF(atomic_flag));
  FACT(std::is_convertible_v<int, typename L::template atomic<int>>);
  FACT(std::is_same_v<typename L::template atomic<int*>::difference_type, std::ptrdiff_t>);
  FACT(std::is_same_v<typename L::template atomic<int>::value_type, int>);
  FACT(requires(typename L::template atomic<int> & a, int& i) {
    { a.load() } -> std::same_as<int>;
    { a.load(L::acquire) } -> std::same_as<int>;
    { a.store(1) } -> std::same_as<void>;
    { a.store(1, L::release) } -> std::same_as<void>;
    { a.exchange(1, L::relaxed) } -> std::same_as<int>;
    { a.compare_exchange_weak(i, 1) } -> std::same_as<bool>;
    { a.compare_exchange_strong(i, 1, L::acquire) } -> std::same_as<bool>;
    { a.compare_exchange_strong(i, 1, L::acquire, L::relaxed) } -> std::same_as<bool>;
    { a.fetch_add(1) } -> std::same_as<int>;
    { a.fetch_sub(1, L::relaxed) } -> std::same_as<int>;
    { a.fetch_and(1) } -> std::same_as<int>;
    { a.fetch_or(1) } -> std::same_as<int>;
    { a.fetch_xor(1) } -> std::same_as<int>;
    { a++ } -> std::same_as<int>;
    { --a } -> std::same_as<int>;
    { a += 1 } -> std::same_as<int>;
    { a ^= 1 } -> std::same_as<int>;
    { a = 1 } -> std::same_as<int>;
    { a.wait(1) } -> std::same_as<void>;
    { a.notify_one() } -> std::same_as<void>;
    { a.is_lock_free() } -> std::same_as<bool>;
    { static_cast<int>(a) } -> std::same_as<int>;
  });
  FACT(requires(typename L::template atomic<int*> & a) {
    { a.fetch_add(1) } -> std::same_as<int*>;
    { a -= 2 } -> std::same_as<int*>;
    { ++a } -> std::same_as<int*>;
  });
  FACT(requires(typename L::template atomic<double> & a) {
    { a.fetch_add(1.0) } -> std::same_as<double>;
    { a += 1 } -> std::same_as<double>;
  });
  // What is not there is not there.
  FACT(!requires(typename L::template atomic<int*> & a) { a.fetch_and(1); });
  FACT(!requires(typename L::template atomic<bool> & a) { a.fetch_add(true); });
  FACT(!requires(typename L::template atomic<bool> & a) { a++; });
  FACT(!requires(typename L::template atomic<double> & a) { a++; });
  FACT(!requires(const typename L::template atomic<int>& a) { a.store(1); });
  FACT(requires(OF(atomic_flag) & flag) {
    { flag.test_and_set() } -> std::same_as<bool>;
    { flag.test_and_set(L::acquire) } -> std::same_as<bool>;
    { flag.clear(L::release) } -> std::same_as<void>;
    { flag.test() } -> std::same_as<bool>;
    { flag.wait(true) } -> std::same_as<void>;
    { flag.notify_all() } -> std::same_as<void>;
  });
  compare(facts);
}

TEST_CASE("atomics are called without exceptions, and may be volatile", "[models]") {
  Facts facts;
#define BOTH(result, ...)                                               \
  CALL_NOEXCEPT(typename L::template atomic<int>, result, __VA_ARGS__); \
  CALL_NOEXCEPT(volatile typename L::template atomic<int>, result, __VA_ARGS__)
  BOTH(int, load());
  BOTH(int, load(L::acquire));
  BOTH(void, store(1));
  BOTH(int, exchange(1, L::relaxed));
  BOTH(bool, compare_exchange_weak(std::declval<int&>(), 1));
  BOTH(bool, compare_exchange_strong(std::declval<int&>(), 1, L::acquire, L::relaxed));
  BOTH(int, fetch_add(1));
  BOTH(int, fetch_xor(1));
  BOTH(int, operator++());
  BOTH(int, operator--(0));
  BOTH(int, operator+=(1));
  BOTH(int, operator|=(1));
  BOTH(int, operator=(1));
  BOTH(int, operator int());
  BOTH(bool, is_lock_free());
  FACT(!std::is_assignable_v<volatile typename L::template atomic<int>&, const typename L::template atomic<int>&>);
  CALL_NOEXCEPT(const typename L::template atomic<int>, void, wait(1));
  CALL_NOEXCEPT(typename L::template atomic<int>, void, notify_one());
  CALL_NOEXCEPT(volatile OF(atomic_flag), bool, test_and_set());
  CALL_NOEXCEPT(volatile OF(atomic_flag), void, clear());
  CALL_NOEXCEPT(const volatile OF(atomic_flag), bool, test());
  CALL_NOEXCEPT(const typename L::template atomic_ref<int>, int, fetch_add(1));
  CALL_NOEXCEPT(const typename L::template atomic_ref<int>, int, operator=(1));
  CALL_NOEXCEPT(const typename L::template atomic<std::shared_ptr<int>>, std::shared_ptr<int>, load());
  CALL_NOEXCEPT(typename L::template atomic<std::shared_ptr<int>>, void, store(nullptr));
  // Pointers that nobody counts up.
  LIFE(typename L::template atomic<void*>);
  CALL_NOEXCEPT(typename L::template atomic<void*>, void*, exchange(nullptr));
  CALL_NOEXCEPT(typename L::template atomic<void (*)()>, void, store(nullptr));
#undef BOTH
  compare(facts);
}

TEST_CASE("functions on atomics are called without exceptions, and their objects may be volatile", "[models]") {
#define WITHOUT_EXCEPTIONS(...)   \
  CHECK([] {                      \
    namespace from = std;         \
    return noexcept(__VA_ARGS__); \
  }());                           \
  CHECK([] {                      \
    namespace from = heddle;      \
    return noexcept(__VA_ARGS__); \
  }())
  WITHOUT_EXCEPTIONS(from::atomic_load(std::declval<const volatile from::atomic<int>*>()));
  WITHOUT_EXCEPTIONS(from::atomic_store(std::declval<from::atomic<int>*>(), 1));
  WITHOUT_EXCEPTIONS(from::atomic_fetch_add(std::declval<volatile from::atomic<int>*>(), 1));
  WITHOUT_EXCEPTIONS(from::atomic_exchange(std::declval<from::atomic<std::shared_ptr<int>>*>(), nullptr));
  WITHOUT_EXCEPTIONS(from::atomic_flag_test_and_set(std::declval<volatile from::atomic_flag*>()));
  WITHOUT_EXCEPTIONS(from::atomic_thread_fence(from::memory_order_seq_cst));
  WITHOUT_EXCEPTIONS(
      from::swap(std::declval<from::unique_lock<from::mutex>&>(), std::declval<from::unique_lock<from::mutex>&>()));
  WITHOUT_EXCEPTIONS(
      from::swap(std::declval<from::packaged_task<void()>&>(), std::declval<from::packaged_task<void()>&>()));
#undef WITHOUT_EXCEPTIONS
}

TEST_CASE("references to atomics are called as std's", "[models]") {
  Facts facts;
  LIFE(typename L::template atomic_ref<int>);
  FACT(std::is_constructible_v<typename L::template atomic_ref<int>, int&>);
  FACT(!std::is_constructible_v<typename L::template atomic_ref<int>, int>);
  FACT(!std::is_convertible_v<int&, typename L::template atomic_ref<int>>);
  FACT(std::is_same_v<typename L::template atomic_ref<int*>::difference_type, std::ptrdiff_t>);
  FACT(std::is_same_v<typename L::template atomic_ref<int>::difference_type, int>);
  FACT(std::is_same_v<typename L::template atomic_ref<int>::value_type, int>);
  FACT(L::template atomic_ref<char>::required_alignment == std::atomic_ref<char>::required_alignment);
  FACT(L::template atomic_ref<double>::required_alignment == std::atomic_ref<double>::required_alignment);
  FACT(L::template atomic_ref<Words>::required_alignment == std::atomic_ref<Words>::required_alignment);
  FACT(L::template atomic_ref<int>::is_always_lock_free);
  FACT(requires(const typename L::template atomic_ref<int>& a, int& i) {
    { a.load() } -> std::same_as<int>;
    { a.load(L::acquire) } -> std::same_as<int>;
    { a.store(1) } -> std::same_as<void>;
    { a.store(1, L::release) } -> std::same_as<void>;
    { a.exchange(1, L::relaxed) } -> std::same_as<int>;
    { a.compare_exchange_weak(i, 1) } -> std::same_as<bool>;
    { a.compare_exchange_weak(i, 1, L::acquire, L::relaxed) } -> std::same_as<bool>;
    { a.compare_exchange_strong(i, 1, L::acquire) } -> std::same_as<bool>;
    { a.compare_exchange_strong(i, 1, L::acquire, L::relaxed) } -> std::same_as<bool>;
    { a.fetch_add(1) } -> std::same_as<int>;
    { a.fetch_sub(1, L::relaxed) } -> std::same_as<int>;
    { a.fetch_and(1) } -> std::same_as<int>;
    { a.fetch_or(1) } -> std::same_as<int>;
    { a.fetch_xor(1) } -> std::same_as<int>;
    { a++ } -> std::same_as<int>;
    { --a } -> std::same_as<int>;
    { a += 1 } -> std::same_as<int>;
    { a ^= 1 } -> std::same_as<int>;
    { a = 1 } -> std::same_as<int>;
    { a.wait(1) } -> std::same_as<void>;
    { a.wait(1, L::acquire) } -> std::same_as<void>;
    { a.notify_one() } -> std::same_as<void>;
    { a.notify_all() } -> std::same_as<void>;
    { a.is_lock_free() } -> std::same_as<bool>;
    { static_cast<int>(a) } -> std::same_as<int>;
  });
  FACT(requires(const typename L::template atomic_ref<int*>& a) {
    { a.fetch_add(1) } -> std::same_as<int*>;
    { a -= 2 } -> std::same_as<int*>;
    { ++a } -> std::same_as<int*>;
  });
  FACT(requires(const typename L::template atomic_ref<double>& a) {
    { a.fetch_add(1.0) } -> std::same_as<double>;
    { a += 1 } -> std::same_as<double>;
  });
  FACT(requires(const typename L::template atomic_ref<Words>& a, Words w) {
    { a.exchange(w) } -> std::same_as<Words>;
    { a.compare_exchange_strong(w, w) } -> std::same_as<bool>;
  });
  // What is not there is not there.
  FACT(!requires(typename L::template atomic_ref<int*> & a) { a.fetch_and(1); });
  FACT(!requires(typename L::template atomic_ref<double> & a) { a++; });
  FACT(!requires(typename L::template atomic_ref<int> & a) { a = a; });
  compare(facts);
}
