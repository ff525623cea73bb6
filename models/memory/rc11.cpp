#include "models/memory/rc11.hpp"

#include "models/memory/coherence.hpp"
#include "models/memory/notification.hpp"
#include "models/memory/psc.hpp"
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

/// Whether `operation` is an access that is seq_cst, whatever comes of it.
bool is_seq_cst(const Operation& operation) {
  return operation.order == Order::seq_cst &&
         (operation.kind != OperationKind::update || operation.failure == Order::seq_cst);
}

class Rc11 final : public graph::MemoryModel {
 public:
  Rc11(const char* name, bool fences) : name_(name), psc_(fences), sc_(make_sc()) {}

  const char* name() const override { return name_; }

  bool consistent(const ExecutionGraph& graph) const override {
    const Event& event = graph[graph.size() - 1];
    const Position newer = event.writes ? event.co_next : graph.co_after(event.operation.location, event.source);
    if (newer == none || event.seq_cst_count == 0) return true;
    if (event.weak_count == 0 && is_seq_cst(event.operation)) return true;  // admits was exact
    return psc_.acyclic(graph);
  }

  void added(ExecutionGraph& graph) const override {
    if (!has_weak(graph)) sc_->added(graph);
  }

 private:
  bool is_coherent(const ExecutionGraph& graph, ThreadId thread, const Operation& operation,
                   Position newer) const override {
    if (is_seq_cst(operation) && !has_weak(graph))
      return sc_->admits(graph, thread, operation, graph[newer].co_previous);
    const Position last = graph.thread(thread).last;
    if (last == none) return true;
    if (operation.waits_at != 0 &&
        !(operation.waits_at == operation.location ? may_notify_before(graph, thread, newer)
                                                   : may_look_before(graph, thread, operation, newer)))
      return false;
    return may_precede(graph, graph.happens(last), newer);
  }

  static bool has_weak(const ExecutionGraph& graph) {
    return graph.size() != 0 && graph[graph.size() - 1].weak_count != 0;
  }

  const char* name_;
  Psc psc_;
  std::unique_ptr<graph::MemoryModel> sc_;  ///< for graphs that it decides
};

}  // namespace

std::unique_ptr<graph::MemoryModel> make_rc11() { return std::make_unique<Rc11>("rc11", true); }
std::unique_ptr<graph::MemoryModel> make_ra() { return std::make_unique<Rc11>("ra", false); }

}  // namespace heddle::models
