#include "checker/analysis/linear_order.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <random>

using heddle::analysis::context_switches;
using heddle::analysis::linear_order;
using heddle::analysis::PartialOrder;

namespace {

// A random order over `events` events: each follows its thread's last one, and sometimes events of other threads.
PartialOrder random_order(std::mt19937& random, unsigned threads, unsigned events, unsigned crossings_percent) {
  PartialOrder order;
  std::vector<int> newest(threads, -1);
  for (unsigned event = 0; event < events; ++event) {
    const unsigned thread = random() % threads;
    std::vector<unsigned> before;
    if (newest[thread] >= 0) before.push_back(static_cast<unsigned>(newest[thread]));
    for (int tries = 0; tries < 2; ++tries) {
      if (event == 0 || random() % 100 >= crossings_percent) continue;
      const unsigned other = random() % event;
      if (std::find(before.begin(), before.end(), other) == before.end()) before.push_back(other);
    }
    newest[thread] = static_cast<int>(event);
    order.thread.push_back(thread);
    order.predecessors.push_back(before);
  }
  return order;
}

bool is_linear_extension(const PartialOrder& order, const std::vector<unsigned>& sequence) {
  std::vector<bool> done(order.thread.size(), false);
  for (unsigned event : sequence) {
    if (event >= done.size() || done[event]) return false;
    for (unsigned before : order.predecessors[event]) {
      if (!done[before]) return false;
    }
    done[event] = true;
  }
  return sequence.size() == order.thread.size();
}

// Every linear extension, one event at a time: slow and obvious.
void enumerate(const PartialOrder& order, std::optional<unsigned> last, std::vector<unsigned>& sequence,
               std::vector<bool>& done, unsigned& fewest) {
  if (sequence.size() == order.thread.size()) {
    fewest = std::min(fewest, context_switches(order, sequence));
    return;
  }
  for (unsigned event = 0; event < done.size(); ++event) {
    if (done[event] || (last == event && sequence.size() + 1 != done.size())) continue;
    const auto& before = order.predecessors[event];
    if (!std::all_of(before.begin(), before.end(), [&](unsigned one) { return done[one]; })) continue;
    done[event] = true;
    sequence.push_back(event);
    enumerate(order, last, sequence, done, fewest);
    sequence.pop_back();
    done[event] = false;
  }
}

unsigned fewest_switches(const PartialOrder& order, std::optional<unsigned> last) {
  std::vector<unsigned> sequence;
  std::vector<bool> done(order.thread.size(), false);
  unsigned fewest = 1'000'000;
  enumerate(order, last, sequence, done, fewest);
  return fewest;
}

// The events that nothing follows.
std::vector<unsigned> maximal_events(const PartialOrder& order) {
  std::vector<bool> followed(order.thread.size(), false);
  for (const auto& before : order.predecessors) {
    for (unsigned event : before) followed[event] = true;
  }
  std::vector<unsigned> maximal;
  for (unsigned event = 0; event < followed.size(); ++event) {
    if (!followed[event]) maximal.push_back(event);
  }
  return maximal;
}

}  // namespace

TEST_CASE("an order without events has an empty sequence", "[analysis]") { REQUIRE(linear_order({}).empty()); }

TEST_CASE("independent threads run one after the other", "[analysis]") {
  // 0: events 0 2 4, 1: events 1 3 5; nothing between them: one switch.
  PartialOrder order{{0, 1, 0, 1, 0, 1}, {{}, {}, {0}, {1}, {2}, {3}}};
  const auto sequence = linear_order(order);
  REQUIRE(is_linear_extension(order, sequence));
  REQUIRE(context_switches(order, sequence) == 1);
}

TEST_CASE("the fault comes last even where that costs a switch", "[analysis]") {
  // Thread 0 alone would come first; its fault, event 2, has to wait for thread 1: 0 0 1 | 0, or 1 | 0 0 0 (one
  // switch).
  PartialOrder order{{0, 0, 0, 1}, {{}, {0}, {1}, {}}};
  const auto sequence = linear_order(order, 2);
  REQUIRE(sequence == std::vector<unsigned>{3, 0, 1, 2});
}

TEST_CASE("a ping-pong of two threads needs every switch", "[analysis]") {
  PartialOrder order;
  for (unsigned event = 0; event < 10; ++event) {
    order.thread.push_back(event % 2);
    order.predecessors.push_back({});
    if (event >= 1) order.predecessors.back().push_back(event - 1);
    if (event >= 2) order.predecessors.back().push_back(event - 2);
  }
  const auto sequence = linear_order(order);
  REQUIRE(is_linear_extension(order, sequence));
  REQUIRE(context_switches(order, sequence) == 9);
}

TEST_CASE("no linear extension of a small order has fewer context switches", "[analysis]") {
  std::mt19937 random(20240517);
  for (int round = 0; round < 1500; ++round) {
    const unsigned threads = 2 + random() % 3;
    const unsigned events = 1 + random() % 9;
    const PartialOrder order = random_order(random, threads, events, 10 + random() % 60);
    std::optional<unsigned> last;
    if (round % 2 == 0) {
      const auto maximal = maximal_events(order);
      last = maximal[random() % maximal.size()];
    }
    const auto sequence = linear_order(order, last);
    CAPTURE(round, threads, events);
    REQUIRE(is_linear_extension(order, sequence));
    if (last) REQUIRE(sequence.back() == *last);
    REQUIRE(context_switches(order, sequence) == fewest_switches(order, last));
  }
}

TEST_CASE("the greedy answer alone is a linear extension too", "[analysis]") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const PartialOrder order = random_order(random, 5, 40, 40);
    const auto rough = linear_order(order, std::nullopt, 0);
    const auto exact = linear_order(order);
    REQUIRE(is_linear_extension(order, rough));
    REQUIRE(context_switches(order, exact) <= context_switches(order, rough));
  }
}

TEST_CASE("large orders are put in line quickly", "[analysis]") {
  std::mt19937 random(11);
  for (unsigned crossings : {1u, 5u, 20u, 60u}) {
    for (unsigned events : {300u, 9000u}) {
      const PartialOrder order = random_order(random, 30, events, crossings);
      const unsigned last = maximal_events(order).back();
      const auto begin = std::chrono::steady_clock::now();
      const auto sequence = linear_order(order, last);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
      CAPTURE(crossings, events, context_switches(order, sequence), seconds.count());
      REQUIRE(is_linear_extension(order, sequence));
      REQUIRE(sequence.back() == last);
      CHECK(seconds.count() < 2.0);  // a tenth of that in a Release build; the bound allows for sanitizers and load
    }
  }
}
