// Linearizability against trying everything: each order of invocations and returns, and for each, every order of calls.
#include "checker/analysis/linearizability.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

using namespace heddle::analysis;

namespace {

/// A call on a register, or on a queue of small numbers.
struct Operation {
  enum Code { write, read, push, pop } code;
  int value;  ///< written; or what was answered: 0 by a pop that found nothing
};

using State = std::vector<int>;  ///< of a queue; of a register: its value, at the front

/// Does `operation` to `state`; says whether it answers the same, or may answer anything.
bool repeat(State& state, const Operation& operation, bool returned) {
  switch (operation.code) {
    case Operation::write:
      state.assign(1, operation.value);
      return true;
    case Operation::read:
      return !returned || (state.empty() ? 0 : state[0]) == operation.value;
    case Operation::push:
      state.push_back(operation.value);
      return true;
    case Operation::pop: {
      const int front = state.empty() ? 0 : state[0];
      if (!state.empty()) state.erase(state.begin());
      return !returned || front == operation.value;
    }
  }
  return false;
}

struct History {
  std::vector<Call> calls;
  std::vector<Operation> operations;
  std::vector<unsigned> threads;
};

class Object final : public SequentialObject {
 public:
  explicit Object(const History& history) : history_(history) {}

  std::optional<unsigned> after(unsigned state, unsigned call) override {
    State next = states_[state];
    if (!repeat(next, history_.operations[call], history_.calls[call].returned)) return std::nullopt;
    const auto known = std::find(states_.begin(), states_.end(), next);
    if (known != states_.end()) return static_cast<unsigned>(known - states_.begin());
    states_.push_back(next);
    return static_cast<unsigned>(states_.size()) - 1;
  }

 private:
  const History& history_;
  std::vector<State> states_{State{}};
};

bool in(unsigned call, Calls set) { return (set >> call & 1U) != 0; }

/// Whether some order of the calls respects `preceding` and explains the answers: all permutations, and each choice of
/// the calls without a return that have taken effect.
bool explained(const History& history, const std::vector<Calls>& preceding, Calls taken, const State& state) {
  bool all = true;
  for (unsigned call = 0; call < history.calls.size(); ++call)
    all = all && (in(call, taken) || !history.calls[call].returned);
  if (all) return true;
  for (unsigned call = 0; call < history.calls.size(); ++call) {
    if (in(call, taken)) continue;
    bool may = true;
    for (unsigned other = 0; other < history.calls.size(); ++other)
      may = may && (in(other, taken) || !in(other, preceding[call]));
    State next = state;
    if (may && repeat(next, history.operations[call], history.calls[call].returned) &&
        explained(history, preceding, taken | Calls{1} << call, next))
      return true;
  }
  return false;
}

bool allowed(const Points& before, const Points& passed) {
  return (before.invoked & ~passed.invoked) == 0 && (before.returned & ~passed.returned) == 0;
}

/// What precedes what, for every order of invocations and returns that is allowed.
void each_order(const History& history, Points passed, std::vector<Calls> preceding,
                std::set<std::vector<Calls>>& orders) {
  bool moved = false;
  for (unsigned call = 0; call < history.calls.size(); ++call) {
    const Calls one = Calls{1} << call;
    const Call& known = history.calls[call];
    if (!in(call, passed.invoked) && allowed(known.before_invocation, passed)) {
      moved = true;
      std::vector<Calls> with = preceding;
      with[call] = passed.returned;
      each_order(history, {passed.invoked | one, passed.returned}, with, orders);
    }
    if (in(call, passed.invoked) && known.returned && !in(call, passed.returned) &&
        allowed(known.before_return, passed)) {
      moved = true;
      each_order(history, {passed.invoked, passed.returned | one}, preceding, orders);
    }
  }
  if (!moved) orders.insert(preceding);
}

/// A history of up to `most` calls in which some random part of one order of invocations and returns is known.
History random_history(std::mt19937& random, unsigned most) {
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  History history;
  const bool queue = below(2) == 0;
  const unsigned count = 2 + below(most - 1);
  for (unsigned i = 0; i < count; ++i) history.threads.push_back(below(3));
  std::sort(history.threads.begin(), history.threads.end());
  for (unsigned i = 0; i < count; ++i) {
    const bool changes = below(2) == 0;
    const auto code =
        queue ? (changes ? Operation::push : Operation::pop) : (changes ? Operation::write : Operation::read);
    history.operations.push_back({code, static_cast<int>(changes ? 1 + below(2) : below(3))});
    const bool last_of_thread = i + 1 == count || history.threads[i + 1] != history.threads[i];
    history.calls.push_back({.returned = !last_of_thread || below(6) != 0});
  }
  // One order of all points; of its pairs some are known.
  std::vector<Point> order;
  std::vector<unsigned> next(3, 0);
  std::vector<std::vector<Point>> of_thread(3);
  for (unsigned i = 0; i < count; ++i) {
    of_thread[history.threads[i]].push_back({i, false});
    if (history.calls[i].returned) of_thread[history.threads[i]].push_back({i, true});
  }
  while (order.size() < of_thread[0].size() + of_thread[1].size() + of_thread[2].size()) {
    const unsigned thread = below(3);
    if (next[thread] < of_thread[thread].size()) order.push_back(of_thread[thread][next[thread]++]);
  }
  const auto before = [&](const Point& point) -> Points& {
    return point.is_return ? history.calls[point.call].before_return : history.calls[point.call].before_invocation;
  };
  const unsigned percent = below(4) * 15;
  for (std::size_t late = 0; late < order.size(); ++late) {
    Points& known = before(order[late]);
    for (std::size_t early = 0; early < late; ++early) {
      if (history.threads[order[early].call] != history.threads[order[late].call] && below(100) >= percent) continue;
      const Points& further = before(order[early]);
      known.invoked |= further.invoked;
      known.returned |= further.returned;
      (order[early].is_return ? known.returned : known.invoked) |= Calls{1} << order[early].call;
    }
  }
  return history;
}

std::vector<Calls> preceding_of(const History& history, const std::vector<Point>& points) {
  std::vector<Calls> preceding(history.calls.size());
  Points passed;
  for (const Point& point : points) {
    const Call& call = history.calls[point.call];
    REQUIRE(allowed(point.is_return ? call.before_return : call.before_invocation, passed));
    if (!point.is_return) preceding[point.call] = passed.returned;
    (point.is_return ? passed.returned : passed.invoked) |= Calls{1} << point.call;
  }
  return preceding;
}

/// What is said to be the longest beginning is one, and what comes next has no place in it.
void check_explanation(const History& history, const std::vector<Calls>& preceding, const Unexplained& found) {
  State state;
  Calls taken = 0;
  for (const unsigned call : found.longest) {
    REQUIRE((preceding[call] & ~taken) == 0);
    REQUIRE(repeat(state, history.operations[call], history.calls[call].returned));
    taken |= Calls{1} << call;
  }
  REQUIRE_FALSE(found.next.empty());
  for (const unsigned call : found.next) {
    State next = state;
    REQUIRE_FALSE(repeat(next, history.operations[call], history.calls[call].returned));
  }
}

void compare(const History& history, unsigned& unexplained) {
  std::set<std::vector<Calls>> orders;
  each_order(history, {}, std::vector<Calls>(history.calls.size()), orders);
  const bool expected = std::any_of(orders.begin(), orders.end(),
                                    [&](const auto& preceding) { return !explained(history, preceding, 0, {}); });
  Object object(history);
  const auto found = find_unexplained(history.calls, object);
  REQUIRE(found.has_value() == expected);
  unexplained += expected ? 1 : 0;
  if (found) {
    const std::vector<Calls> preceding = preceding_of(history, found->points);
    REQUIRE_FALSE(explained(history, preceding, 0, {}));
    check_explanation(history, preceding, *found);
  }
  std::vector<Calls> known;
  for (const Call& call : history.calls) known.push_back(call.before_invocation.returned);
  Object again(history);
  const auto by_knowledge = find_unexplained_by_knowledge(history.calls, again);
  REQUIRE(by_knowledge.has_value() == !explained(history, known, 0, {}));
  if (by_knowledge) REQUIRE(expected);
}

}  // namespace

TEST_CASE("random histories are judged as by trying every order", "[analysis]") {
  std::mt19937 random(2);
  unsigned unexplained = 0;
  for (int i = 0; i < 20'000; ++i) {
    INFO("history " << i);
    compare(random_history(random, 4), unexplained);
  }
  CHECK(unexplained > 4'000);
  CHECK(unexplained < 16'000);
}

TEST_CASE("larger random histories are judged as by trying every order", "[analysis]") {
  std::mt19937 random(3);
  unsigned unexplained = 0;
  for (int i = 0; i < 60; ++i) {
    INFO("history " << i);
    compare(random_history(random, 5), unexplained);
  }
  CHECK(unexplained > 5);
}

TEST_CASE("a history of many calls is judged without trying every order", "[analysis]") {
  // Three threads that write and read ten times each, all the same value: no execution of them is unexplained, but for
  // a thread that reads before anybody has written. There are (60!)/(20!)^3 orders of the calls alone.
  History history;
  for (unsigned thread = 0; thread < 3; ++thread) {
    for (unsigned i = 0; i < 20; ++i) {
      const auto call = static_cast<unsigned>(history.calls.size());
      const Calls mine = ((Calls{1} << i) - 1) << (thread * 20);
      history.calls.push_back({.before_invocation = {mine, mine}, .before_return = {mine | Calls{1} << call, mine}});
      history.operations.push_back({i % 2 == 0 ? Operation::write : Operation::read, 1});
      history.threads.push_back(thread);
    }
  }
  Object object(history);
  CHECK_FALSE(find_unexplained(history.calls, object));
  history.operations[59].value = 2;  // the last read
  Object other(history);
  CHECK(find_unexplained(history.calls, other));
}
