#include "checker/analysis/linearizability.hpp"

#include <algorithm>
#include <bit>
#include <compare>
#include <map>
#include <set>

#include "checker/core/contract.hpp"

namespace heddle::analysis {

namespace {

constexpr Calls one(unsigned call) { return Calls{1} << call; }
constexpr bool within(Calls some, Calls all) { return (some & ~all) == 0; }

/// Remembers what the object has answered.
class Transitions {
 public:
  Transitions(SequentialObject& object, std::size_t calls) : object_(object), calls_(calls) {}

  std::optional<unsigned> after(unsigned state, unsigned call) {
    const std::size_t at = state * calls_ + call;
    if (at >= known_.size()) known_.resize((state + 1) * calls_, unknown);
    if (known_[at] == unknown) {
      const std::optional<unsigned> next = object_.after(state, call);
      known_[at] = next ? static_cast<int>(*next) : nowhere;
    }
    if (known_[at] == nowhere) return std::nullopt;
    return static_cast<unsigned>(known_[at]);
  }

 private:
  static constexpr int unknown = -2;
  static constexpr int nowhere = -1;

  SequentialObject& object_;
  std::size_t calls_;
  std::vector<int> known_;
};

/// An order of the calls that respects which precede which: Wing and Gong's search with Lowe's memory.
class OrderSearch {
 public:
  OrderSearch(const std::vector<Call>& calls, const std::vector<Calls>& preceding, Transitions& transitions)
      : calls_(calls), preceding_(preceding), transitions_(transitions) {
    for (unsigned call = 0; call < calls.size(); ++call)
      if (calls[call].returned) needed_ |= one(call);
  }

  /// Nothing where there is an order.
  std::optional<Unexplained> run() {
    if (extend(0, 0)) return std::nullopt;
    return std::move(best_);
  }

 private:
  bool extend(Calls taken, unsigned state) {
    if (within(needed_, taken)) return true;
    if (!tried_.insert({taken, state}).second) return false;
    bool stuck = true;
    std::vector<unsigned> next;
    for (unsigned call = 0; call < calls_.size(); ++call) {
      if ((taken & one(call)) != 0 || !within(preceding_[call] & needed_, taken)) continue;
      next.push_back(call);
      const std::optional<unsigned> after = transitions_.after(state, call);
      if (!after) continue;
      stuck = false;
      order_.push_back(call);
      if (extend(taken | one(call), *after)) return true;
      order_.pop_back();
    }
    if (stuck && (!found_ || order_.size() > best_.longest.size())) {
      found_ = true;
      best_ = {.points = {}, .longest = order_, .next = next, .state = state};
    }
    return false;
  }

  const std::vector<Call>& calls_;
  const std::vector<Calls>& preceding_;
  Transitions& transitions_;
  Calls needed_ = 0;
  std::set<std::pair<Calls, unsigned>> tried_;
  std::vector<unsigned> order_;
  Unexplained best_;
  bool found_ = false;
};

/// Calls that may have taken effect though they have not returned, and the state then.
struct Configuration {
  Calls taken = 0;
  unsigned state = 0;

  auto operator<=>(const Configuration&) const = default;
};
using Configurations = std::vector<Configuration>;  // ascending, without doubles

/// An order of invocations and returns for which there is no order of the calls.
class WorstOrder {
 public:
  WorstOrder(const std::vector<Call>& calls, Transitions& transitions) : calls_(calls), transitions_(transitions) {}

  /// Whether there is one; then it is `points`.
  bool search(Points passed, Configurations configurations) {
    const std::size_t length = points.size();
    for (std::optional<unsigned> call = returnable(passed); call; call = returnable(passed)) {
      points.push_back({*call, true});
      passed.returned |= one(*call);
      configurations = after_return(configurations, *call, passed);
      if (configurations.empty()) {
        complete(passed);
        return true;
      }
    }
    if (is_new(passed, configurations)) {
      for (unsigned call = 0; call < calls_.size(); ++call) {
        if (!can_be_invoked(call, passed)) continue;
        points.push_back({call, false});
        if (search({passed.invoked | one(call), passed.returned}, configurations)) return true;
        points.pop_back();
      }
    }
    points.resize(length);
    return false;
  }

  /// The points that are left, in any order that is allowed.
  void complete(Points passed) {
    for (bool more = true; more;) {
      more = false;
      if (const std::optional<unsigned> call = returnable(passed)) {
        points.push_back({*call, true});
        passed.returned |= one(*call);
        more = true;
        continue;
      }
      for (unsigned call = 0; call < calls_.size() && !more; ++call) {
        if (!can_be_invoked(call, passed)) continue;
        points.push_back({call, false});
        passed.invoked |= one(call);
        more = true;
      }
    }
  }

  std::vector<Point> points;

 private:
  static bool have_passed(const Points& points, const Points& passed) {
    return within(points.invoked, passed.invoked) && within(points.returned, passed.returned);
  }
  bool can_be_invoked(unsigned call, const Points& passed) const {
    return (passed.invoked & one(call)) == 0 && have_passed(calls_[call].before_invocation, passed);
  }
  std::optional<unsigned> returnable(const Points& passed) const {
    for (unsigned call = 0; call < calls_.size(); ++call)
      if (calls_[call].returned && (passed.invoked & one(call)) != 0 && (passed.returned & one(call)) == 0 &&
          have_passed(calls_[call].before_return, passed))
        return call;
    return std::nullopt;
  }

  /// The configurations in which `call` has taken effect, after as few others as may be: the rest can do so later.
  Configurations after_return(const Configurations& before, unsigned call, const Points& passed) {
    std::set<Configuration> tried(before.begin(), before.end());
    std::vector<Configuration> open(before.begin(), before.end());
    Configurations result;
    const Calls pending = passed.invoked & ~(passed.returned & ~one(call));
    while (!open.empty()) {
      const Configuration from = open.back();
      open.pop_back();
      if ((from.taken & one(call)) != 0) {
        result.push_back({from.taken & ~one(call), from.state});
        continue;
      }
      for (Calls left = pending & ~from.taken; left != 0; left &= left - 1) {
        const auto next = static_cast<unsigned>(std::countr_zero(left));
        const std::optional<unsigned> state = transitions_.after(from.state, next);
        if (!state) continue;
        const Configuration to{from.taken | one(next), *state};
        if (tried.insert(to).second) open.push_back(to);
      }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

  /// Whether nothing worse was met after the same points.
  bool is_new(const Points& passed, const Configurations& configurations) {
    std::vector<Configurations>& met = met_[{passed.invoked, passed.returned}];
    for (const Configurations& fewer : met)
      if (std::includes(configurations.begin(), configurations.end(), fewer.begin(), fewer.end())) return false;
    met.push_back(configurations);
    return true;
  }

  const std::vector<Call>& calls_;
  Transitions& transitions_;
  std::map<std::pair<Calls, Calls>, std::vector<Configurations>> met_;
};

}  // namespace

std::optional<Unexplained> find_unexplained(const std::vector<Call>& calls, SequentialObject& object) {
  Transitions transitions(object, calls.size());
  WorstOrder worst(calls, transitions);
  if (!worst.search({}, {Configuration{}})) return std::nullopt;
  std::vector<Calls> preceding(calls.size());
  Calls returned = 0;
  for (const Point& point : worst.points) {
    if (point.is_return)
      returned |= one(point.call);
    else
      preceding[point.call] = returned;
  }
  std::optional<Unexplained> unexplained = OrderSearch(calls, preceding, transitions).run();
  HEDDLE_EXPECTS(unexplained.has_value());
  unexplained->points = std::move(worst.points);
  return unexplained;
}

std::optional<Unexplained> find_unexplained_by_knowledge(const std::vector<Call>& calls, SequentialObject& object) {
  Transitions transitions(object, calls.size());
  std::vector<Calls> preceding(calls.size());
  for (unsigned call = 0; call < calls.size(); ++call) preceding[call] = calls[call].before_invocation.returned;
  std::optional<Unexplained> unexplained = OrderSearch(calls, preceding, transitions).run();
  if (unexplained) {
    WorstOrder any(calls, transitions);
    any.complete({});
    unexplained->points = std::move(any.points);
  }
  return unexplained;
}

}  // namespace heddle::analysis
