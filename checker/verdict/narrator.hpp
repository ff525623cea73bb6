// Events in words: names of threads and objects, operations, outcomes.
#pragma once

#include <string>
#include <vector>

#include "checker/core/finding.hpp"
#include "checker/graph/execution_graph.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/runtime/source_lines.hpp"

namespace heddle::verdict {

using core::LocationId;
using core::none;
using core::Operation;
using core::OperationKind;
using core::Position;
using core::ThreadId;
using graph::Event;
using graph::ExecutionGraph;

class Narrator {
 public:
  Narrator(const runtime::Execution& execution, runtime::SourceLines& lines) : execution_(execution), lines_(lines) {}

  /// "main", "T1"
  static std::string thread(ThreadId id) { return id == 0 ? "main" : "T" + std::to_string(id); }
  /// "T1 (queue.cpp:12)": with the line that started it.
  std::string thread_at(ThreadId id);
  SourceLine line(const core::Site& site) { return lines_.line(site); }
  /// "m", or "mutex #3" where the declaration gives no name.
  std::string name(LocationId id);
  /// "mutex m (queue.cpp:12)"
  std::string object(LocationId id);
  /// "total", for plain data made there.
  std::string plain_name(const core::Site& made_at);
  /// "lock m", "join T2"
  std::string operation(const Operation& operation);
  /// "= 3 (from T1)", "fails: held by T2"; may be empty.
  std::string outcome(const ExecutionGraph& graph, Position at);

 private:
  std::string update_outcome(const ExecutionGraph& graph, const Event& event);

  const runtime::Execution& execution_;
  runtime::SourceLines& lines_;
};

}  // namespace heddle::verdict
