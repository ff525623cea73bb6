// The search of all executions with few preemptions: bounded in what it covers, and complete for that.
//
// A preemption is a switch away from a thread that could move. Most faults need two at most, however long the harness
// is (Musuvathi and Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007),
// and there are few executions with that many: polynomially many in the number of operations, where all executions are
// exponentially many.
//
// Depth first over interleavings, not over graphs as the exhaustive search: that one comes to a graph within the bound
// through graphs beyond it (it takes events out again), and so may not stop at those (Marmanis, Enea and Vafeiadis,
// "Reconciling Preemption Bounding with DPOR", TACAS 2023, let it go on beyond by a margin). Here a beginning of a
// trace is a state: where the same beginning was met before, with the same thread running and no fewer preemptions
// left, nothing new can follow. So each trace is visited once, and each beginning at most once for each thread and
// number of preemptions left. The price is memory: a few dozen bytes for each beginning.
//
// What is left out is told exactly: where every next event of every beginning that was met was met itself, there is
// nothing beyond the bound, and the search is complete.
#pragma once

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "checker/core/options.hpp"
#include "checker/graph/memory_model.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/beginning.hpp"
#include "checker/search/observer.hpp"
#include "checker/search/search.hpp"
#include "checker/search/ways.hpp"

namespace heddle::search {

/// What --preemption-bound says. Throws heddle::Error where that is neither a number up to 1,000 nor "auto".
struct PreemptionBound {
  explicit PreemptionBound(const std::string& text);

  unsigned first = 0;      ///< preemptions allowed
  bool automatic = false;  ///< and then one more, until nothing is left out
};

class Bounded final : public Search {
 public:
  Bounded(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution, Observer& observer);

  void run() override;
  const Counts& counts() const override { return counts_; }
  const std::optional<core::Site>& cut_at() const override { return cut_at_; }
  std::string partial_coverage() const override;

 private:
  struct Alternative {
    Way way;
    Beginning beginning;  ///< with it
    unsigned left;        ///< preemptions, after it
  };
  /// A place where there is more than one way to go on.
  struct Node {
    Position size;
    std::size_t checkpoint;
    std::vector<Alternative> alternatives;  ///< those not yet taken, the next one last
  };

  void explore(unsigned preemptions);
  bool follow(Alternative next);
  std::vector<Alternative> alternatives(ThreadId current, unsigned left);
  bool take(const Alternative& alternative);
  void finish_leaf();
  void run_on(ThreadId thread);
  Beginning with(const Way& way);
  static Beginning with_thread(const Alternative& alternative);
  bool nothing_left_out() const;

  const Options& options_;
  const graph::MemoryModel& model_;
  runtime::Execution& execution_;
  Observer& observer_;
  PreemptionBound bound_;
  unsigned preemptions_ = 0;  ///< allowed now
  ExecutionGraph graph_;
  Beginning now_;  ///< what the graph is
  std::vector<Node> nodes_;
  ThreadId faulted_ = core::no_thread;                  ///< the thread whose fault is its next event
  std::unordered_set<Beginning, Beginning::Hash> met_;  ///< every beginning
  std::unordered_map<Beginning, std::uint16_t, Beginning::Hash>
      most_left_;                                            ///< of one with a thread: the most preemptions, and 1
  std::unordered_set<Beginning, Beginning::Hash> left_out_;  ///< what the bound did not allow
  std::unordered_set<Beginning, Beginning::Hash> leaves_;    ///< told to the observer
  std::optional<unsigned> visited_;                          ///< all executions with so many preemptions
  bool complete_ = false;                                    ///< and there are no others
  bool full_ = false;                                        ///< too many beginnings to remember
  Counts counts_;
  std::optional<core::Site> cut_at_;
};

}  // namespace heddle::search
