#include "models/memory/sc.hpp"

namespace heddle::models {

using graph::Event;
using graph::ExecutionGraph;
using graph::LocationId;
using graph::none;
using graph::Operation;
using graph::OperationKind;
using graph::Position;
using graph::ThreadId;

namespace {

class SequentialConsistency final : public graph::MemoryModel {
 public:
  const char* name() const override { return "sc"; }
  bool interleaves() const override { return true; }
  bool consistent(const ExecutionGraph&) const override { return true; }  // admits is exact

  void added(ExecutionGraph& graph) const override {
    const Position at = graph.size() - 1;
    const Event& event = graph[at];
    graph::Counter* order = graph.order(at);
    if (event.commutes) return added_commuting(graph, at);
    if (event.source != none) core::join_clock(order, graph.order(event.source), graph.stride());
    const LocationId location = event.operation.location;
    if (event.writes) {
      if (event.co_previous != none) core::join_clock(order, graph.order(event.co_previous), graph.stride());
      for (Position r = graph.readers_of(location, event.co_previous); r != none; r = graph[r].next_reader)
        if (r != at && graph[r].reads) core::join_clock(order, graph.order(r), graph.stride());
      if (event.co_next != none) propagate(graph, at, event.co_next);
    } else if (event.reads) {
      const Position overwriter = graph.co_after(location, event.source);
      if (overwriter != none) propagate(graph, at, overwriter);
    }
  }

 private:
  bool is_coherent(const ExecutionGraph& graph, ThreadId thread, const Operation&, Position newer) const override {
    const Position last = graph.thread(thread).last;
    return last == none || !graph.within(newer, graph.order(last));
  }

  void added_commuting(ExecutionGraph& graph, Position at) const {
    const Event& event = graph[at];
    graph::Counter* order = graph.order(at);
    graph.visit_before(at, [&](Position before) { core::join_clock(order, graph.order(before), graph.stride()); });
    // Reads of what it overwrites, and what overwrites it.
    if (event.writes) {
      const auto join_readers = [&](Position write) {
        for (Position r = graph.readers_of(event.operation.location, write); r != none; r = graph[r].next_reader)
          if (graph[r].reads && !graph[r].writes && ExecutionGraph::conflict(graph[r], event))
            core::join_clock(order, graph.order(r), graph.stride());
      };
      for (Position w = event.co_previous; w != none; w = graph[w].co_previous) join_readers(w);
      join_readers(none);
    }
    graph.visit_after(at, [&](Position after) { propagate(graph, at, after); });
  }

  /// Everything from `start` on comes after `before`.
  void propagate(ExecutionGraph& graph, Position before, Position start) const {
    raise(graph, before, start);
    while (!raised_.empty()) {
      const Position at = raised_.back();
      raised_.pop_back();
      const Event& event = graph[at];
      raise(graph, at, event.po_next);
      if (event.operation.kind == OperationKind::spawn)
        raise(graph, at, graph.thread(static_cast<ThreadId>(event.operation.operand.low)).first);
      if (event.commutes) {
        graph.visit_after(at, [&](Position after) { raise(graph, at, after); });
        continue;
      }
      for (Position r = event.first_reader; r != none; r = graph[r].next_reader) raise(graph, at, r);
      if (event.writes)
        raise(graph, at, event.co_next);
      else if (event.reads)
        raise(graph, at, graph.co_after(event.operation.location, event.source));
    }
  }

  void raise(ExecutionGraph& graph, Position before, Position at) const {
    if (at == none || core::clock_below(graph.order(before), graph.order(at), graph.stride())) return;
    graph.raise_order(at, graph.order(before));
    raised_.push_back(at);
  }

  mutable std::vector<Position> raised_;  ///< the worklist of propagate; a member to keep its memory
};

}  // namespace

std::unique_ptr<graph::MemoryModel> make_sc() { return std::make_unique<SequentialConsistency>(); }

}  // namespace heddle::models
