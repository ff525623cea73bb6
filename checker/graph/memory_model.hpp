// What the engine asks of a memory model. The models are in models/memory.
#pragma once

#include <memory>
#include <string>

#include "checker/graph/execution_graph.hpp"

namespace heddle::graph {

class MemoryModel {
 public:
  virtual ~MemoryModel() = default;

  virtual const char* name() const = 0;
  /// Whether every consistent execution is an interleaving in which each read reads the newest write. A search that
  /// makes interleavings then need not choose what is read.
  virtual bool interleaves() const { return false; }
  /// Whether the next event of `thread` may stand right after `source` in co and reads-from: read it, or be placed
  /// right after it, with all the rest of the graph as it is. Monotone: where it refuses, it refuses older ones too.
  virtual bool admits(const ExecutionGraph& graph, ThreadId thread, LocationId location, Position source) const = 0;
  /// Extends the order to the event just added at the end of `graph`, which was admitted.
  virtual void added(ExecutionGraph& graph) const = 0;
};

/// The model of that name (sc …). Defined with the models, which the engine does not know.
std::unique_ptr<MemoryModel> make_memory_model(const std::string& name);

}  // namespace heddle::graph
