// Partial order sampling: Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling", CAV 2018.
//
// Each pending operation has a random priority, and the highest one goes. When it goes, the pending operations that
// conflict with it (the same location, and not both loads) draw theirs again. Operations that conflict with nothing
// keep what they have, so the random numbers are spent on the orders that make one trace differ from another, and
// traces are drawn more evenly than by a random walk.
#include <algorithm>

#include "checker/search/strategy.hpp"

namespace heddle::search {

namespace {

bool conflict(const graph::Operation& a, const graph::Operation& b) {
  using enum core::OperationKind;
  return a.location != 0 && a.location == b.location && !(a.kind == load && b.kind == load);
}

class PartialOrderSampling final : public Strategy {
 public:
  void begin(Random&) override { priorities_.clear(); }

  std::size_t choose(const std::vector<Candidate>& candidates, Random& random) override {
    std::size_t best = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (priority_of(candidates[i].thread) == 0) priority_of(candidates[i].thread) = random.next() | 1U;
      if (priority_of(candidates[i].thread) > priority_of(candidates[best].thread)) best = i;
    }
    const graph::Operation& goes = *candidates[best].operation;
    for (const Candidate& candidate : candidates)
      if (conflict(goes, *candidate.operation)) priority_of(candidate.thread) = 0;
    priority_of(candidates[best].thread) = 0;
    return best;
  }

  void happened(const graph::ExecutionGraph&) override {}
  void end(const graph::ExecutionGraph&, const Random&) override {}

  std::string promise(bool) const override { return {}; }

 private:
  /// 0: to be drawn. An operation that cannot move has none: what lets it move conflicts with it.
  std::uint64_t& priority_of(graph::ThreadId thread) {
    if (thread >= priorities_.size()) priorities_.resize(thread + 1U);
    return priorities_[thread];
  }

  std::vector<std::uint64_t> priorities_;
};

}  // namespace

std::unique_ptr<Strategy> make_partial_order_sampling() { return std::make_unique<PartialOrderSampling>(); }

}  // namespace heddle::search
