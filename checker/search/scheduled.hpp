// The exhaustive search under a scheduler model: every trace that the scheduler allows, and none that it does not.
//
// To a scheduler the order of any two operations can make a difference, so what the exhaustive search otherwise leaves
// out may not be left out here; but a scheduler leaves few ways. So the search goes depth first over the choices that
// the model leaves open: who runs at the end of a slice, who of several that became ready at one moment comes first,
// outcomes of operations. A state of it is the beginning of a trace (beginning.hpp) together with the scheduler's
// queue: where both were met before, nothing new can follow.
//
// Rounds of loops that change nothing (checker/runtime/rounds.hpp) are run as the scheduler has them run, and then are
// taken out of the beginning: so a spinning thread comes back to a state in which it was, if the scheduler does. A
// state that comes back on the way from the beginning closes a cycle: an endless execution that the scheduler allows,
// in which nothing changes any more. Then each thread's way round is fixed by what there is to read, and who moves at
// all by the model, so that of all cycles through the same states one is as good as another: it is enough to look at
// the first.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "checker/core/options.hpp"
#include "checker/graph/memory_model.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/beginning.hpp"
#include "checker/search/observer.hpp"
#include "checker/search/ready_queue.hpp"
#include "checker/search/search.hpp"
#include "checker/search/ways.hpp"

namespace heddle::search {

class Scheduled final : public Search {
 public:
  /// `model` interleaves: what runs on one processor is sequentially consistent.
  Scheduled(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution, Observer& observer,
            std::unique_ptr<runtime::Scheduler> scheduler);

  void run() override;
  const Counts& counts() const override { return counts_; }
  const std::optional<core::Site>& cut_at() const override { return cut_at_; }
  std::string partial_coverage() const override;

  /// Whether event `at` belongs to a round that changed nothing, and so not to the trace. For tests.
  bool is_left_out(Position at) const { return made_[static_cast<std::size_t>(at)].left_out; }

 private:
  /// What is known of an event beside what the graph says.
  struct Made {
    Beginning own;          ///< the events of its thread up to it, without those left out
    Position below = none;  ///< the one before it of those
    unsigned index = 0;     ///< how many there are before it
    bool progress = false;  ///< its thread made progress after it
    bool left_out = false;
    Position repeats = none;  ///< where it is left out: an event that it repeats, or none
  };
  /// A place where there is more than one way to go on.
  struct Node {
    Position size;
    std::size_t checkpoint;
    std::vector<Way> ways;  ///< those not yet taken, the next one last
    std::vector<char> queue;
    std::vector<Position> tops;
  };

  bool explore();
  void begin();
  void go_on();
  void go_back(const Node& node);
  void shorten(Position size);
  bool enter_state();
  Beginning beginning() const;
  Beginning state();
  std::vector<Way> ways();
  ThreadId taking_several() const;
  bool can_go(ThreadId thread) const;
  void take(const Way& way);
  void run_on(ThreadId thread);
  void leave_out_round(ThreadId thread);
  bool is_named_by_others(Position write, ThreadId thread) const;
  Position told(Position at) const;
  std::uint64_t name(Position at) const;
  void finish_leaf();
  void close_cycle(Position begin);
  void first_leaf();
  Present present() const;

  const Options& options_;
  std::uint64_t most_events_ = 0;  ///< of a thread: few at first, then as many as the options allow
  const graph::MemoryModel& model_;
  runtime::Execution& execution_;
  Observer& observer_;
  std::unique_ptr<runtime::Scheduler> scheduler_;
  std::optional<Scheduling> scheduling_;
  ExecutionGraph graph_;
  std::vector<Made> made_;                               ///< of each event
  std::vector<Position> tops_;                           ///< of each thread: its newest event that is not left out
  std::vector<std::vector<Position>> events_of_;         ///< of each thread
  std::vector<std::pair<Position, Position>> left_out_;  ///< an event, and the size of the graph when it was
  std::vector<std::pair<Beginning, Position>> path_;     ///< the states on the way, and the size of the graph there
  std::unordered_map<Beginning, Position, Beginning::Hash> on_path_;
  std::vector<Node> nodes_;
  ThreadId faulted_ = core::no_thread;                     ///< the thread whose fault is its next event
  bool in_step_ = false;                                   ///< the execution is where the newest node is
  std::unordered_set<Beginning, Beginning::Hash> met_;     ///< every state
  std::unordered_set<Beginning, Beginning::Hash> leaves_;  ///< traces told to the observer
  bool full_ = false;                                      ///< too many states to remember
  Counts counts_;
  std::optional<core::Site> cut_at_;
};

}  // namespace heddle::search
