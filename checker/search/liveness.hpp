// The liveness search: every reachable state once, under sequential consistency, breadth first.
//
// An endless execution of finitely many states comes back to one of them, so that endless executions are cycles of the
// graph that this search leaves behind; checker/analysis/fair_cycles looks for those that no fair scheduler rules out.
// Faults that need no cycle are found on the way, and since the search is breadth first, by as few moves as will do.
//
// A move is one operation of a thread and its local code up to the next: no other thread could tell its parts apart.
// (Accesses to plain data are part of the local code; two that race are found by StateMemory, not by their order.)
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "checker/core/schedule.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/ready_queue.hpp"
#include "checker/search/state_memory.hpp"
#include "checker/search/state_observer.hpp"

namespace heddle::search {

class Liveness {
 public:
  /// `scheduler` says who may move; null: whoever can. `hashed`: states are known by their hashes (--state-hash).
  Liveness(runtime::Execution& execution, StateObserver& observer, const runtime::Scheduler* scheduler = nullptr,
           bool hashed = false);

  /// Runs until every reachable state was found or the observer wants to stop. Throws heddle::Error where the harness
  /// does not repeat itself.
  void run();

  const graph::StateGraph& graph() const { return graph_; }
  std::uint64_t ends() const { return ends_; }  ///< states in which nobody can move, and faults
  /// Whether a thread was stopped by heddle::assume in every execution that ended.
  bool all_given_up() const { return ends_ == 0 && given_up_ != 0; }

  unsigned most_threads() const { return most_threads_; }  ///< in any state

  /// The steps of a schedule that goes through `states`, each reached from the one before by one move. Changes the
  /// present state of the execution, as the next do.
  std::vector<ScheduleStep> steps_through(const std::vector<graph::StateId>& states);
  /// The steps of one move.
  std::vector<ScheduleStep> steps_of(graph::StateId from, Move move);
  /// Whether it is a fault that `thread` makes no progress in a cycle through `state`, in which it moves or not. Not
  /// where it has ended or is left behind, nor where it waits for another thread's end all the time: that one is to
  /// blame, if anybody is.
  bool should_progress(graph::StateId state, core::ThreadId thread, bool moves);
  /// Whether the program has not ended in `state`: some thread is there that it waits for.
  bool goes_on(graph::StateId state);
  /// Makes `state` the present one, to look at its threads. Where states are hashed, by going there from the first one
  /// or the one visited last: O(length of the way).
  void visit(graph::StateId state);

 private:
  void expand(graph::StateId state);
  Present present() const;
  void follow_scheduling(core::ThreadId thread, core::ThreadId child);
  bool can_move(core::ThreadId thread) const;
  std::uint32_t outcomes(core::ThreadId thread) const;
  void move(graph::StateId from, Move move);
  core::ThreadId run(Move move);
  void happen(Move move, const std::function<void()>& before_each = {});
  void answer(core::ThreadId thread, std::uint32_t choice);
  void finish(graph::StateId state);
  void number_states(graph::StateId parent);
  void verify_repeatable();
  Move move_between(graph::StateId from, graph::StateId to) const;

  runtime::Execution& execution_;
  StateObserver& observer_;
  StateMemory memory_;
  graph::StateGraph graph_;
  std::optional<Scheduling> scheduling_;
  std::vector<core::ThreadId> candidates_;  ///< of the state that is expanded; a member to keep its memory, as the next
  std::vector<Move> moves_;
  std::vector<graph::Transition> transitions_;  ///< likewise
  std::vector<graph::StateId> numbers_;         ///< of the states that they lead to
  graph::StateId visited_ = graph::no_state;    ///< the present state, where it is known to be that one
  std::uint64_t ends_ = 0;
  std::uint64_t given_up_ = 0;
  unsigned most_threads_ = 1;
};

}  // namespace heddle::search
