// Every kind of finding, from a harness that has just that fault, beside a twin that has not.
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <heddle/heddle.hpp>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using heddle::FindingKind;
using heddle::Result;
using heddle::Verdict;

Result check(const std::function<void()>& harness, heddle::Options options = {}) {
  options.watchdog_seconds = 0.3;
  return heddle::check(options, harness);
}

int* volatile keeper = nullptr;  ///< a global that leads to memory

/// The one finding, which must be of that kind.
heddle::Finding only(const Result& result, FindingKind kind) {
  INFO(result.reason);
  REQUIRE(result.verdict == Verdict::violated);
  REQUIRE(result.findings.size() == 1);
  CHECK(to_string(result.findings[0].kind) == to_string(kind));
  return result.findings[0];
}

bool mentions(const heddle::Finding& finding, const std::string& text) {
  return finding.message.find(text) != std::string::npos;
}

void verified(const std::function<void()>& harness, std::uint64_t executions) {
  const Result result = check(harness);
  INFO(result.reason);
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.executions == executions);
  CHECK(result.blocked == 0);
}

}  // namespace

TEST_CASE("an assertion that fails in some schedule is found, and names its expression", "[verdict]") {
  const auto lost_update = [] {
    heddle::atomic<int> x{0};
    heddle::thread a([&] { x.store(x.load() + 1); });
    heddle::thread b([&] { x.store(x.load() + 1); });
    a.join();
    b.join();
    HEDDLE_ASSERT(x.load() == 2);
  };
  const heddle::Finding finding = only(check(lost_update), FindingKind::assertion);
  CHECK(mentions(finding, "x.load() == 2"));
  CHECK_FALSE(finding.steps.empty());
  CHECK(finding.steps.back().fault);
  verified(
      [] {
        heddle::atomic<int> x{0};
        heddle::thread a([&] { x.fetch_add(1); });
        heddle::thread b([&] { x.fetch_add(1); });
        a.join();
        b.join();
        HEDDLE_ASSERT(x.load() == 2);
      },
      2);  // either comes first
}

TEST_CASE("two accesses that nothing orders are a race, in whichever order they come", "[verdict]") {
  const heddle::Finding finding = only(check([] {
                                         heddle::var<int> x{0};
                                         heddle::thread a([&] { x = 1; });
                                         static_cast<void>(x.read());
                                         a.join();
                                       }),
                                       FindingKind::data_race);
  CHECK(finding.threads == std::vector<unsigned>{0, 1});
  CHECK(finding.locations.size() == 2);
  verified(
      [] {
        heddle::var<int> x{0};
        heddle::thread a([&] { x = 1; });
        a.join();
        HEDDLE_ASSERT(x == 1);
      },
      1);
}

TEST_CASE("two threads inside a semaphore of two are not ordered by it", "[verdict]") {
  only(check([] {
         heddle::counting_semaphore<2> permits(2);
         heddle::var<int> x{0};
         const auto work = [&] {
           permits.acquire();
           x += 1;
           permits.release();
         };
         heddle::thread a(work);
         heddle::thread b(work);
         a.join();
         b.join();
       }),
       FindingKind::data_race);
}

TEST_CASE("a permit that is not given back is told with who took it, and where", "[verdict]") {
  const auto pool = [](bool always_given_back) {
    return [always_given_back] {
      heddle::counting_semaphore<2> permits(1);
      const auto request = [&](bool fails) {
        permits.acquire();
        if (!fails || always_given_back) permits.release();
      };
      heddle::thread client(request, true);
      client.join();
      request(false);
    };
  };
  const heddle::Finding finding = only(check(pool(false)), FindingKind::deadlock);
  CHECK(finding.explanation.find("acquired it before and has not released it") != std::string::npos);
  verified(pool(true), 1);
}

TEST_CASE("opposite lock orders deadlock; the same order does not", "[verdict]") {
  const auto two_locks = [](bool opposite) {
    return [opposite] {
      heddle::mutex a;
      heddle::mutex b;
      heddle::thread x([&] {
        const std::lock_guard first(a);
        const std::lock_guard second(b);
      });
      heddle::thread y([&] {
        const std::lock_guard first(opposite ? b : a);
        const std::lock_guard second(opposite ? a : b);
      });
      x.join();
      y.join();
    };
  };
  const heddle::Finding finding = only(check(two_locks(true)), FindingKind::deadlock);
  CHECK(finding.threads == std::vector<unsigned>{1, 2});
  verified(two_locks(false), 2);  // whoever takes a first
}

TEST_CASE("a notification before the wait is lost, and the waiter waits for ever", "[verdict]") {
  const heddle::Finding finding = only(check([] {
                                         heddle::mutex m;
                                         heddle::condition_variable ready;
                                         heddle::thread notifier([&] { ready.notify_one(); });
                                         std::unique_lock lock(m);
                                         ready.wait(lock);
                                         lock.unlock();
                                         notifier.join();
                                       }),
                                       FindingKind::deadlock);
  CHECK(mentions(finding, "lost"));
}

TEST_CASE("the search over states tells a race with who destroys the data as a use after free", "[verdict]") {
  heddle::Options options;
  options.search = "liveness";
  options.keep_going = true;
  const Result result = check(
      [] {
        auto* x = new heddle::var<int>{0};
        heddle::atomic<int> between{0};
        heddle::thread reader([&] {
          static_cast<void>(x->read());
          between.load();
        });
        between.load();
        delete x;
        reader.join();
      },
      options);
  INFO(result.reason);
  CHECK(result.verdict == Verdict::violated);
  REQUIRE(result.findings.size() == 2);  // the reader comes first, or the one who destroys
  for (const heddle::Finding& finding : result.findings) CHECK(finding.kind == FindingKind::use_after_free);
}

TEST_CASE("a line is one place however often the compiler has put it in line, and two lines are two", "[verdict]") {
  struct Both {
    [[gnu::always_inline]] static void unlock(heddle::mutex& m) { m.unlock(); }
  };
  heddle::Options options;
  options.keep_going = true;
  const auto lines = [&](const std::function<void(heddle::mutex&)>& misuse) {
    const auto harness = [&] {
      heddle::mutex m;
      misuse(m);
    };
    std::vector<unsigned> found;
    for (const heddle::Finding& finding : check(harness, options).findings)
      found.push_back(finding.locations.at(0).line);
    return found;
  };
  CHECK(lines([](heddle::mutex& m) { heddle::choose(2) == 0 ? Both::unlock(m) : Both::unlock(m); }).size() == 1);
  const auto two = lines([](heddle::mutex& m) {
    if (heddle::choose(2) == 0)
      m.unlock();
    else
      m.unlock();
  });
  CHECK(two == std::vector<unsigned>{__LINE__ - 4, __LINE__ - 2});
}

TEST_CASE("using what another thread may destroy is a use after free", "[verdict]") {
  only(check([] {
         auto* x = new heddle::atomic<int>{0};
         heddle::thread reader([=] { static_cast<void>(x->load()); });
         heddle::thread killer([=] { delete x; });
         reader.join();
         killer.join();
       }),
       FindingKind::use_after_free);
  only(check([] {
         auto* x = new heddle::var<int>{0};
         heddle::thread killer([=] { delete x; });
         static_cast<void>(x->read());
         killer.join();
       }),
       FindingKind::use_after_free);
  verified(
      [] {
        auto x = std::make_unique<heddle::var<int>>(0);
        heddle::thread writer([&] { *x = 1; });
        writer.join();
        x.reset();
      },
      1);
}

TEST_CASE("memory that is freed twice, or never, is found", "[verdict]") {
  CHECK(mentions(only(check([] {
                        int* volatile p = new int{1};
                        heddle::thread other([=] { delete p; });
                        other.join();
                        delete p;
                      }),
                      FindingKind::double_free),
                 "4 bytes of memory freed twice"));
  only(check([] {
         keeper = new int{1};
         keeper = nullptr;
       }),
       FindingKind::leak);
  verified([] { keeper = new int{1}; }, 1);  // a global still leads there
}

TEST_CASE("misuse of a mutex is found where it happens", "[verdict]") {
  CHECK(mentions(only(check([] {
                        heddle::mutex m;
                        m.unlock();
                      }),
                      FindingKind::misuse),
                 "does not hold"));
  CHECK(mentions(only(check([] {
                        heddle::mutex m;
                        m.lock();
                        m.lock();
                      }),
                      FindingKind::misuse),
                 "already holds"));
  CHECK(mentions(only(check([] {
                        auto m = std::make_unique<heddle::mutex>();
                        m->lock();
                      }),
                      FindingKind::misuse),
                 "destroyed while it is held"));
}

TEST_CASE("exceptions, crashes and endless loops end an execution, not the checker", "[verdict]") {
  CHECK(mentions(only(check([] { throw std::runtime_error("out of luck"); }), FindingKind::uncaught_exception),
                 "out of luck"));
  CHECK(mentions(only(check([] { raise(SIGSEGV); }), FindingKind::crash), "SIGSEGV"));
  only(check([] {
         for (volatile bool forever = true; forever;) {
         }
       }),
       FindingKind::no_progress);
  verified([] {}, 1);  // and the next check is not the worse for it
}

TEST_CASE("what errno says in a loop that waits is a state of its own", "[verdict]") {
  const auto harness = [](bool keeps) {
    return [keeps] {
      heddle::atomic<bool> ready{false};
      heddle::thread other([&] {
        errno = 0;
        while (!ready.load()) errno = keeps ? 0 : EAGAIN;
        HEDDLE_ASSERT(errno == 0);
      });
      ready.store(true);
      other.join();
    };
  };
  only(check(harness(false)), FindingKind::assertion);
  verified(harness(true), 1);
}

TEST_CASE("more threads than there can be are a bound, in either search", "[verdict]") {
  const auto harness = [] {
    for (int i = 0; i < 96; ++i) heddle::thread([] {}).join();
  };
  heddle::Options options;
  for (const char* search : {"exhaustive", "liveness"}) {
    options.search = search;
    const Result result = check(harness, options);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.reason.find("more than 95 threads are started in one execution, at ") != std::string::npos);
    CHECK(result.reason.find("findings_test.cpp:") != std::string::npos);
  }
}

TEST_CASE("assumptions that never hold prove nothing", "[verdict]") {
  CHECK(check([] { heddle::assume(false); }).verdict == Verdict::inconclusive);
  CHECK(check([] { heddle::assume(heddle::choose(3) == 1); }).executions == 1);
}

TEST_CASE("a lock-order inversion that does not deadlock is a warning, or an error where asked", "[verdict]") {
  const auto inversion = [] {
    heddle::mutex a;
    heddle::mutex b;
    heddle::mutex turn;
    heddle::var<bool> went{false};
    heddle::thread x([&] {
      const std::lock_guard gate(turn);
      const std::lock_guard first(a);
      const std::lock_guard second(b);
      went = true;
    });
    heddle::thread y([&] {
      turn.lock();
      const bool after = went;
      turn.unlock();
      if (!after) return;
      const std::lock_guard first(b);
      const std::lock_guard second(a);
    });
    x.join();
    y.join();
  };
  const Result result = check(inversion);
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.warnings.size() == 1);
  heddle::Options options;
  options.lock_order = heddle::LockOrder::error;
  CHECK(check(inversion, options).verdict == Verdict::violated);
}

TEST_CASE("a schedule brings its finding back", "[verdict]") {
  const auto harness = [] {
    heddle::atomic<int> x{0};
    heddle::thread a([&] { x.store(x.load() + 1); });
    x.store(x.load() + 1);
    a.join();
    HEDDLE_ASSERT(x.load() == 2);
  };
  const Result found = check(harness);
  REQUIRE(found.findings.size() == 1);
  const Result again = heddle::replay({}, found.findings[0].schedule, harness);
  REQUIRE(again.findings.size() == 1);
  CHECK(again.findings[0].kind == FindingKind::assertion);
  CHECK_THROWS_AS(heddle::replay({}, found.findings[0].schedule, [] { heddle::thread([] {}).join(); }), heddle::Error);
}

TEST_CASE("a harness that depends on chance, time or addresses is not deterministic", "[verdict]") {
  const auto depends_on = [](const std::function<bool()>& oracle) {
    const Result result = check([oracle] {
      heddle::atomic<int> x{0};
      if (oracle())
        x.store(1);
      else
        static_cast<void>(x.load());
    });
    CHECK(result.verdict == Verdict::error);
    CHECK(result.reason.find("not deterministic") != std::string::npos);
  };
  depends_on([] { return (rand() & 1) != 0; });
  depends_on([] { return (time(nullptr) & 1) != 0; });
  for (int bit = 0; bit < 8; ++bit)
    depends_on([bit] {
      const std::unique_ptr<volatile unsigned char> fresh(new volatile unsigned char);
      return (*fresh >> bit & 1) != 0;
    });
  depends_on([] {
    const auto p = std::make_unique<int>(1);
    return (reinterpret_cast<std::uintptr_t>(p.get()) >> 12 & 1) != 0;
  });
}

TEST_CASE("the seconds of a result are of the search alone, not of the places of locks", "[verdict]") {
  const auto begin = std::chrono::steady_clock::now();
  const Result result = check([] {
    heddle::mutex outer;
    heddle::mutex inner;
    const std::lock_guard first(outer);  // whose places take a program of their own to find: it is std that locks
    const std::lock_guard second(inner);
  });
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - begin;
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.executions == 1);
  CHECK(result.seconds < all.count() / 2);
}
