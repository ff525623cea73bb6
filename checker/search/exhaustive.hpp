// The exhaustive search: every trace once, and no execution wasted on a thread that waits.
//
// TruSt (Kokologiannakis, Marmanis, Gladstein, Vafeiadis, "Truly Stateless, Optimal Dynamic Partial Order Reduction",
// POPL 2022): depth first over execution graphs, in which a new write may revisit an older read. docs/search.md has the
// argument why it is complete and optimal, and where we differ:
//   - guarded operations (locks, semaphores …) enter the graph only where their guard holds, and leave it again when a
//     revisit makes the guard false;
//   - the order in which events were added is kept a linear extension of po and rf: a read that is revisited moves
//     behind the write that revisits it (Event::late remembers it);
//   - the reads that may not be revisited any more are a vector clock (Level::frozen);
//   - the program is not run again from the start: a saved moment of it is restored (checkpoints), and only the events
//     since are run again.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "checker/core/options.hpp"
#include "checker/graph/memory_model.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/observer.hpp"
#include "checker/search/search.hpp"
#include "checker/search/step.hpp"

namespace heddle::search {

using core::Counter;
class Exhaustive final : public Search, private runtime::Answerer {
 public:
  Exhaustive(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
             Observer& observer);
  ~Exhaustive() override;

  void run() override;
  const Counts& counts() const override { return counts_; }
  const std::optional<core::Site>& cut_at() const override { return cut_at_; }
  bool finished() const override { return finished_; }

 private:
  struct Checkpoint {
    Position size;      ///< of the graph when it was taken
    std::size_t store;  ///< where the execution keeps it
  };
  /// A graph that a revisit made from the one below it, and the search from there.
  struct Level {
    ExecutionGraph graph;
    std::vector<Checkpoint> checkpoints;
    Position cut = 0;           ///< the first events, as many, are those of the level below
    Position base = 0;          ///< the first events, as many, stay while this level is searched
    Position revisited = none;  ///< in the level below: the read that was revisited; none where it left the graph
    std::array<Counter, core::max_threads + core::clock_lane> frozen{};  ///< events so low may not be revisited
  };

  // One step (exhaustive.cpp)
  bool extend();
  ThreadId next_thread();
  bool answer_at_once(ThreadId thread) override;
  bool lower_threads_wait(ThreadId thread) const;
  bool can_add(ThreadId thread);
  void add_next(ThreadId thread);
  bool has_alternatives(const Operation& operation, ThreadId thread) const;
  void push(const Event& event, Position co_previous);
  bool push_older(const Event& event, Position co_previous, bool stay = false);
  bool push_outcome(Event& event, Position source);
  void added();
  void finish_leaf();

  // The way back (backtrack.cpp)
  bool backtrack();
  bool next_alternative();
  bool next_choice();
  bool next_source(Event event);
  bool read_older(Event event, Position source);
  bool next_place(Event event);
  bool retry_waiting(unsigned first_thread);
  void pop();

  // Revisits (revisit.cpp)
  bool next_revisit();
  static Position find_revisit(const Level& level, Position write, Position below);
  static bool is_maximal(const ExecutionGraph& graph, Position at, Position write, const Counter* prefix);
  bool begin_level(Position write, Position read);
  bool add_revisited(const Event& read);
  void freeze(Level& level, const Level& below, Position write) const;

  // Execution and graph in step (synchronise.cpp)
  void synchronise();
  void cut_short(ThreadId thread);
  void run_on(ThreadId thread);
  bool wants_checkpoint(bool will_return) const;
  bool is_next_again(ThreadId thread, const Operation& operation) const;
  const Checkpoint& nearest_checkpoint() const;

  Level& level() { return *levels_[depth_]; }
  const Level& level() const { return *levels_[depth_]; }
  ExecutionGraph& graph() { return levels_[depth_]->graph; }
  const ExecutionGraph& graph() const { return levels_[depth_]->graph; }

  const Options& options_;
  const graph::MemoryModel& model_;
  runtime::Execution& execution_;
  Observer& observer_;
  std::vector<std::unique_ptr<Level>> levels_;  ///< kept for their memory; [0, depth_] are in use
  std::size_t depth_ = 0;
  ThreadId faulted_ = core::no_thread;  ///< the thread whose fault is its next event
  bool ends_at_fault_ = false;          ///< the execution is not followed beyond it
  bool extending_ = false;              ///< new events may be added: the execution is in step with the graph
  Position run_to_ = 0;          ///< how many events of the graph the execution has run; -1: it must be restored first
  std::vector<Position> moved_;  ///< where begin_level put the events above the cut
  Counts counts_;
  bool finished_ = false;
  std::optional<core::Site> cut_at_;
};

}  // namespace heddle::search
