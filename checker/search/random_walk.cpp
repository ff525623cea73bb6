// The random walk: at each step, each thread that can move is as likely to go next as any other.
//
// A schedule in which r1, r2, … threads could move comes with probability 1/(r1·r2·…), and those of all schedules add
// up to 1: that is the weight of a schedule. Short ones with few threads are likely, and what needs a thread to be slow
// for long is not. There is no parameter, and nobody is starved for ever.
#include <algorithm>
#include <cmath>

#include "checker/search/coverage.hpp"
#include "checker/search/strategy.hpp"

namespace heddle::search {

namespace {

class RandomWalk final : public Strategy {
 public:
  void begin(Random&) override {}
  std::size_t choose(const std::vector<Candidate>& candidates, Random& random) override {
    return random.below(candidates.size());
  }
  void happened(const graph::ExecutionGraph&) override {}

  void end(const graph::ExecutionGraph&, const Random& random) override {
    if (schedules_.add(random.choices())) weight_ += std::exp2(-random.bits());
    least_ = std::max(least_, random.bits());
  }

  std::string promise(bool) const override {
    return "The schedules that were run make up " + percent(weight_) +
           " of all by weight (how likely a walk is to take them); the least likely of them comes with a probability "
           "of " +
           power_of_ten(-least_ * std::log10(2.0)) + " an execution";
  }

 private:
  Tally schedules_;
  double weight_ = 0;  ///< of all schedules that were run
  double least_ = 0;   ///< the binary logarithm of one over the probability of the least likely one
};

}  // namespace

std::unique_ptr<Strategy> make_random_walk() { return std::make_unique<RandomWalk>(); }

}  // namespace heddle::search
