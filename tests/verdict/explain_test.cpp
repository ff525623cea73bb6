// What findings say beside their kind: values, places, the rows at fault, cures.
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <heddle/heddle.hpp>
#include <mutex>
#include <string>
#include <vector>

namespace {

using heddle::Finding;

Finding finding_of(const std::function<void()>& harness, heddle::Options options = {}) {
  const heddle::Result result = heddle::check(options, harness);
  INFO(result.reason);
  REQUIRE(result.findings.size() == 1);
  return result.findings[0];
}

std::vector<std::string> marked(const Finding& finding) {
  std::vector<std::string> rows;
  for (const heddle::Step& step : finding.steps)
    if (step.fault) rows.push_back("T" + std::to_string(step.thread) + " " + step.operation);
  return rows;
}

bool contains(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) UNSCOPED_INFO("not in: " << text);
  return found;
}

bool has_step(const Finding& finding, const std::string& operation) {
  for (const heddle::Step& step : finding.steps)
    if (step.operation == operation) return true;
  return false;
}

bool has_line(const Finding& finding, unsigned line) {
  for (const heddle::SourceLine& place : finding.locations) {
    if (place.line == line && place.file == __FILE__) return true;
    UNSCOPED_INFO("not line " << line << ": " << to_string(place));
  }
  return false;
}

// Used only where the optimiser must not look into it.
void* volatile escaped = nullptr;

/// The same pointer, of which the compiler knows nothing.
template <class T>
T* hidden(T* pointer) {
  escaped = pointer;
  return static_cast<T*>(escaped);
}

}  // namespace

TEST_CASE("a failed comparison shows both sides", "[verdict]") {
  CHECK(contains(finding_of([] {
                   const int balance = -3;
                   HEDDLE_ASSERT(balance >= 0);
                 }).message,
                 "balance >= 0 (-3 >= 0)"));
  CHECK(contains(finding_of([] {
                   heddle::atomic<int> x{1};
                   HEDDLE_ASSERT(x == 2);
                 }).message,
                 "x == 2 (1 == 2)"));
  CHECK(contains(finding_of([] {
                   heddle::var<bool> done{false};
                   HEDDLE_ASSERT(done == true);
                 }).message,
                 "(false == true)"));
  CHECK(contains(finding_of([] {
                   const std::string name = "left";
                   HEDDLE_ASSERT(name == "right");
                 }).message,
                 "(\"left\" == \"right\")"));
  CHECK(contains(finding_of([] {
                   const std::vector<int> list{1};
                   HEDDLE_ASSERT(list.size() == 2);
                 }).message,
                 "(1 == 2)"));
}

TEST_CASE("an assertion may be any condition", "[verdict]") {
  const auto holds = [](const std::function<void()>& harness) { CHECK(heddle::check({}, harness)); };
  holds([] {
    const int a = 1;
    const int b = 1;
    const unsigned bits = 6;
    int* const null = nullptr;
    heddle::atomic<bool> flag{true};
    HEDDLE_ASSERT(a == b && b == 1);
    HEDDLE_ASSERT(a == 2 || b == 1);
    HEDDLE_ASSERT(bits & 2);
    HEDDLE_ASSERT((bits | 1) == 7 ? a : 0);
    HEDDLE_ASSERT(!null);
    HEDDLE_ASSERT(null == nullptr);
    HEDDLE_ASSERT(null == NULL);
    HEDDLE_ASSERT(flag);
    HEDDLE_ASSERT(a + b == 2);
    HEDDLE_ASSERT(a << 1 == 2);
    HEDDLE_ASSERT(std::is_same_v<int, int>);
    HEDDLE_ASSERT(std::make_unique<int>(1) != nullptr);
  });
  CHECK(contains(finding_of([] {
                   const int a = 1;
                   HEDDLE_ASSERT(a == 1 && a == 2);
                 }).message,
                 "assertion failed: a == 1 && a == 2"));
}

TEST_CASE("an operand of an assertion is evaluated once", "[verdict]") {
  const heddle::Result result = heddle::check({}, [] {
    int calls = 0;
    HEDDLE_ASSERT(++calls == 1);
    HEDDLE_ASSERT(calls == 1);
  });
  CHECK(result);
}

TEST_CASE("of two accesses on one line the one at fault is marked", "[verdict]") {
  const Finding finding = finding_of([] {
    heddle::var<int> n{0}, k{0};
    // clang-format off
    heddle::thread a([&] { k = n + 1; k += 1; k.read(); n.read(); });
    // clang-format on
    heddle::thread b([&] { n = 5; });
    a.join();
    b.join();
  });
  CHECK(marked(finding) == std::vector<std::string>{"T1 read n", "T2 write n"});
}

TEST_CASE("the values of plain data stand in the table, before and after a write", "[verdict]") {
  const Finding finding = finding_of([] {
    enum class Colour { red, green };
    heddle::var<Colour> colour{Colour::red};
    heddle::var<double> half{0};
    heddle::var<std::vector<int>> list;
    colour = Colour::green;
    half = 0.5;
    list.write().push_back(1);
    HEDDLE_ASSERT(false);
  });
  std::vector<std::string> outcomes;
  for (const heddle::Step& step : finding.steps) outcomes.push_back(step.operation + " " + step.outcome);
  CHECK(outcomes ==
        std::vector<std::string>{"write colour = 1", "write half = 0.5", "write list ", "assertion failed: false "});
}

TEST_CASE("wait and notify of an atomic are told as such", "[verdict]") {
  const Finding finding = finding_of([] {
    heddle::atomic<int> ready{0};
    heddle::thread a([&] {
      ready.notify_one();
      ready.store(0);
    });
    ready.wait(0);
    a.join();
  });
  CHECK(contains(finding.message, "atomic ready"));
  CHECK_FALSE(contains(finding.message + finding.explanation, "condition"));
}

TEST_CASE("memory at fault is told with its size, and where it was allocated and freed", "[verdict]") {
  unsigned allocated = 0;
  unsigned freed = 0;
  const Finding twice = finding_of([&] {
    allocated = __LINE__ + 1;
    auto* const memory = new char[12];
    escaped = memory;
    freed = __LINE__ + 1;
    delete[] memory;
    delete[] static_cast<char*>(escaped);
    escaped = nullptr;  // a call that comes last leaves no frame
  });
  CHECK(twice.kind == heddle::FindingKind::double_free);
  CHECK(contains(twice.message, "12 bytes"));
  CHECK(has_line(twice, allocated));
  CHECK(has_line(twice, freed));
  CHECK(twice.locations.front().line == freed + 1);

  const Finding lost = finding_of([&] {
    allocated = __LINE__ + 1;
    escaped = new int(3);
    escaped = nullptr;
  });
  CHECK(lost.kind == heddle::FindingKind::leak);
  CHECK(contains(lost.message, "4 bytes in 1 block"));
  CHECK(has_line(lost, allocated));
}

TEST_CASE("a write behind a block is found when that is freed, or at the end", "[verdict]") {
  for (const bool free : {true, false}) {
    unsigned allocated = 0;
    const Finding finding = finding_of([&, free] {
      allocated = __LINE__ + 1;
      auto* const memory = new char[10];
      escaped = memory;
      static_cast<volatile char*>(escaped)[10] = 1;
      if (free) delete[] memory;
    });
    CHECK(finding.kind == heddle::FindingKind::crash);
    CHECK(contains(finding.message, "behind the end of a block of 10 bytes"));
    CHECK(has_line(finding, allocated));
  }
  CHECK(heddle::check({}, [] {
    auto* const memory = new char[10];
    escaped = memory;
    static_cast<volatile char*>(escaped)[9] = 1;
    delete[] memory;
  }));
}

TEST_CASE("a block whose header was written over is told as the write, whatever was written there", "[verdict]") {
  const auto message_of = [](std::ptrdiff_t from, std::ptrdiff_t to, unsigned char byte, bool frees_second) {
    return finding_of([=] {
             auto* const first = new char[16];
             auto* const second = new char[16];
             escaped = first;
             for (auto at = from; at < to; ++at) static_cast<volatile unsigned char*>(escaped)[at] = byte;
             delete[](frees_second ? second : first);
           })
        .message;
  };
  // A block of 16 bytes takes 32; the next one's header, of 32, stands behind it: sizes, the caller, the state.
  for (const bool frees_second : {true, false})
    for (const unsigned char byte : {0, 1, 0x55, 0xFF})
      for (const std::ptrdiff_t to : {32 + 1, 32 + 8, 32 + 9, 32 + 16, 32 + 25, 32 + 32, 90})
        CHECK(contains(message_of(16, to, byte, frees_second), "behind the end of a block of 16 bytes was written to"));
  CHECK(contains(message_of(-1, 0, 7, false), "before the first block of a thread's heap was written to"));
  CHECK(contains(message_of(-20, 0, 7, false), "before the first block of a thread's heap was written to"));
}

int a_global = 0;

TEST_CASE("to free what was never allocated is found, wherever it lies", "[verdict]") {
  const auto message_of = [](void* address) {
    return finding_of([=] {
             escaped = address;
             std::free(escaped);
           })
        .message;
  };
  CHECK(contains(message_of(&a_global), "free of an address that no allocation returned"));
  CHECK(contains(message_of(reinterpret_cast<void*>(0x1234560)), "free of an address that no allocation returned"));
  const Finding finding = finding_of([] {
    int on_the_stack = 0;
    escaped = &on_the_stack;
    std::free(escaped);
  });
  CHECK(contains(finding.message, "free of an address that no allocation returned"));
  CHECK(contains(finding.explanation, "Free just what new or malloc has returned"));
  // What was allocated before the check is left as it is: every execution finds it again.
  void* const memory = std::malloc(16);
  CHECK(heddle::check({}, [=] { std::free(memory); }));
  std::free(memory);
}

TEST_CASE("a pointer read from freed memory is a use after free where it is followed", "[verdict]") {
#if defined(__x86_64__)
  struct Node {
    Node* next;
    int value;
  };
  const Finding finding = finding_of([] {
    auto* const node = new Node{nullptr, 1};
    escaped = node;
    delete node;
    HEDDLE_ASSERT(static_cast<Node* volatile*>(escaped)[0]->value == 1);
  });
  CHECK(finding.kind == heddle::FindingKind::use_after_free);
#endif
}

TEST_CASE("an operation on freed memory says what stood there, whatever its bytes are now", "[verdict]") {
  const Finding finding = finding_of([] {
    auto* const m = new heddle::mutex;
    delete hidden(m);
    m->lock();
  });
  CHECK(contains(finding.message, "operation on a mutex whose memory was freed"));
  CHECK(contains(finding_of([] {
                   auto* const x = new heddle::atomic<int>{0};
                   delete hidden(x);
                   x->store(1);
                 }).message,
                 "operation on an atomic"));
}

TEST_CASE("misuse names the object, and a thread that was not joined its number", "[verdict]") {
  const Finding unlocked = finding_of([] {
    heddle::mutex gate;
    gate.unlock();
  });
  CHECK(contains(unlocked.message, "mutex gate"));
  CHECK(contains(finding_of([] { const heddle::thread child([] {}); }).message, "T1 was neither joined nor detached"));
}

TEST_CASE("a crash in a library is told with the line that called it", "[verdict]") {
  unsigned line = 0;
  const Finding finding = finding_of([&] {
    const char* volatile nowhere = reinterpret_cast<const char*>(0x10);
    line = __LINE__ + 1;
    HEDDLE_ASSERT(std::string(nowhere).empty());
  });
  CHECK(finding.kind == heddle::FindingKind::crash);
  CHECK(has_line(finding, line));
}

TEST_CASE("memory that runs out names the option", "[verdict]") {
  heddle::Options options;
  options.heap_size_mib = 1;
  CHECK(contains(finding_of([] { escaped = new char[std::size_t{2} << 20]; }, options).message, "--heap-size"));
}

TEST_CASE("a spurious wake-up is told as one, where it happens", "[verdict]") {
  heddle::Options options;
  options.spurious_wakeups = 1;
  const Finding finding = finding_of(
      [] {
        heddle::mutex m;
        heddle::condition_variable ready;
        heddle::var<bool> done{false};
        heddle::thread a([&] {
          const std::lock_guard lock(m);
          done = true;
          ready.notify_one();
        });
        {
          std::unique_lock lock(m);
          if (!done) ready.wait(lock);
          HEDDLE_ASSERT(done == true);
        }
        a.join();
      },
      options);
  CHECK(has_step(finding, "spurious wake-up"));
  CHECK_FALSE(has_step(finding, "choose(2)"));
}

TEST_CASE("a notification that woke another thread is not called lost, and the cure is notify_all", "[verdict]") {
  // Two consumers of different things wait on one condition variable: notify_one may wake the one that cannot go on.
  const Finding finding = finding_of([] {
    heddle::mutex m;
    heddle::condition_variable changed;
    heddle::var<int> wanted{0};
    const auto consumer = [&](int mine) {
      std::unique_lock lock(m);
      while (wanted != mine) changed.wait(lock);
    };
    heddle::thread a(consumer, 1);
    heddle::thread b(consumer, 2);
    {
      const std::lock_guard lock(m);
      wanted = 1;
      changed.notify_one();
    }
    a.join();
    {
      const std::lock_guard lock(m);
      wanted = 2;
      changed.notify_one();
    }
    b.join();
  });
  CHECK(contains(finding.message, "woke T2 instead"));
  CHECK(contains(finding.explanation, "notify_all"));
  CHECK_FALSE(contains(finding.explanation, "predicate"));
}

TEST_CASE("a table ends with the fault", "[verdict]") {
  // The store can only come after the load that T2 does right before its access, so it is no part of the race.
  const heddle::Result race = heddle::check({}, [] {
    heddle::var<int> x{0};
    heddle::atomic<int> y{0};
    heddle::thread t([&] {
      x = 1;
      y = 2;
    });
    heddle::thread u([&] { x = y.load(); });
    t.join();
    u.join();
  });
  REQUIRE(race.findings.size() == 1);
  const std::vector<heddle::Step>& rows = race.findings[0].steps;
  REQUIRE(rows.size() == 5);  // two starts, T1's write, T2's load, T2's write
  CHECK(rows[2].fault);
  CHECK(rows[4].fault);

  // Nor is what T1 stores after main has loaded what it divides by; with T1's end that would be two switches more.
  const heddle::Result division = heddle::check({}, [] {
    heddle::atomic<int> divisor{0};
    heddle::thread t([&] { divisor = 1; });
    const volatile int result = 10 / divisor.load();
    static_cast<void>(result);
    t.join();
  });
  REQUIRE(division.findings.size() == 1);
  CHECK(division.findings[0].steps.size() == 3);  // start, load, the fault

  const heddle::Result twin = heddle::check({}, [] {
    heddle::atomic<int> divisor{0};
    heddle::thread t([&] { divisor = 1; });
    t.join();
    const volatile int result = 10 / divisor.load();
    static_cast<void>(result);
  });
  CHECK(twin);
  CHECK(twin.executions == 1);
}

TEST_CASE("who waits for a future of async waits for the end of its thread", "[verdict]") {
  const auto harness = [](bool lets_go) {
    return [lets_go] {
      heddle::mutex m;
      auto result = heddle::async(heddle::launch::async, [&] { std::scoped_lock lock(m); });
      std::unique_lock lock(m);
      if (lets_go) lock.unlock();
      result = {};  // waits
    };
  };
  const Finding finding = finding_of(harness(false));
  CHECK(contains(finding.message, "main waits for the end of T1, which waits for mutex m held by main"));
  CHECK(heddle::check({}, harness(true)));
}

TEST_CASE("a thread that runs nothing of the harness's own is told where it was started", "[verdict]") {
  unsigned line = 0;
  const Finding finding = finding_of([&line] {
    heddle::latch l(1);
    line = __LINE__ + 1;
    heddle::thread t(&heddle::latch::wait, &l);
    t.join();
  });
  CHECK(contains(finding.message, "T1 waits for latch l"));
  CHECK(has_line(finding, line));
}
