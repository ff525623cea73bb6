// Faults that end a thread from outside: the stack, the heap, the watchdog, signals, exceptions. The check goes on.
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <heddle/heddle.hpp>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

heddle::Finding only(const std::function<void()>& harness, heddle::Options options = {}) {
  options.watchdog_seconds = 0.3;
  const heddle::Result result = heddle::check(options, harness);
  INFO(result.reason);
  REQUIRE(result.findings.size() == 1);
  return result.findings[0];
}

volatile int depth_limit = 1'000'000'000;

// Not a tail call, and more than nothing on the stack.
[[gnu::noinline]] int dive(int depth) {
  volatile char room[512] = {};
  room[0] = static_cast<char>(depth);
  return depth >= depth_limit ? room[0] : dive(depth + 1) + room[0];
}

}  // namespace

TEST_CASE("a stack that overflows is a crash that names the option", "[runtime]") {
  const heddle::Finding finding = only([] { HEDDLE_ASSERT(dive(0) == 1); });
  CHECK(finding.kind == heddle::FindingKind::crash);
  CHECK_THAT(finding.message, Catch::Contains("stack overflowed") && Catch::Contains("--stack-size"));
}

namespace {

// Operations at every depth: the last one is asked for where hardly anything of the stack is left.
[[gnu::noinline]] int dive_with(heddle::mutex& m, int depth) {
  volatile char room[512] = {};
  m.lock();
  room[0] = static_cast<char>(depth);
  m.unlock();
  return depth >= depth_limit ? room[0] : dive_with(m, depth + 1) + room[0];
}

}  // namespace

TEST_CASE("a stack that overflows at an operation is a crash, wherever the next one would be answered", "[runtime]") {
  for (const unsigned kib : {16, 17, 18, 19, 64}) {
    heddle::Options options;
    options.stack_size_kib = kib;
    const heddle::Finding finding = only(
        [] {
          heddle::mutex m;
          HEDDLE_ASSERT(dive_with(m, 0) == 1);
        },
        options);
    CHECK(finding.kind == heddle::FindingKind::crash);
    CHECK_THAT(finding.message, Catch::Contains("stack overflowed") && Catch::Contains("--stack-size"));
  }
}

TEST_CASE("a harness that holds back all signals is stopped all the same", "[runtime]") {
  const auto hold_back = [] {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, nullptr);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
  };
  CHECK(only([hold_back] {
          hold_back();
          for (volatile bool forever = true; forever;) {
          }
        }).kind == heddle::FindingKind::no_progress);
  CHECK(only([hold_back] {
          hold_back();
          raise(SIGSEGV);
        }).kind == heddle::FindingKind::crash);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

TEST_CASE("a loop over what is no operation ends, however little of its time is the harness's own", "[runtime]") {
  const std::vector<std::function<void()>> loops = {
      [] {
        heddle::var<int> x{0};
        for (volatile bool forever = true; forever;) x = 1;
      },
      [] {
        for (volatile bool forever = true; forever;) heddle::mutex m;
      },
      [] {
        for (volatile bool forever = true; forever;) heddle::progress();
      },
      [] {
        for (volatile bool forever = true; forever;) {
          try {
            throw 1;
          } catch (int) {
          }
        }
      },
  };
  for (const auto& loop : loops) CHECK(only(loop).kind == heddle::FindingKind::no_progress);
}

TEST_CASE("a larger stack holds what a smaller one does not", "[runtime]") {
  const auto harness = [] {
    volatile char room[400 << 10] = {};
    room[1] = 1;
    HEDDLE_ASSERT(room[1] == 1);
  };
  heddle::Options options;
  options.stack_size_kib = 1024;
  CHECK(heddle::check(options, harness).verdict == heddle::Verdict::verified);
  CHECK(only(harness).kind == heddle::FindingKind::crash);
}

TEST_CASE("memory without end is std::bad_alloc, which a harness may catch", "[runtime]") {
  const heddle::Result result = heddle::check({}, [] {
    std::vector<std::unique_ptr<std::vector<char>>> hoard;
    bool full = false;
    try {
      for (;;) hoard.push_back(std::make_unique<std::vector<char>>(std::size_t{8} << 20));
    } catch (const std::bad_alloc&) {
      full = true;
    }
    HEDDLE_ASSERT(full);
  });
  CHECK(result.verdict == heddle::Verdict::verified);
}

TEST_CASE("a null pointer from a malloc that failed is told with the reason", "[runtime]") {
  const heddle::Finding finding = only([] {
    for (;;) *static_cast<volatile char*>(std::malloc(std::size_t{8} << 20)) = 1;
  });
  CHECK(finding.kind == heddle::FindingKind::crash);
  CHECK_THAT(finding.message, Catch::Contains("after an allocation had failed") && Catch::Contains("--heap-size"));
}

#if defined(__x86_64__)
TEST_CASE("a fault in code without lines is told where its thread was started", "[runtime]") {
  constexpr unsigned char endless[] = {0xEB, 0xFE};  // jmp to itself
  void* const code = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(code != MAP_FAILED);
  std::memcpy(code, endless, sizeof endless);
  heddle::Options options;
  options.watchdog_seconds = 0.3;
  const unsigned line = __LINE__ + 2;
  const heddle::Result result = heddle::check(options, [&] {
    heddle::thread other(reinterpret_cast<void (*)()>(code));
    other.join();
  });
  munmap(code, 4096);
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == heddle::FindingKind::no_progress);
  CHECK(result.findings[0].locations.at(0).line == line);
  CHECK_THAT(result.findings[0].explanation, Catch::Contains("where the thread begins"));
}
#endif

TEST_CASE("a thread that computes for ever is stopped; others' findings stay", "[runtime]") {
  heddle::Options options;
  options.keep_going = true;
  options.watchdog_seconds = 0.3;
  const heddle::Result result = heddle::check(options, [] {
    heddle::atomic<int> x{0};
    heddle::thread other([&] { x.store(1); });
    const bool late = x.load() == 1;
    other.join();
    HEDDLE_ASSERT(!late);  // fails where the store came first
    for (volatile bool forever = true; forever;) {
    }
  });
  CHECK(result.findings.size() == 2);
}

TEST_CASE("signals of the processor are crashes with their names", "[runtime]") {
  CHECK_THAT(only([] { raise(SIGFPE); }).message, Catch::Contains("SIGFPE"));
  CHECK_THAT(only([] { raise(SIGILL); }).message, Catch::Contains("SIGILL"));
  CHECK_THAT(only([] { raise(SIGBUS); }).message, Catch::Contains("SIGBUS"));
}

TEST_CASE("an exception that leaves a thread is told with its type and what it says", "[runtime]") {
  const heddle::Finding thrown = only([] {
    heddle::thread other([] { throw std::out_of_range("too far"); });
    other.join();
  });
  CHECK(thrown.kind == heddle::FindingKind::uncaught_exception);
  CHECK_THAT(thrown.message, Catch::Contains("std::out_of_range") && Catch::Contains("too far"));
  CHECK(thrown.threads == std::vector<unsigned>{1});
  CHECK_THAT(only([] { throw 3; }).message, Catch::Contains("int"));
  const auto thrower = [] { throw std::runtime_error("out"); };
  CHECK(only([&]() noexcept { thrower(); }).kind == heddle::FindingKind::uncaught_exception);
}

TEST_CASE("an exception that nobody takes is told where it is thrown: no destructor runs", "[runtime]") {
  bool destroyed = false;
  struct Scope {
    bool& destroyed;
    ~Scope() { destroyed = true; }
  };
  const heddle::Finding thrown = only([&] {
    const Scope scope{destroyed};
    heddle::thread other([] {});  // its destructor would be a fault of its own
    throw std::runtime_error("out of luck");
  });
  CHECK(thrown.kind == heddle::FindingKind::uncaught_exception);
  CHECK_THAT(thrown.message, Catch::Contains("std::runtime_error: out of luck"));
  CHECK_FALSE(destroyed);
}

TEST_CASE("a thread destroyed by an exception that is caught further out is misuse", "[runtime]") {
  const heddle::Finding found = only([] {
    try {
      heddle::thread other([] {});
      throw std::runtime_error("out of luck");
    } catch (const std::runtime_error&) {
    }
  });
  CHECK(found.kind == heddle::FindingKind::misuse);
  CHECK_THAT(found.message, Catch::Contains("by an exception that leaves its scope"));
}

TEST_CASE("a signal that would end or stop the process is a crash where it is raised", "[runtime]") {
  for (const int signal : {SIGTERM, SIGINT, SIGKILL, SIGSTOP, SIGUSR1, SIGALRM, SIGABRT, SIGSEGV}) {
    const heddle::Finding raised = only([signal] { std::raise(signal); });
    CHECK(raised.kind == heddle::FindingKind::crash);
    CHECK_THAT(raised.message, Catch::Contains("SIG" + std::string(sigabbrev_np(signal)) + " was raised"));
    CHECK(only([signal] { kill(getpid(), signal); }).kind == heddle::FindingKind::crash);
  }
}

TEST_CASE("a signal that the harness handles, ignores or only asks about does no harm", "[runtime]") {
  static volatile std::sig_atomic_t handled = 0;
  const heddle::Result result = heddle::check({}, [] {
    std::signal(SIGUSR1, [](int) { handled = 1; });
    std::signal(SIGUSR2, SIG_IGN);
    std::raise(SIGUSR1);
    std::raise(SIGUSR2);
    kill(getpid(), SIGCHLD);
    HEDDLE_ASSERT(kill(getpid(), 0) == 0);
    HEDDLE_ASSERT(handled == 1);
  });
  std::signal(SIGUSR1, SIG_DFL);
  std::signal(SIGUSR2, SIG_DFL);
  CHECK(result);
}

TEST_CASE("an alarm of the system is misuse where it is set", "[runtime]") {
  const heddle::Finding finding = only([] { alarm(1); });
  CHECK(finding.kind == heddle::FindingKind::misuse);
  CHECK_THAT(finding.message, Catch::Contains("alarm"));
}
