// Runs one schedule, and says what happens on the way.
#pragma once

#include <bitset>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "checker/core/schedule.hpp"
#include "checker/graph/memory_model.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/runtime/source_lines.hpp"
#include "checker/search/observer.hpp"
#include "checker/search/step.hpp"

namespace heddle::search {

/// What a replay came across, in order: an operation, or an access to plain data between two.
struct Row {
  Position event = none;  ///< none: an access to plain data, or a mark
  ThreadId thread = 0;
  bool progress = false;  ///< heddle::progress
  core::Site site = {};   ///< in the harness's own code
  // Of an access to plain data:
  bool write = false;
  core::Site object = {};        ///< where the data was made
  std::size_t made = none_made;  ///< which of Execution::made it is
  std::string value = {};        ///< read or written; empty where its type has no short form

  static constexpr std::size_t none_made = static_cast<std::size_t>(-1);
};

/// The word by which a schedule names an operation: "lock", "load", "join".
std::string operation_word(const Operation& operation);

class Replay final : public runtime::Journal {
 public:
  Replay(const graph::MemoryModel& model, runtime::Execution& execution, runtime::SourceLines& lines);
  ~Replay() override;

  /// Runs `schedule` from the start. Throws heddle::Error where the harness does not follow it, naming the first step
  /// that differs. `before_fault` is called before the step from which a thread runs on to the fault, or before the
  /// last step where the schedule ends without. The cycle of an endless execution is run `cycles` times.
  void run(const Schedule& schedule, const std::function<void()>& before_fault = {}, std::uint64_t cycles = 1);

  const ExecutionGraph& graph() const { return graph_; }
  /// Where the rows of the last round of the cycle begin.
  std::size_t round_begin() const { return round_begin_; }
  /// Whether each thread that could move somewhere in the round has moved in it.
  bool strongly_fair() const { return (could_move_ & ~have_moved_).none(); }
  const std::vector<Row>& rows() const { return rows_; }
  /// Whether the row stands in tables and drawings. Those around a fault, and the beginning of a thread, do not.
  bool is_shown(const Row& row) const;
  /// Where `thread` asks for what it waits for, in the harness's own code.
  core::Site pending_site(ThreadId thread) const;
  /// Where an access or operation at `site` is in the harness's own code, as the replay saw it.
  core::Site in_harness(const core::Site& site) const;

  void asks(ThreadId thread, const runtime::CallChain& from) override;
  void plain_access(ThreadId thread, const runtime::PlainAccess& access, const runtime::CallChain& from) override;
  void allocated(const void* memory, const runtime::CallChain& from) override { allocated_[memory] = from; }
  void freed(const void* memory, const runtime::CallChain& from) override { freed_[memory] = from; }

  /// From where memory was handed out, or given back, last; null where it was not.
  const runtime::CallChain* allocation_of(const void* memory) const { return chain_of(allocated_, memory); }
  const runtime::CallChain* release_of(const void* memory) const { return chain_of(freed_, memory); }
  void progress(ThreadId thread, const core::Site& site, const runtime::CallChain& from) override;
  std::string whereabouts(ThreadId thread) const override;

 private:
  void step(const ScheduleStep& step);
  std::vector<Operation> pending() const;
  void begin_round();
  void note_who_can_move();
  void require_same_pending(const std::vector<Operation>& before) const;
  void run_on(ThreadId thread);
  /// Completes the row of the write whose value was not there yet when it was asked for.
  void show_written();

  using Chains = std::map<const void*, runtime::CallChain>;
  static const runtime::CallChain* chain_of(const Chains& chains, const void* memory);

  const graph::MemoryModel& model_;
  runtime::Execution& execution_;
  runtime::SourceLines& lines_;
  ExecutionGraph graph_;
  std::vector<Row> rows_;
  std::size_t round_begin_ = 0;
  std::bitset<core::max_threads> could_move_;  ///< in the last round
  std::bitset<core::max_threads> have_moved_;
  std::vector<runtime::CallChain> asking_;      ///< of each thread: from where it asks for its pending operation
  std::optional<runtime::PlainValue> written_;  ///< of the newest row, a write
  Chains allocated_;
  Chains freed_;
  std::vector<std::pair<core::Site, core::Site>> moved_;  ///< sites in libraries, and where the harness called these
};

}  // namespace heddle::search
