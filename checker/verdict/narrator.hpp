// Events in words: names of threads and objects, operations, outcomes.
#pragma once

#include <string>
#include <vector>

#include "checker/core/finding.hpp"
#include "checker/graph/execution_graph.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/runtime/source_lines.hpp"
#include "checker/verdict/names.hpp"

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
  Narrator(const runtime::Execution& execution, runtime::SourceLines& lines)
      : execution_(execution), lines_(lines), names_(lines) {}

  /// "main", "T1"
  static std::string thread(ThreadId id) { return id == 0 ? "main" : "T" + std::to_string(id); }
  /// Where a thread is started; no line for the main thread.
  SourceLine start_of(ThreadId id) { return id == 0 ? SourceLine{} : line(execution_.spawned_at(id)); }
  /// "T1 (queue.cpp:12)", "T2 (process, queue.cpp:15)": with the line that started it.
  std::string thread_at(ThreadId id);
  SourceLine line(const core::Site& site) { return lines_.line(site); }
  /// The place in the harness's own code: of `site`, or of the innermost caller there.
  SourceLine line_in_harness(const core::Site& site, const runtime::CallChain& from) {
    return lines_.line(lines_.in_harness(site, from));
  }
  /// "m", or "mutex #3" where the declaration gives no name.
  std::string name(LocationId id);
  /// "mutex m (queue.cpp:12)"
  std::string object(LocationId id);
  /// "total", for plain data; `made` is its number in Execution::made, or any other number where it is not there.
  std::string plain_name(std::size_t made, const core::Site& made_at);
  /// The same for the data at that address.
  std::string plain_at(const void* address, const core::Site& made_at);
  /// What stands at that address: "mutex m (queue.cpp:12)"; empty where nothing was made there.
  std::string object_at(const void* address);
  /// Whether that location, or where there is none that address, is on a heap: only pointers lead there.
  bool is_on_heap(LocationId id, const void* address) const;
  /// "lock m", "join T2"
  std::string operation(const Operation& operation);
  /// "= 3 (from T1)", "fails: held by T2"; may be empty.
  std::string outcome(const ExecutionGraph& graph, Position at);

 private:
  std::string update_outcome(const ExecutionGraph& graph, const Event& event);
  /// What has been made, as far as names need it: each location and plain datum of a replay, or every location there
  /// is.
  const std::vector<NamedObject>& objects();
  NamedObject named(const runtime::MadeObject& made);
  /// The number of a location in objects().
  std::size_t number_of(LocationId id);
  std::string name_of(std::size_t number);
  std::string described(std::size_t number);

  const runtime::Execution& execution_;
  runtime::SourceLines& lines_;
  Names names_;
  std::vector<NamedObject> objects_;
  std::vector<LocationId> locations_;          ///< of objects_; 0 for plain data
  std::uint64_t version_ = ~std::uint64_t{0};  ///< of Execution::made when objects_ was filled
  LocationId known_locations_ = 0;
};

}  // namespace heddle::verdict
