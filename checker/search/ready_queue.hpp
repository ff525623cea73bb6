// Keeps the queue of a scheduler model in step with the moves of a search.
#pragma once

#include <functional>
#include <vector>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/scheduler.hpp"

namespace heddle::search {

using core::ThreadId;

/// What a scheduler model is asked about: the threads of an execution, as they stand now.
struct Present {
  const runtime::Execution& execution;
  std::function<bool(ThreadId)> can_move;
  std::function<core::Value(core::LocationId)> value;  ///< of a location

  /// The threads that can move, ascending.
  std::vector<ThreadId> ready() const;
};

/// The state of a scheduler model: who is ready, who runs, and the priorities that threads have given themselves.
class Scheduling {
 public:
  explicit Scheduling(const runtime::Scheduler& model) : model_(model) {}

  /// `thread` has asked for this priority, or been started by a thread that has it.
  void set_priority(ThreadId thread, int priority);
  int priority(ThreadId thread) const { return thread < own_.size() ? own_[thread] : 0; }

  /// `thread` has moved; now `ready`, ascending, can. To be called with no_thread at the beginning.
  void moved(ThreadId thread, const std::vector<ThreadId>& ready);
  /// Who may move next. Priorities are those of the threads, or what mutexes lend them.
  std::vector<ThreadId> candidates(const Present& present) const;

  /// As bytes, for a state, and back.
  void save(std::vector<char>& bytes) const;
  void load(const std::vector<char>& bytes);

 private:
  void run(ThreadId thread);
  std::vector<int> lent_priorities(const Present& present) const;

  const runtime::Scheduler& model_;
  runtime::ReadyQueue queue_;
  std::vector<int> own_;  ///< priorities; threads beyond its end have 0
};

}  // namespace heddle::search
