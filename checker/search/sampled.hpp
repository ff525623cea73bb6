// A search that samples: executions one after another, each with choices of its own, for harnesses too large to
// exhaust.
//
// Who goes next is up to a strategy (strategy.hpp). Everything else that is open, outcomes and, under weak memory
// models, which write is read, is drawn evenly. Each execution has random numbers of its own, made from the seed and
// its number, so the same seed makes the same executions. Nothing is verified by it, but where no execution has had
// anything to choose.
#pragma once

#include <optional>

#include "checker/core/options.hpp"
#include "checker/graph/memory_model.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/coverage.hpp"
#include "checker/search/observer.hpp"
#include "checker/search/search.hpp"
#include "checker/search/step.hpp"
#include "checker/search/strategy.hpp"

namespace heddle::search {

/// How many executions are made where neither --max-executions nor --timeout says when to end.
inline constexpr std::uint64_t default_sample = 10'000;

class Sampled final : public Search, private runtime::Answerer {
 public:
  Sampled(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution, Observer& observer,
          std::unique_ptr<Strategy> strategy);
  ~Sampled() override;

  void run() override;
  const Counts& counts() const override { return counts_; }
  const std::optional<core::Site>& cut_at() const override { return cut_at_; }
  double done() const override;
  std::string partial_coverage() const override;
  const Coverage& coverage() const { return coverage_; }

 private:
  void sample();
  void make_events();
  bool answer_at_once(ThreadId thread) override;
  ThreadId choose_thread();
  void add(ThreadId thread);
  void run_on(ThreadId thread);
  void finish_leaf();

  const Options& options_;
  const graph::MemoryModel& model_;
  runtime::Execution& execution_;
  Observer& observer_;
  std::unique_ptr<Strategy> strategy_;
  ExecutionGraph graph_;
  Random random_{0};
  std::vector<Candidate> candidates_;   ///< who can move now
  ThreadId chosen_ = core::no_thread;   ///< who goes next, where that was drawn already
  ThreadId faulted_ = core::no_thread;  ///< the thread whose fault is its next event
  bool sampling_ = false;               ///< events may be added on the fiber that asks for them
  bool no_choice_ = true;               ///< nothing was open in any execution so far
  bool interleaved_ = true;             ///< no read of an older write was open, nor an earlier place for a write
  std::uint64_t runs_ = 0;              ///< executions begun
  std::uint64_t most_ = 0;              ///< of these; 0: only the clock says when to end
  Coverage coverage_;
  Counts counts_;
  std::optional<core::Site> cut_at_;
};

}  // namespace heddle::search
