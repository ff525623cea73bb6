// heddle::linearizable: what it finds, what it says, and what it costs.
#include <catch2/catch.hpp>
#include <deque>
#include <heddle/heddle.hpp>
#include <heddle/linearizable.hpp>
#include <memory>
#include <optional>
#include <stdexcept>

namespace {

using heddle::FindingKind;
using heddle::Result;
using heddle::Verdict;

struct Register {
  int value = 0;
  void write(int to) { value = to; }
  int read() const { return value; }
  bool operator==(const Register&) const = default;
};

struct Queue {
  std::deque<int> items;
  void push(int item) { items.push_back(item); }
  std::optional<int> pop() {
    if (items.empty()) return std::nullopt;
    const int front = items.front();
    items.pop_front();
    return front;
  }
  bool operator==(const Queue&) const = default;
};

std::string to_string(const Queue& queue) {
  std::string text = "{";
  for (const int item : queue.items) text += " " + std::to_string(item);
  return text + " }";
}

/// A queue whose pop looks first and takes then.
struct HastyQueue {
  heddle::atomic<int> slots[2];
  heddle::atomic<int> front{0};
  heddle::atomic<int> back{0};

  void push(int item) {
    const int at = back.load();
    slots[at].store(item);
    back.store(at + 1);
  }
  std::optional<int> pop() {
    const int at = front.load();
    if (at == back.load()) return std::nullopt;
    front.store(at + 1);
    return slots[at].load();
  }
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void two_poppers() {
  HastyQueue queue;
  heddle::linearizable<Queue> watched;
  watched.call<&Queue::push>([&](int item) { queue.push(item); }, 1);
  const auto pop = [&] { watched.call<&Queue::pop>([&] { return queue.pop(); }); };
  heddle::thread a(pop);
  heddle::thread b(pop);
  a.join();
  b.join();
}

}  // namespace

TEST_CASE("an item taken twice is a finding with a timeline and a reason", "[linearizability]") {
  const Result result = heddle::check({}, two_poppers);
  REQUIRE(result.verdict == Verdict::violated);
  REQUIRE(result.findings.size() == 1);
  const heddle::Finding& finding = result.findings[0];
  CHECK(to_string(finding.kind) == "not-linearizable");
  CHECK(finding.threads == std::vector<unsigned>{0, 1, 2});
  CHECK(contains(finding.explanation, "├ push(1) ┤"));
  CHECK(contains(finding.explanation, "├ pop() = 1 "));
  CHECK(contains(finding.explanation, "which leaves { }"));
  CHECK(contains(finding.explanation, "pop() = 1 of T2, and not = nothing"));
  REQUIRE(finding.locations.size() == 1);
  CHECK(contains(finding.locations[0].file, "linearizable_test.cpp"));
}

TEST_CASE("the schedule of such a finding replays it", "[linearizability]") {
  for (const std::string search : {"exhaustive", "random", "pct", "pos"}) {
    const Result result = heddle::check({.search = search}, two_poppers);
    REQUIRE(result.findings.size() == 1);
    const Result again = heddle::replay({}, result.findings[0].schedule, two_poppers);
    REQUIRE(again.findings.size() == 1);
    CHECK(again.findings[0].explanation == result.findings[0].explanation);
  }
}

TEST_CASE("a read that comes after a write in time must see it, though nothing in the memory orders them",
          "[linearizability]") {
  // One trace: the two threads use different atomics. In some of its executions the write has returned before.
  const auto harness = [] {
    heddle::linearizable<Register> watched;
    heddle::atomic<int> x{0};
    heddle::atomic<int> y{0};
    heddle::thread a([&] { watched.call<&Register::write>([&](int value) { x.store(value); }, 1); });
    heddle::thread b([&] { watched.call<&Register::read>([&] { return y.load(); }); });
    a.join();
    b.join();
  };
  heddle::Options options;
  options.model = "sc";  // where executions are interleavings, and have a time
  const Result result = heddle::check(options, harness);
  CHECK(result.executions == 1);
  REQUIRE(result.findings.size() == 1);
  // The schedule that is shown has the write return before the read begins.
  const auto& steps = result.findings[0].schedule.steps;
  const auto place = [&](unsigned thread, const std::string& word) {
    const auto step = std::find_if(steps.begin(), steps.end(),
                                   [&](const auto& s) { return s.thread == thread && s.operation == word; });
    REQUIRE(step != steps.end());
    return step - steps.begin();
  };
  CHECK(place(1, "store") < place(2, "load"));
}

TEST_CASE("calls that overlap may take effect in either order", "[linearizability]") {
  const Result result = heddle::check({}, [] {
    heddle::linearizable<Register> watched;
    heddle::atomic<int> x{0};
    heddle::thread a([&] { watched.call<&Register::write>([&](int value) { x.store(value); }, 1); });
    heddle::thread b([&] {
      watched.call<&Register::read>([&] { return x.load(); });
      watched.call<&Register::read>([&] { return x.load(); });
    });
    a.join();
    b.join();
  });
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.executions == 3);  // the write comes before both reads, between them, or after: nothing is added
  CHECK(result.blocked == 0);
}

TEST_CASE("a mutex around the sequential object makes it linearizable", "[linearizability]") {
  const Result result = heddle::check({}, [] {
    heddle::linearizable<Queue> watched;
    heddle::mutex m;
    heddle::var<Queue> queue;
    const auto push = [&](int item) {
      watched.call<&Queue::push>(
          [&](int value) {
            m.lock();
            Queue changed = queue.read();
            changed.push(value);
            queue = changed;
            m.unlock();
          },
          item);
    };
    const auto pop = [&] {
      watched.call<&Queue::pop>([&] {
        m.lock();
        Queue changed = queue.read();
        const std::optional<int> item = changed.pop();
        queue = changed;
        m.unlock();
        return item;
      });
    };
    heddle::thread a([&] { push(1); });
    heddle::thread b([&] { pop(); });
    push(2);
    pop();
    a.join();
    b.join();
  });
  INFO(result.reason);
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.executions == 12);  // orders of four critical sections, of which two are in order: 4!/2
}

TEST_CASE("a history begins with the state that it is given", "[linearizability]") {
  const auto harness = [](int initial) {
    return [initial] {
      heddle::linearizable watched(Register{initial});
      heddle::atomic<int> x{7};
      watched.call<&Register::read>([&] { return x.load(); });
    };
  };
  CHECK(heddle::check({}, harness(7)).verdict == Verdict::verified);
  const Result wrong = heddle::check({}, harness(6));
  REQUIRE(wrong.findings.size() == 1);
  CHECK(contains(wrong.findings[0].explanation, "No call can come first:\n  read() = 7 of main, and not = 6"));
}

TEST_CASE("a call that throws may have taken effect or not", "[linearizability]") {
  for (const bool effect : {false, true}) {
    const Result result = heddle::check({}, [effect] {
      heddle::linearizable<Register> watched;
      heddle::atomic<int> x{0};
      heddle::thread a([&] {
        try {
          watched.call<&Register::write>(
              [&](int value) {
                if (effect) x.store(value);
                throw std::runtime_error("no");
              },
              1);
        } catch (const std::runtime_error&) {
        }
      });
      a.join();
      watched.call<&Register::read>([&] { return x.load(); });
    });
    CHECK(result.verdict == Verdict::verified);
  }
}

TEST_CASE("under a weak memory model a call precedes another where it happens before it", "[linearizability]") {
  // The read looks at another atomic than the write, and may be told first that the write is done.
  const auto harness = [](bool told) {
    return [told] {
      heddle::linearizable<Register> watched;
      heddle::atomic<int> x{0};
      heddle::atomic<int> y{0};
      heddle::atomic<bool> done{false};
      heddle::thread a([&] {
        watched.call<&Register::write>([&](int value) { x.store(value, std::memory_order_relaxed); }, 1);
        done.store(true, std::memory_order_release);
      });
      heddle::thread b([&] {
        if (told) heddle::assume(done.load(std::memory_order_acquire));
        watched.call<&Register::read>([&] { return y.load(std::memory_order_relaxed); });
      });
      a.join();
      b.join();
    };
  };
  for (const std::string model : {"ra", "rc11"}) {
    const Result untold = heddle::check({.model = model}, harness(false));
    INFO(untold.reason);
    CHECK(untold.verdict == Verdict::verified);
    CHECK(heddle::check({.model = model}, harness(true)).verdict == Verdict::violated);
  }
  CHECK(heddle::check({.model = "sc"}, harness(false)).verdict == Verdict::violated);
}

// The call is made after the end: nothing is known of it there.
TEST_CASE("a call on a history that has ended is a use after free", "[linearizability]") {
  const auto harness = [](bool joins_in_time, bool on_heap) {
    return [=] {
      heddle::atomic<int> x{0};
      heddle::thread a;
      {
        heddle::linearizable<Register> local;
        auto allocated = std::make_unique<heddle::linearizable<Register>>();
        heddle::linearizable<Register>* const watched = on_heap ? allocated.get() : &local;
        a = heddle::thread([watched, &x] { watched->call<&Register::write>([&](int value) { x.store(value); }, 1); });
        if (joins_in_time) a.join();
      }
      if (!joins_in_time) a.join();
    };
  };
  for (const heddle::Leaks leaks : {heddle::Leaks::error, heddle::Leaks::off}) {
    for (const bool on_heap : {false, true}) {
      const Result result = heddle::check({.leaks = leaks}, harness(false, on_heap));
      REQUIRE(result.findings.size() == 1);
      CHECK(result.findings[0].kind == FindingKind::use_after_free);
      CHECK(contains(result.findings[0].message, "a linearizable whose"));
      CHECK(contains(result.findings[0].locations[0].file, "linearizable_test.cpp"));
      CHECK(heddle::check({.leaks = leaks}, harness(true, on_heap)).verdict == Verdict::verified);
    }
  }
}

TEST_CASE("a history that ends while a thread may still make calls is a use after free", "[linearizability]") {
  const Result result = heddle::check({}, [] {
    heddle::atomic<int> x{0};
    heddle::thread a;
    {
      heddle::linearizable<Register> watched;
      a = heddle::thread([&] { watched.call<&Register::write>([&](int value) { x.store(value); }, 1); });
      while (x.load() == 0) heddle::assume(false);
    }
    a.join();
  });
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == FindingKind::use_after_free);
}

TEST_CASE("more than 64 calls are refused", "[linearizability]") {
  const Result result = heddle::check({}, [] {
    heddle::linearizable<Register> watched;
    for (int i = 0; i < 65; ++i) watched.call<&Register::write>([](int) {}, i);
  });
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == FindingKind::misuse);
}

TEST_CASE("outside a check there is no history", "[linearizability]") {
  CHECK_THROWS_AS(heddle::linearizable<Register>(), heddle::Error);
}

namespace {

struct Texts {
  std::string text;
  std::string put(const std::string& added, char, bool) { return text += added; }
  bool operator==(const Texts&) const = default;
};
enum class Colour { red = 3 };
std::optional<Colour> mix(Register&, Colour colour) { return colour; }
std::pair<int, char> pair_up(Register&, int first, const std::vector<int>&) { return {first, 'a'}; }

}  // namespace

TEST_CASE("calls are told with their arguments and answers", "[linearizability]") {
  const Result texts = heddle::check({}, [] {
    heddle::linearizable<Texts> watched;
    watched.call<&Texts::put>([](const auto&...) { return std::string("y"); }, "x", 'c', true);
  });
  REQUIRE(texts.findings.size() == 1);
  CHECK(contains(texts.findings[0].explanation, "put(\"x\", 'c', true) = \"y\" of main, and not = \"x\""));
  const Result colours = heddle::check({}, [] {
    heddle::linearizable<Register> watched;
    watched.call<&mix>([](Colour) { return std::optional<Colour>(); }, Colour::red);
  });
  REQUIRE(colours.findings.size() == 1);
  CHECK(contains(colours.findings[0].explanation, "mix(3) = nothing of main, and not = 3"));
  const Result pairs = heddle::check({}, [] {
    heddle::linearizable<Register> watched;
    watched.call<&pair_up>([](int, const auto&) { return std::pair(2, 'b'); }, 1, std::vector{1, 2});
  });
  REQUIRE(pairs.findings.size() == 1);
  CHECK(contains(pairs.findings[0].explanation, "pair_up(1, [1, 2]) = (2, 'b') of main, and not = (1, 'a')"));
}
