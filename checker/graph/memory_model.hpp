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
  /// makes interleavings then need not choose what is read; and memory orders do not matter.
  virtual bool interleaves() const { return false; }
  /// One step back along co: whether `operation` of `thread`, as its next event, may stand right after `source` in co
  /// and reads-from (read it, or be placed right after it), as far as coherence says; it is known that it may stand
  /// after the write that follows `source`. Where it refuses, older writes are refused too.
  /// Nothing that is not the newest when time passes can be read, or preceded, after it: it has become visible by then
  /// ([intro.progress] asks for a finite time).
  bool admits(const ExecutionGraph& graph, ThreadId thread, const Operation& operation, Position source) const {
    const Position newer = graph.co_after(operation.location, source);
    if (newer == none) return true;
    return graph[newer].epoch == graph.epoch() && is_coherent(graph, thread, operation, newer);
  }
  /// Whether the graph is consistent with the event just added at its end, which was admitted. An event that reads, and
  /// is, the newest write of its location always is, in every model here: nothing comes after it.
  virtual bool consistent(const ExecutionGraph& graph) const = 0;
  /// Extends the model's order to the event just added at the end of `graph`, which is consistent.
  virtual void added(ExecutionGraph& graph) const = 0;

  /// All steps back from the newest write to `source`.
  bool admits_from_newest(const ExecutionGraph& graph, ThreadId thread, const Operation& operation,
                          Position source) const {
    for (Position at = graph.location(operation.location).last; at != source; at = graph[at].co_previous)
      if (!admits(graph, thread, operation, graph[at].co_previous)) return false;
    return true;
  }

 private:
  /// Whether `operation` of `thread`, as its next event, may come right before the write `newer` of its location.
  virtual bool is_coherent(const ExecutionGraph& graph, ThreadId thread, const Operation& operation,
                           Position newer) const = 0;
};

/// The model of that name (sc, tso, ra, rc11). Defined with the models, which the engine does not know.
std::unique_ptr<MemoryModel> make_memory_model(const std::string& name);

}  // namespace heddle::graph
