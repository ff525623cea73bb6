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
class Exhaustive final : private runtime::Answerer, public Search {
 public:
  Exhaustive(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
             Observer& observer);
  ~Exhaustive() override;

  void run() override;
  const Counts& counts() const override { return counts_; }
  const std::optional<core::Site>& cut_at() const override { return cut_at_; }
  bool finished() const override { return finished_; }
  double done() const override;

 private:
  struct Checkpoint {
    Position size;      ///< of the graph when it was taken
    std::size_t store;  ///< where the execution keeps it
  };
  /// A thread that waits in a loop at the newest write of what it reads.
  struct Wait {
    ThreadId thread;
    Counter index;    ///< of its operation that waits
    Position source;  ///< what that read
    Position since;   ///< size of the graph when it was found to wait
    unsigned epoch;   ///< … and how often time had passed
  };
  /// A read of a loop that waits, which a revisit has made read a write that leads its thread back: it left the graph.
  /// The thread may go on only with what comes of that write; all else is searched where the read is in the graph.
  struct Overtaken {
    ThreadId thread = 0;
    Counter index = 0;   ///< of the read, among its thread's events
    Position cut = 0;    ///< where the read was: what stands before it is kept by every revisit of it
    Position by = none;  ///< the write
  };
  /// An operation of an object of which some commute, that was overtaken by another: it comes after that one, and after
  /// what commutes with that one only as commuting.cpp has it.
  struct Passed {
    Operation operation;
    ThreadId thread = 0;
    Counter index = 0;   ///< of the operation, among its thread's events
    Position cut = 0;    ///< where it was: what it had come after stands before it
    Position by = none;  ///< which has overtaken it
  };
  enum class Way : std::uint8_t {
    leaf,       ///< no thread can move
    waiting,    ///< likewise, and some thread waits
    dismissed,  ///< the newest event leads its thread back into its loop: it is no way to go on
    learned,    ///< a loop was noticed, or that operations do not commute after all: to begin again
  };
  /// A graph that a revisit made from the one below it, and the search from there.
  struct Level {
    ExecutionGraph graph;
    std::vector<Checkpoint> checkpoints;
    Position cut = 0;           ///< the first events, as many, are those of the level below
    Position base = 0;          ///< the first events, as many, stay while this level is searched
    Position revisited = none;  ///< in the level below: the read that was revisited; none where it left the graph
    std::array<Counter, core::max_threads + core::clock_lane> frozen{};  ///< events so low may not be revisited
    std::vector<Wait> waits;                                             ///< in the order in which they were found
    std::vector<Overtaken> overtaken;  ///< inherited by the levels above that keep its write
    std::vector<Passed> passed;        ///< likewise
  };

  // One step (exhaustive.cpp)
  void begin();
  void restart();
  bool must_restart() const { return restarts_ || execution_.loop_places().learned(); }
  Way extend();
  bool has_waiting() const;
  ThreadId next_thread();
  bool answer_at_once(ThreadId thread) override;
  bool is_first(ThreadId thread) const;
  unsigned rank(ThreadId thread) const;
  bool can_add(ThreadId thread);
  void add_next(ThreadId thread);
  bool has_alternatives(const Operation& operation, ThreadId thread) const;
  void push(const Event& event, Position co_previous);
  bool push_older(const Event& event, Position co_previous, bool stay = false);
  bool push_outcome(Event& event, Position source);
  void added();
  void add_events();
  void finish_leaf();
  Leaf judge_leaf();
  void take_out_last_rounds(Position size);

  // Time (time.cpp)
  bool let_time_pass();
  void take_back_time();

  // Loops that wait (waiting.cpp)
  bool came_back(ThreadId thread) const;
  void wait_again(ThreadId thread);
  bool settle_top();
  bool waits(ThreadId thread) const { return execution_.loop_places().any_watched() && waits_in_loop(thread); }
  bool waits_in_loop(ThreadId thread) const;
  bool is_kept_from_newest(ThreadId thread) const;
  Position tried_before(ThreadId thread) const;
  bool waited_at(ThreadId thread, Position source) const;
  const Overtaken* overtaken(ThreadId thread, Counter index) const;
  static bool comes_of(const ExecutionGraph& graph, Position source, const Overtaken& mark);
  static bool is_maximal(const ExecutionGraph& graph, const Overtaken& mark, Position write, const Counter* prefix);
  Leaf add_last_rounds();
  bool some_round_ends_given_back(const std::array<bool, core::max_threads>& in_loop);
  bool goes_round(ThreadId thread);

  // Operations that commute (commuting.cpp)
  void examine(const Event& event);
  bool reads_newest(const ExecutionGraph& kept, Event& event);
  void take_as_ordered(const core::Primitive& primitive);
  core::Value state_before(core::LocationId location, const std::vector<Position>& missed) const;
  bool agrees(ThreadId thread, Counter index, const std::vector<Position>& before) const;
  bool agrees(ThreadId thread, const Operation& operation) const;
  bool waiting_agree(Position cut, const Counter* prefix) const;
  std::vector<Position> may_miss(const Event& event) const;
  bool next_missed();
  bool miss_more(Event event, std::vector<Position> missed);
  bool add_overtaken(Event event);
  void give_up(ThreadId thread);
  bool is_postponed(ThreadId thread) const;

  // The way back (backtrack.cpp)
  bool backtrack();
  bool next_alternative();
  bool next_choice();
  bool next_source(Event event);
  bool read_older(Event event, Position source);
  bool next_place(Event event);
  bool retry_waiting(unsigned first_thread);
  void pop();
  void leave_level();

  // Revisits (revisit.cpp)
  bool next_revisit();
  static std::vector<Position> revisited_by(const Level& level, Position write);
  static Position find_revisit(const Level& level, Position write, graph::RevisitCursor& cursor);
  static bool is_maximal(const ExecutionGraph& graph, Position at, Position write, const Counter* prefix,
                         std::uint64_t overwritten);
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

  Level& level() { return *level_; }
  const Level& level() const { return *level_; }
  ExecutionGraph& graph() { return level_->graph; }
  const ExecutionGraph& graph() const { return level_->graph; }
  void go_to_level(std::size_t depth) { level_ = levels_[depth_ = depth].get(); }

  const Options& options_;
  const graph::MemoryModel& model_;
  runtime::Execution& execution_;
  Observer& observer_;
  std::vector<std::unique_ptr<Level>> levels_;  ///< kept for their memory; [0, depth_] are in use
  std::size_t depth_ = 0;
  Level* level_ = nullptr;                       ///< levels_[depth_]
  ThreadId faulted_ = core::no_thread;           ///< the thread whose fault is its next event
  bool ends_at_fault_ = false;                   ///< the execution is not followed beyond it
  bool restarts_ = false;                        ///< operations that were to commute do not
  std::vector<const core::Primitive*> ordered_;  ///< whose operations are taken not to commute
  bool extending_ = false;                       ///< new events may be added: the execution is in step with the graph
  Position run_to_ = 0;          ///< how many events of the graph the execution has run; -1: it must be restored first
  std::vector<Position> moved_;  ///< where begin_level put the events above the cut
  Counts counts_;
  bool finished_ = false;
  std::optional<core::Site> cut_at_;
};

}  // namespace heddle::search
