// Runs one schedule, and says what happens on the way.
#pragma once

#include <functional>
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
  Position event = none;  ///< none: an access to plain data
  ThreadId thread = 0;
  bool write = false;
  core::Site object = {};
  core::Site site = {};  ///< in the harness's own code
};

/// The word by which a schedule names an operation: "lock", "load", "join".
std::string operation_word(const Operation& operation);

class Replay final : public runtime::Journal {
 public:
  Replay(const graph::MemoryModel& model, runtime::Execution& execution, runtime::SourceLines& lines);
  ~Replay() override;

  /// Runs `schedule` from the start. Throws heddle::Error where the harness does not follow it, naming the first step
  /// that differs. `before_last` is called when only the last step is left.
  void run(const Schedule& schedule, const std::function<void()>& before_last = {});

  const ExecutionGraph& graph() const { return graph_; }
  const std::vector<Row>& rows() const { return rows_; }
  /// Where `thread` asks for what it waits for, in the harness's own code.
  core::Site pending_site(ThreadId thread) const;
  /// Where an access or operation at `site` is in the harness's own code, as the replay saw it.
  core::Site in_harness(const core::Site& site) const;

  void asks(ThreadId thread, const runtime::CallChain& from) override;
  void plain_access(ThreadId thread, bool write, const core::Site& object, const core::Site& site,
                    const runtime::CallChain& from) override;

 private:
  void step(const ScheduleStep& step, std::size_t number);
  void run_on(ThreadId thread);

  const graph::MemoryModel& model_;
  runtime::Execution& execution_;
  runtime::SourceLines& lines_;
  ExecutionGraph graph_;
  std::vector<Row> rows_;
  std::vector<runtime::CallChain> asking_;  ///< of each thread: from where it asks for its pending operation
  std::vector<std::pair<core::Site, core::Site>> moved_;  ///< sites in libraries, and where the harness called these
};

}  // namespace heddle::search
