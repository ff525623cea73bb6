#include "models/portable.hpp"

#include <algorithm>
#include <functional>
#include <heddle/sync.hpp>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace portable {

namespace sync = heddle_sync;
using namespace std::chrono_literals;

namespace {

int try_a_mutex() {
  sync::mutex m;
  int got = 0;
  sync::thread other([&] {
    if (!m.try_lock()) return;
    got = 1;
    m.unlock();
  });
  m.lock();
  m.unlock();
  other.join();
  return got;
}

int try_a_mutex_for_a_time() {
  sync::timed_mutex m;
  m.lock();
  int got = 0;
  sync::thread other([&] {
    const sync::unique_lock<sync::timed_mutex> lock(m, 1ms);
    got = lock.owns_lock() ? 1 : 0;
  });
  m.unlock();
  other.join();
  return got;
}

int readers_share() {
  sync::shared_timed_mutex m;
  const sync::shared_lock<sync::shared_timed_mutex> mine(m);
  int got = 0;
  sync::thread other([&] {
    if (m.try_lock()) return;
    const sync::shared_lock<sync::shared_timed_mutex> lock(m, sync::try_to_lock);
    got = lock.owns_lock() ? 1 : 0;
  });
  other.join();
  return got;
}

int writers_do_not() {
  sync::shared_mutex m;
  int got = 0;
  sync::thread other([&] {
    const sync::lock_guard<sync::shared_mutex> lock(m);
    got += 2;
  });
  if (m.try_lock_shared()) {
    got |= 1;
    m.unlock_shared();
  }
  other.join();
  return got & 1;
}

int wait_for_a_notification() {
  sync::mutex m;
  sync::condition_variable ready;
  sync::unique_lock<sync::mutex> lock(m);
  sync::thread other([&] {
    const sync::lock_guard<sync::mutex> guard(m);
    ready.notify_one();
  });
  const bool notified = ready.wait_for(lock, 1ms) == sync::cv_status::no_timeout;
  lock.unlock();
  other.join();
  return notified ? 1 : 0;
}

int wait_with_a_shared_lock() {
  sync::shared_mutex m;
  sync::condition_variable_any ready;
  heddle::var<bool> is_ready{false};
  sync::thread other([&] {
    {
      const sync::lock_guard<sync::shared_mutex> guard(m);
      is_ready = true;
    }
    ready.notify_all();
  });
  sync::shared_lock<sync::shared_mutex> lock(m);
  ready.wait(lock, [&] { return static_cast<bool>(is_ready); });
  lock.unlock();
  other.join();
  return is_ready ? 1 : 0;
}

/// Plain data, counted by several threads while they run.
int references() {
  heddle::var<int> count{0};
  const auto work = [&] { sync::atomic_ref(count).fetch_add(1, sync::memory_order_relaxed); };
  sync::thread a(work);
  sync::thread b(work);
  a.join();
  b.join();
  count += 10;
  return count;
}

int start_gate() {
  sync::latch start(1);
  sync::latch done(2);
  sync::atomic<int> sum{0};
  const auto work = [&] {
    start.wait();
    sum.fetch_add(1);
    done.count_down();
  };
  sync::thread a(work);
  sync::thread b(work);
  start.count_down();
  done.wait();
  const int result = sum.load();
  a.join();
  b.join();
  return result;
}

int phases() {
  int ended = 0;
  const auto count = [&]() noexcept { ++ended; };
  sync::barrier barrier(2, count);
  sync::thread other([&] {
    barrier.arrive_and_wait();
    barrier.arrive_and_drop();
  });
  barrier.wait(barrier.arrive());
  barrier.arrive_and_wait();
  barrier.arrive_and_wait();  // alone
  other.join();
  return ended;
}

int once_and_for_all() {
  sync::once_flag flag;
  int calls = 0;
  const auto call = [&] {
    try {
      sync::call_once(flag, [&] {
        if (++calls == 1) throw std::runtime_error("not yet");
      });
    } catch (const std::runtime_error&) {
    }
  };
  sync::thread a(call);
  sync::thread b(call);
  a.join();
  b.join();
  call();
  return calls;
}

int permits() {
  sync::counting_semaphore<2> permits(0);
  sync::thread other([&] {
    permits.release();
    permits.release();
  });
  permits.acquire();
  const int got = permits.try_acquire_for(1ms) ? 1 : 0;
  other.join();
  return got;
}

int first_stop_wins() {
  sync::stop_source source;
  int calls = 0;
  int wins = 0;
  const sync::stop_callback callback(source.get_token(), [&] { ++calls; });
  sync::thread other([&, source]() mutable { wins += source.request_stop() ? 1 : 0; });
  other.join();
  wins += source.request_stop() ? 1 : 0;
  return calls * 10 + wins;
}

int stopped_while_waiting() {
  int result = 0;
  {
    sync::jthread worker([&](sync::stop_token token) {
      sync::mutex m;
      sync::condition_variable_any never;
      sync::unique_lock<sync::mutex> lock(m);
      result = never.wait(lock, token, [] { return false; }) ? 1 : 2;
    });
  }
  return result;
}

int error_of(const auto& act) {
  try {
    act();
  } catch (const sync::future_error& error) {
    return static_cast<int>(static_cast<sync::future_errc>(error.code().value()));
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

int errors_of_futures() {
  sync::promise<int> promise;
  sync::future<int> future = promise.get_future();
  const int retrieved = error_of([&] { static_cast<void>(promise.get_future()); });
  promise.set_value(1);
  const int satisfied = error_of([&] { promise.set_value(1); });
  static_cast<void>(future.get());
  const int no_state = error_of([&] { static_cast<void>(future.get()); });
  {
    sync::promise<int> broken;
    future = broken.get_future();
  }
  const int broken = error_of([&] { static_cast<void>(future.get()); });
  const bool right = retrieved == static_cast<int>(std::future_errc::future_already_retrieved) &&
                     satisfied == static_cast<int>(std::future_errc::promise_already_satisfied) &&
                     no_state == static_cast<int>(std::future_errc::no_state) &&
                     broken == static_cast<int>(std::future_errc::broken_promise);
  return right ? 1 : 0;
}

int errors_of_threads_and_locks() {
  sync::thread none;
  const bool join_none = error_of([&] { none.join(); }) == EINVAL;
  const bool detach_none = error_of([&] { none.detach(); }) == EINVAL;
  sync::mutex m;
  sync::unique_lock<sync::mutex> lock(m);
  const bool relock = error_of([&] { lock.lock(); }) == EDEADLK;
  lock.unlock();
  const bool unlock = error_of([&] { lock.unlock(); }) == EPERM;
  return join_none && detach_none && relock && unlock ? 1 : 0;
}

int results() {
  sync::packaged_task<int(int)> task([](int x) { return x + 1; });
  sync::future<int> of_task = task.get_future();
  sync::thread caller(std::move(task), 1);
  sync::shared_future<std::string> shared =
      sync::async(sync::launch::async, [] { return std::string("four"); }).share();
  sync::future<int> deferred = sync::async(sync::launch::deferred, [] { return 3; });
  const bool is_deferred = deferred.wait_for(0s) == sync::future_status::deferred;
  const sync::shared_future<std::string> copy = shared;
  const int sum = of_task.get() + static_cast<int>(copy.get().size()) + deferred.get();
  caller.join();
  return is_deferred ? sum : 0;
}

int at_the_end_of_a_thread() {
  sync::promise<int> promise;
  sync::future<int> future = promise.get_future();
  sync::thread maker([&] { promise.set_value_at_thread_exit(8); });
  const int result = future.get();
  maker.join();
  return result;
}

int several_locks() {
  sync::mutex a;
  sync::mutex b;
  const sync::scoped_lock both(a, b);
  int free = 0;
  sync::thread other([&] { free = a.try_lock() || b.try_lock() ? 1 : 0; });
  other.join();
  return free;
}

int the_clock_goes_on() {
  const auto before = sync::chrono::steady_clock::now();
  sync::this_thread::sleep_for(1ms);
  sync::atomic<bool> slept{false};
  sync::thread other([&] { slept.store(sync::chrono::steady_clock::now() - before >= 1ms); });
  other.join();
  return slept.load() ? 1 : 0;
}

/// What is spelled in more than one way, or deduced.
int spellings() {
  sync::packaged_task task([](int x) { return x; });
  sync::future<int> of_task = task.get_future();
  sync::promise<int> promise(std::allocator_arg, std::allocator<int>());
  sync::promise<void> ready(std::allocator_arg, std::allocator<char>());
  static_assert(std::uses_allocator_v<sync::promise<int>, std::allocator<int>>);
  sync::atomic_flag flag = ATOMIC_FLAG_INIT;
  sync::atomic_int_fast8_t small{1};
  sync::atomic_char8_t letter{u8'a'};
  sync::atomic_uintmax_t large{1};
  sync::thread other([&] {
    task(1);
    promise.set_value(2);
    ready.set_value();
    sync::atomic_flag_test_and_set(&flag);
    sync::atomic_fetch_add(&small, static_cast<std::int_fast8_t>(1));
  });
  ready.get_future().wait();
  other.join();
  return of_task.get() + promise.get_future().get() + small.load() + (flag.test() ? 10 : 0) +
         (letter.load() == u8'a' ? 20 : 0) + static_cast<int>(large.load());
}

int errors_of_shared_results() {
  using sync::future_errc;
  const auto is = [](future_errc code, const auto& act) { return error_of(act) == static_cast<int>(code); };
  sync::shared_future<int> none;
  sync::packaged_task<int()> task([] { return 1; });
  sync::packaged_task<int()> empty;
  const sync::shared_future<int> result = task.get_future();
  const bool twice = is(future_errc::future_already_retrieved, [&] { static_cast<void>(task.get_future()); });
  task();
  const bool again = is(future_errc::promise_already_satisfied, [&] { task(); }) &&
                     is(future_errc::promise_already_satisfied, [&] { task.make_ready_at_thread_exit(); });
  const bool without = is(future_errc::no_state, [&] { empty.reset(); }) &&
                       is(future_errc::no_state, [&] { static_cast<void>(empty.get_future()); }) &&
                       is(future_errc::no_state, [&] { static_cast<void>(none.get()); }) &&
                       is(future_errc::no_state, [&] { none.wait_for(0s); });
  return twice && again && without && result.get() == result.get() ? 1 : 0;
}

/// The last of three lets go of what an atomic shared_ptr had; which value the other thread saw.
int snapshots() {
  struct Value {
    int number;
    int* destroyed;
    Value(int n, int* d) : number(n), destroyed(d) {}
    ~Value() { ++*destroyed; }
  };
  int destroyed[2] = {0, 0};
  int seen = 0;
  {
    sync::atomic<std::shared_ptr<Value>> current(std::make_shared<Value>(1, &destroyed[0]));
    sync::thread other([&] { seen = current.load(std::memory_order_acquire)->number; });
    auto old = current.exchange(std::make_shared<Value>(2, &destroyed[1]), std::memory_order_acq_rel);
    if (old->number != 1 || current.is_lock_free() != std::atomic<std::shared_ptr<int>>().is_lock_free()) return 90;
    auto expected = old;
    if (current.compare_exchange_strong(expected, nullptr) || expected == old) return 91;
    if (!current.compare_exchange_strong(expected, old, std::memory_order_acq_rel, std::memory_order_relaxed))
      return 92;
    other.join();
    current.store(nullptr);
    if (old.use_count() != 1 || std::shared_ptr<Value>(current) != nullptr) return 93;
  }
  return destroyed[0] == 1 && destroyed[1] == 1 ? seen : 94;
}

int last_lock() {
  auto value = std::make_shared<int>(1);
  sync::atomic<std::weak_ptr<int>> observed{std::weak_ptr<int>(value)};
  int got = 0;
  sync::thread other([&] { got = observed.load().lock() != nullptr ? 1 : 0; });
  value.reset();
  other.join();
  return observed.exchange({}).lock() == nullptr ? got : 90;
}

int plain_data() {
  sync::mutex m;
  heddle::var<int> number{1};
  heddle::var<std::vector<int>> items;
  heddle::var<std::string> name{"a"};
  const auto add = [&] {
    const sync::lock_guard lock(m);
    items.write().push_back(number);
    number += 2;
    ++number;
    name += "b";
  };
  sync::thread other(add);
  add();
  other.join();
  const heddle::var<std::vector<int>*> pointer{&items.write()};
  if (name != "abb" || items->size() != 2 || pointer->size() != 2 || items[1] != number.read() - 3) return 0;
  number.write() -= items[0];
  return number + 1;
}

int names_and_swaps() {
  std::ostringstream text;
  text << sync::this_thread::get_id();
  std::wostringstream wide;
  wide << sync::thread::id();
  sync::mutex m;
  sync::unique_lock<sync::mutex> lock(m);
  sync::unique_lock<sync::mutex> other;
  sync::swap(lock, other);
  sync::packaged_task<int()> task([] { return 1; });
  sync::packaged_task<int()> none;
  sync::swap(task, none);
  const bool swapped = other.owns_lock() && !lock.owns_lock() && none.valid() && !task.valid();
  const bool named = !text.str().empty() && !wide.str().empty();
  const bool known = sync::make_error_code(sync::future_errc::no_state).category() == sync::future_category();
  return swapped && named && known ? 1 : 0;
}

int volatile_atomics() {
  volatile sync::atomic<int> number{1};
  volatile sync::atomic_flag flag;
  sync::atomic<void*> pointer{nullptr};
  pointer = &pointer;
  sync::atomic<int (*)()> function{nullptr};
  function = [] { return 1; };
  if (flag.test_and_set() || !flag.test() || pointer.load() != &pointer) return 0;
  number += function.load()();
  number = number + 2;
  number++;
  sync::atomic_fetch_add(&number, 1);
  return number;
}

int members_of_threads() {
  sync::mutex m;
  int count = 0;
  std::vector<sync::thread> threads(2);
  for (sync::thread& thread : threads)
    thread = sync::thread([&] {
      m.lock();
      const std::unique_ptr<sync::mutex, decltype(std::mem_fn(&sync::mutex::unlock))> held(
          &m, std::mem_fn(&sync::mutex::unlock));
      ++count;
    });
  std::for_each(threads.begin(), threads.end(), std::mem_fn(&sync::thread::join));
  m.lock();
  std::bind(&sync::mutex::unlock, &m)();
  return std::invoke(&sync::mutex::try_lock, m) ? (m.unlock(), count) : 0;
}

int members_as_functions_of_threads() {
  sync::latch gate(1);
  sync::counting_semaphore<> permits(0);
  sync::promise<int> promise;
  sync::shared_future<int> result = promise.get_future().share();
  sync::jthread waits(&sync::latch::wait, &gate);
  sync::thread releases(&sync::counting_semaphore<>::release, &permits, 2);
  sync::thread fails(std::bind(&sync::promise<int>::set_exception, &promise,
                               std::make_exception_ptr(std::runtime_error("of the promise"))));
  std::invoke(&sync::counting_semaphore<>::acquire, permits);
  std::mem_fn (&sync::latch::count_down)(gate, 1);
  std::mem_fn (&sync::jthread::join)(waits);
  releases.join();
  fails.join();
  try {
    return std::invoke(&sync::shared_future<int>::get, result);
  } catch (const std::runtime_error&) {
    return std::mem_fn(&sync::counting_semaphore<>::try_acquire)(permits) ? 1 : 0;
  }
}

}  // namespace

std::vector<Program> programs() {
  return {
      {"plain data", plain_data, {7}},
      {"names of threads, and what is swapped", names_and_swaps, {1}},
      {"volatile atomics", volatile_atomics, {6}},
      {"try a mutex", try_a_mutex, {0, 1}},
      {"spellings", spellings, {36}},
      {"errors of shared results", errors_of_shared_results, {1}},
      {"try a mutex for a time", try_a_mutex_for_a_time, {0, 1}},
      {"readers share", readers_share, {1}},
      {"writers do not", writers_do_not, {0, 1}},
      {"wait for a notification", wait_for_a_notification, {0, 1}},
      {"wait with a shared lock", wait_with_a_shared_lock, {1}},
      {"references to atomics", references, {12}},
      {"start gate", start_gate, {2}},
      {"phases", phases, {3}},
      {"once and for all", once_and_for_all, {2}},
      {"permits", permits, {0, 1}},
      {"first stop wins", first_stop_wins, {11}},
      {"stopped while waiting", stopped_while_waiting, {2}},
      {"errors of futures", errors_of_futures, {1}},
      {"errors of threads and locks", errors_of_threads_and_locks, {1}},
      {"results", results, {9}},
      {"at the end of a thread", at_the_end_of_a_thread, {8}},
      {"several locks", several_locks, {0}},
      {"snapshots", snapshots, {1, 2}},
      {"the last lock", last_lock, {0, 1}},
      {"the clock goes on", the_clock_goes_on, {1}},
      {"members of threads and mutexes", members_of_threads, {2}},
      {"members as functions of threads", members_as_functions_of_threads, {1}},
  };
}

}  // namespace portable
