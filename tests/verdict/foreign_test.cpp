// What a harness may not do, or not with the tools of std: each gets its own message, and the check after it is fine.
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <csetjmp>
#include <cstdlib>
#include <functional>
#include <heddle/heddle.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace {

using heddle::FindingKind;
using heddle::Result;
using heddle::Verdict;

Result check(const std::function<void()>& harness, heddle::Options options = {}) {
  options.watchdog_seconds = 0.3;
  return heddle::check(options, harness);
}

/// The harness has that one finding, whose message says so.
void found(FindingKind kind, const std::string& message, const std::function<void()>& harness) {
  const Result result = check(harness);
  INFO(result.reason);
  REQUIRE(result.findings.size() == 1);
  CHECK(to_string(result.findings[0].kind) == to_string(kind));
  CHECK_THAT(result.findings[0].message, Catch::Contains(message));
  CHECK(check([] {}).verdict == Verdict::verified);
}

// Not inlined: the debug information of what does not return is poor.
[[gnu::noinline]] void leave() { exit(0); }

[[gnu::noinline]] void jump_from_below(std::jmp_buf& back) {
  volatile unsigned char room[8192];
  for (volatile unsigned char& byte : room) byte = 0x55;
  std::longjmp(back, 1);
}

}  // namespace

TEST_CASE("what would end or double the process is misuse, with its place", "[verdict]") {
  found(FindingKind::misuse, "end the process", [] { exit(0); });
  found(FindingKind::misuse, "end the process", [] { _exit(0); });
  found(FindingKind::misuse, "end the process", [] { std::quick_exit(0); });
  found(FindingKind::misuse, "fork", [] { static_cast<void>(fork()); });
  found(FindingKind::crash, "abort was called", [] { abort(); });
  const Result result = check([] {
    heddle::thread child(leave);
    child.join();
  });
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].threads == std::vector<unsigned>{1});
  CHECK(result.findings[0].locations.front().file == __FILE__);
}

TEST_CASE("a thread of std is misuse", "[verdict]") {
  found(FindingKind::misuse, "use heddle::thread", [] { std::thread([] {}).join(); });
}

TEST_CASE("a lock of std that blocks is named, and what to use instead", "[verdict]") {
  found(FindingKind::no_progress, "use heddle::condition_variable", [] {
    std::mutex m;
    std::condition_variable never;
    std::unique_lock lock(m);
    never.wait(lock);
  });
  found(FindingKind::no_progress, "of std that waits", [] {
    const std::atomic<int> x{0};
    x.wait(0);
  });
  // Held over an operation, a std::mutex makes what a thread does depend on where the others are: the second thread
  // blocks where an earlier execution had it go on.
  found(FindingKind::no_progress, "use heddle::mutex", [] {
    std::mutex m;
    heddle::atomic<int> x{0};
    const auto work = [&] {
      const std::lock_guard lock(m);
      x.fetch_add(1);
    };
    heddle::thread a(work);
    heddle::thread b(work);
    a.join();
    b.join();
  });
}

TEST_CASE("a sleep is no operation", "[verdict]") {
  const auto sleep = [] { std::this_thread::sleep_for(std::chrono::seconds(1)); };
  const Result result = check([&] {
    heddle::thread a(sleep);
    heddle::thread b(sleep);
    a.join();
    b.join();
  });
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.executions == 1);
}

TEST_CASE("a jump does not clean up for calls that were given up", "[verdict]") {
  found(FindingKind::no_progress, "use heddle::condition_variable", [] {
    std::mutex m;
    std::condition_variable never;
    std::unique_lock lock(m);
    never.wait(lock);
  });
  // What the C library has noted for that call lies between the two ends of this jump.
  CHECK(check([] {
          static std::jmp_buf back;
          if (setjmp(back) == 0) jump_from_below(back);
        }).verdict == Verdict::verified);
}

TEST_CASE("a longjmp inside a thread is fine", "[verdict]") {
  const Result result = check([] {
    static std::jmp_buf back;
    heddle::atomic<int> x{0};
    if (setjmp(back) == 0) {
      x.store(1);
      std::longjmp(back, 1);
    }
    HEDDLE_ASSERT(x.load() == 1);
  });
  INFO(result.reason);
  CHECK(result.verdict == Verdict::verified);
}

TEST_CASE("a longjmp into the stack of another thread is told, and the check lives on", "[verdict]") {
  static std::jmp_buf back;
  found(FindingKind::misuse, "longjmp into the stack of another thread", [] {
    heddle::binary_semaphore is_set(0);
    heddle::binary_semaphore never(0);
    heddle::thread owner([&] {
      if (setjmp(back) == 0) is_set.release();
      never.acquire();
    });
    is_set.acquire();
    std::longjmp(back, 1);
  });
}

TEST_CASE("a detached thread may wait for ever once main has ended, and keeps its memory", "[verdict]") {
  struct Shared {
    heddle::mutex m;
    heddle::condition_variable never;
  };
  const auto harness = [](bool detached) {
    return [detached] {
      const auto shared = std::make_shared<Shared>();
      heddle::thread waits([shared] {
        const auto mine = std::make_unique<int>(3);
        std::unique_lock lock(shared->m);
        while (*mine == 3) shared->never.wait(lock);
      });
      detached ? waits.detach() : waits.join();
    };
  };
  const Result left_behind = check(harness(true));
  CHECK(left_behind.verdict == Verdict::verified);
  CHECK(left_behind.executions == 1);
  const Result joined = check(harness(false));
  REQUIRE(joined.findings.size() == 1);
  CHECK(joined.findings[0].kind == FindingKind::deadlock);
}

TEST_CASE("while main waits, a detached thread that waits is part of the deadlock", "[verdict]") {
  const Result result = check([] {
    heddle::binary_semaphore never(0);
    heddle::binary_semaphore answer(0);
    heddle::thread([&] {
      never.acquire();
      answer.release();
    }).detach();
    answer.acquire();
  });
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == FindingKind::deadlock);
  CHECK(result.findings[0].threads == std::vector<unsigned>{0, 1});
}

TEST_CASE("a detached thread that outlives what it uses is a use after free", "[verdict]") {
  found(FindingKind::use_after_free, "lifetime has ended", [] {
    heddle::mutex m;
    heddle::thread([&] { const std::lock_guard lock(m); }).detach();
  });
}

TEST_CASE("a bound on executions that the last one reaches has left nothing out", "[verdict]") {
  const auto two_ways = [] {
    heddle::atomic<int> x{0};
    heddle::thread a([&] { x.fetch_add(1); });
    x.fetch_add(1);
    a.join();
  };
  heddle::Options options;
  for (const auto& [bound, verdict] :
       {std::pair{1u, Verdict::inconclusive}, std::pair{2u, Verdict::verified}, std::pair{3u, Verdict::verified}}) {
    options.max_executions = bound;
    CHECK(check(two_ways, options).verdict == verdict);
  }
}
