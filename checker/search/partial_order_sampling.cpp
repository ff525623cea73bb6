// Partial order sampling: Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling", CAV 2018.
//
// Each pending operation has a random priority, and the highest one goes. When it goes, the pending operations that
// conflict with it (the same location, and not both loads) draw theirs again. Operations that conflict with nothing
// keep what they have, so the random numbers are spent on the orders that make one trace differ from another, and
// traces are drawn more evenly than by a random walk.
//
// The paper's guarantee is for one trace, by its events and races, of which one knows nothing before it was met. What
// is said instead is how likely those schedules are that were met (contests.hpp).
#include <algorithm>
#include <cmath>

#include "checker/search/contests.hpp"
#include "checker/search/coverage.hpp"
#include "checker/search/strategy.hpp"

namespace heddle::search {

namespace {

bool conflict(const graph::Operation& a, const graph::Operation& b) {
  using enum core::OperationKind;
  return a.location != 0 && a.location == b.location && !(a.kind == load && b.kind == load);
}

class PartialOrderSampling final : public Strategy {
 public:
  void begin(Random&) override {
    priorities_.clear();
    contests_.clear();
    order_ = 0;
  }

  std::size_t choose(const std::vector<Candidate>& candidates, Random& random) override {
    std::size_t best = 0;
    standing_.clear();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      Priority& priority = priority_of(candidates[i].thread);
      if (priority.value == 0) priority = {random.next() | 1U, contests_.draw()};
      standing_.push_back(priority.number);
      if (priority.value > priority_of(candidates[best].thread).value) best = i;
    }
    contests_.won(standing_[best], standing_);
    order_ = mixed(order_ + candidates[best].thread + 1U);
    const graph::Operation& goes = *candidates[best].operation;
    for (const Candidate& candidate : candidates)
      if (conflict(goes, *candidate.operation)) priority_of(candidate.thread) = {};
    priority_of(candidates[best].thread) = {};
    return best;
  }

  void happened(const graph::ExecutionGraph&) override {}

  void end(const graph::ExecutionGraph&, const Random& random) override {
    const double bits = contests_.bits() + random.bits();
    if (schedules_.add(mixed(order_ + random.choices()))) weight_ += std::exp2(-bits);
    least_ = std::max(least_, bits);
    most_ = std::min(most_, bits);
  }

  std::string promise(bool) const override {
    // A share may be less likely than the least double.
    const double share = std::max(std::log10(weight_), -most_ * std::log10(2.0));
    return "The schedules that were run make up at least " +
           (share < -3 ? power_of_ten(share) : percent(std::min(weight_, 1.0))) +
           " of all by weight (how likely a sample is to take them); each of them comes with a probability of at "
           "least " +
           power_of_ten(-least_ * std::log10(2.0)) + " an execution";
  }

 private:
  struct Priority {
    std::uint64_t value = 0;  ///< 0: to be drawn
    Contests::Number number = 0;
  };

  /// An operation that cannot move has none: what lets it move conflicts with it.
  Priority& priority_of(graph::ThreadId thread) {
    if (thread >= priorities_.size()) priorities_.resize(thread + 1U);
    return priorities_[thread];
  }

  std::vector<Priority> priorities_;
  std::vector<Contests::Number> standing_;
  Contests contests_;
  std::uint64_t order_ = 0;  ///< a hash of who went when
  Tally schedules_;
  double weight_ = 0;       ///< at least, of all schedules that were run
  double least_ = 0;        ///< the binary logarithm of one over the least likely one's
  double most_ = HUGE_VAL;  ///< likewise of the most likely one
};

}  // namespace

std::unique_ptr<Strategy> make_partial_order_sampling() { return std::make_unique<PartialOrderSampling>(); }

}  // namespace heddle::search
