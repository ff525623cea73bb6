// Gathers what a search comes across, and turns it into findings when the search has ended.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>

#include "checker/analysis/lock_order.hpp"
#include "checker/core/options.hpp"
#include "checker/graph/memory_model.hpp"
#include "checker/search/observer.hpp"
#include "checker/verdict/narrator.hpp"
#include "checker/verdict/schedule_of.hpp"

namespace heddle::verdict {

/// Why a search was ended before its time.
enum class Bound : std::uint8_t { none, executions, timeout, interrupted };

class Collector final : public search::Observer {
 public:
  Collector(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution);

  void leaf(search::Leaf kind, const ExecutionGraph& graph) override;
  void fault(const ExecutionGraph& graph) override;
  void cycle(const ExecutionGraph& graph, Position begin, bool starves) override;
  void nested_lock(const ExecutionGraph& graph) override;
  void restarted() override { executions_ = 0; }
  void still_searching() override { check_bounds(true); }
  bool wants_to_stop() override { return stop_; }

  Bound bound() const { return bound_; }
  /// What of the search's time was spent on looking at the order of locks.
  std::chrono::duration<double> analysis_time() const { return analysis_time_; }
  /// Replays each fault that was found, and explains it. To be called once, after the search.
  std::vector<Finding> findings();
  /// Lock-order inversions.
  std::vector<Finding> inversions();

  /// Called after every leaf, for progress.
  void set_on_leaf(std::function<void()> on_leaf) { on_leaf_ = std::move(on_leaf); }

 private:
  struct Found {
    FindingKind kind;
    runtime::Fault fault;
    std::vector<ScheduleStep> steps;     ///< with few context switches
    std::vector<ScheduleStep> as_found;  ///< the order in which it was found: what to fall back to
    std::size_t cycle = 0;               ///< so many of the steps are repeated for ever
  };

  void found(FindingKind kind, const runtime::Fault& fault, const ExecutionGraph& graph, const Part& part);
  bool is_new(const std::string& identity) { return identities_.insert(identity).second; }
  std::string identity_of(const core::Site& site, const runtime::CallChain& from);
  void stands_still(FindingKind kind, const ExecutionGraph& graph);
  void check_bounds(bool look_at_clock);
  void examine_lock_order(const ExecutionGraph& graph);
  std::optional<Finding> explain(const Found& found);
  /// A scheduler model has its reasons for the order of events.
  bool any_order() const { return options_.scheduler == "any"; }

  const Options& options_;
  const graph::MemoryModel& model_;
  runtime::Execution& execution_;
  runtime::SourceLines lines_;
  Narrator narrator_;
  analysis::LockOrder lock_order_;
  bool lock_order_wanted_ = false;  ///< in this execution
  std::chrono::duration<double> analysis_time_{0};
  std::vector<Found> found_;
  std::set<std::string> identities_;  ///< of what was found, so that it is told once
  std::uint64_t executions_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Bound bound_ = Bound::none;
  bool stop_ = false;
  std::function<void()> on_leaf_;
};

}  // namespace heddle::verdict
