#include "models/memory/tso.hpp"

#include "models/memory/coherence.hpp"
#include "models/memory/sc.hpp"

namespace heddle::models {

using core::Order;
using graph::Event;
using graph::ExecutionGraph;
using graph::none;
using graph::Operation;
using graph::OperationKind;
using graph::Position;
using graph::ThreadId;

namespace {

enum class Part : std::uint8_t {
  none,   ///< orders nothing: choices, weak fences
  load,   ///< comes before everything later in its thread
  store,  ///< comes before later stores and full fences
  full,
};

Part part_of(const Event& event) {
  switch (event.operation.kind) {
    case OperationKind::load:
      return Part::load;
    case OperationKind::store:
      return event.order == Order::seq_cst ? Part::full : Part::store;
    case OperationKind::fence:
      return event.order == Order::seq_cst ? Part::full : Part::none;
    case OperationKind::choose:
    case OperationKind::block:
    case OperationKind::fault:
      return Part::none;
    default:
      return Part::full;
  }
}

class TotalStoreOrder final : public graph::MemoryModel {
 public:
  const char* name() const override { return "tso"; }

  bool consistent(const ExecutionGraph& graph) const override {
    const Position last = graph.size() - 1;
    return graph[last].weak_count == 0 || !comes_back(graph, last);
  }

  void added(ExecutionGraph& graph) const override {
    if (!has_weak(graph)) sc_->added(graph);
  }

 private:
  bool is_coherent(const ExecutionGraph& graph, ThreadId thread, const Operation& operation,
                   Position newer) const override {
    if (!has_weak(graph)) return sc_->admits(graph, thread, operation, graph[newer].co_previous);
    // Whatever a thread has read of was in memory, or in its own buffer: coherence by po and rf alone.
    const Position last = graph.thread(thread).last;
    return last == none || may_precede(graph, graph.causal(last), newer);
  }

  static bool has_weak(const ExecutionGraph& graph) {
    return graph.size() != 0 && graph[graph.size() - 1].weak_count != 0;
  }

  /// Whether what comes after `last` by co or fr leads to `last` again.
  bool comes_back(const ExecutionGraph& graph, Position last) const {
    reached_.assign(static_cast<std::size_t>(graph.size()), false);
    open_.clear();
    reach_after(graph, last);
    while (!open_.empty()) {
      const Position at = open_.back();
      open_.pop_back();
      if (at == last) return true;
      reach_from(graph, at);
    }
    return false;
  }

  void reach(Position at) const {
    if (at == none || reached_[static_cast<std::size_t>(at)]) return;
    reached_[static_cast<std::size_t>(at)] = true;
    open_.push_back(at);
  }

  void reach_from(const ExecutionGraph& graph, Position at) const {
    const Event& event = graph[at];
    const Part part = part_of(event);
    // Program order in two lanes: the next that stores, and, but for a plain store, the next that loads.
    bool store = part != Part::none;
    bool load = part == Part::load || part == Part::full;
    for (Position p = event.po_next; p != none && (store || load); p = graph[p].po_next) {
      const Part other = part_of(graph[p]);
      const bool stores = other == Part::store || other == Part::full;
      const bool loads = other == Part::load || other == Part::full;
      if ((store && stores) || (load && loads)) reach(p);
      store = store && !stores;
      load = load && !loads;
    }
    if (event.operation.kind == OperationKind::spawn)
      reach(graph.thread(static_cast<ThreadId>(event.operation.operand.low)).first);
    if (event.commutes) return reach_after(graph, at);
    for (Position r = event.first_reader; r != none; r = graph[r].next_reader)
      if (graph[r].thread != event.thread) reach(r);
    if (event.writes || event.reads) reach_after(graph, at);
  }

  /// By co or fr.
  void reach_after(const ExecutionGraph& graph, Position at) const {
    const Event& event = graph[at];
    if (event.commutes)
      graph.visit_after(at, [&](Position after) { reach(after); });
    else
      reach(event.writes ? event.co_next : graph.co_after(event.operation.location, event.source));
  }

  std::unique_ptr<graph::MemoryModel> sc_ = make_sc();  ///< decides graphs in which nothing is weak
  mutable std::vector<bool> reached_;                   ///< members to keep their memory
  mutable std::vector<Position> open_;
};

}  // namespace

std::unique_ptr<graph::MemoryModel> make_tso() { return std::make_unique<TotalStoreOrder>(); }

}  // namespace heddle::models
