#include "models/memory/psc.hpp"

namespace heddle::models {

using core::Order;
using graph::Event;
using graph::ExecutionGraph;
using graph::none;
using graph::OperationKind;
using graph::Position;

namespace {

bool is_fence(const ExecutionGraph& graph, Position at) { return graph[at].operation.kind == OperationKind::fence; }
bool is_access(const Event& event) { return event.reads || event.writes; }

/// Whether `a` happens before `b`, or is it.
bool happens_before(const ExecutionGraph& graph, Position a, Position b) {
  return a != none && b != none && graph.within(a, graph.happens(b));
}

bool same_location(const Event& a, const Event& b) {
  return is_access(a) && is_access(b) && a.operation.location == b.operation.location;
}

/// The event's neighbour in its own thread.
Position before_in_thread(const ExecutionGraph& graph, Position at) {
  const Position before = graph[at].po_previous;
  return before != none && graph[before].thread == graph[at].thread ? before : none;
}

/// The nearest event before `at` in its thread that is not an access of the same location; likewise after it.
Position elsewhere_before(const ExecutionGraph& graph, Position at) {
  Position p = before_in_thread(graph, at);
  while (p != none && same_location(graph[p], graph[at])) p = before_in_thread(graph, p);
  return p;
}
Position elsewhere_after(const ExecutionGraph& graph, Position at) {
  Position p = graph[at].po_next;
  while (p != none && same_location(graph[p], graph[at])) p = graph[p].po_next;
  return p;
}

/// Calls `visit` with each write after `at` in co, and with `readers` also with who reads these, and `at`.
template <class Visit>
void visit_after(const ExecutionGraph& graph, Position at, bool readers, Visit visit) {
  const Event& event = graph[at];
  if (event.commutes) return graph.visit_after(at, visit);
  if (readers && event.writes)
    for (Position r = event.first_reader; r != none; r = graph[r].next_reader) visit(r);
  Position w = event.writes ? event.co_next : graph.co_after(event.operation.location, event.source);
  for (; w != none; w = graph[w].co_next) {
    visit(w);
    if (!readers) continue;
    for (Position r = graph[w].first_reader; r != none; r = graph[r].next_reader) visit(r);
  }
}

template <class Condition>
bool any_after(const ExecutionGraph& graph, Position at, bool readers, Condition condition) {
  bool found = false;
  visit_after(graph, at, readers, [&](Position other) { found = found || condition(other); });
  return found;
}

/// [E]; scb; [E] between accesses.
bool scb(const ExecutionGraph& graph, Position a, Position b) {
  const Event& first = graph[a];
  const Event& second = graph[b];
  if (first.thread == second.thread && first.index < second.index) return true;
  if (same_location(first, second)) {
    if (happens_before(graph, a, b)) return true;
    return second.writes && any_after(graph, a, false, [&](Position w) { return w == b; });
  }
  return false;
}
bool scb_elsewhere(const ExecutionGraph& graph, Position a, Position b) {
  return happens_before(graph, elsewhere_after(graph, a), elsewhere_before(graph, b));
}

/// [Fsc]; hb?; scb; [Esc]
bool fence_to_access(const ExecutionGraph& graph, Position fence, Position access) {
  if (happens_before(graph, fence, before_in_thread(graph, access))) return true;
  // hb|loc, mo or rb from an access of the same location that the fence happens before.
  for (Position x = 0; x < graph.size(); ++x)
    if (x != access && same_location(graph[x], graph[access]) && happens_before(graph, fence, x) &&
        scb(graph, x, access))
      return true;
  return false;
}

/// [Esc]; scb; hb?; [Fsc]
bool access_to_fence(const ExecutionGraph& graph, Position access, Position fence) {
  if (happens_before(graph, graph[access].po_next, fence)) return true;
  for (Position y = 0; y < graph.size(); ++y)
    if (y != access && same_location(graph[y], graph[access]) && happens_before(graph, y, fence) &&
        scb(graph, access, y))
      return true;
  return false;
}

/// psc between fences, in which psc_base is part of psc_F.
bool fence_to_fence(const ExecutionGraph& graph, Position a, Position b) {
  if (a != b && happens_before(graph, a, b)) return true;
  for (Position x = 0; x < graph.size(); ++x)
    if (is_access(graph[x]) && happens_before(graph, a, x) &&
        any_after(graph, x, true, [&](Position y) { return happens_before(graph, y, b); }))
      return true;
  return false;
}

bool psc(const ExecutionGraph& graph, Position a, Position b) {
  if (is_fence(graph, a)) return is_fence(graph, b) ? fence_to_fence(graph, a, b) : fence_to_access(graph, a, b);
  if (is_fence(graph, b)) return access_to_fence(graph, a, b);
  return scb(graph, a, b) || scb_elsewhere(graph, a, b);
}

}  // namespace

// The last event has no successors but by co and fr. So every new edge begins at it, or at a fence that happens before
// it, and goes on to something later at its location. All the fences have the same new successors; what is new for the
// event itself, where it is seq_cst, is among these.
bool Psc::acyclic(const ExecutionGraph& graph) const {
  const Position last = graph.size() - 1;
  events_.clear();
  bool fence_before = false;
  for (Position at = 0; at < last; ++at) {
    if (graph[at].order != Order::seq_cst) continue;
    if (is_fence(graph, at)) {
      if (!fences_) continue;
      fence_before = fence_before || happens_before(graph, at, last);
    }
    events_.push_back(at);
  }
  if (fence_before && comes_back(graph, true)) return false;
  return graph[last].order != Order::seq_cst || !comes_back(graph, false);
}

/// Whether psc leads from what comes newly after the last event back to it, or to a fence that happens before it.
bool Psc::comes_back(const ExecutionGraph& graph, bool from_fences) const {
  const Position last = graph.size() - 1;
  open_.clear();
  reached_.assign(events_.size(), false);
  const auto is_goal = [&](Position at) {
    return from_fences ? is_fence(graph, at) && happens_before(graph, at, last) : psc(graph, at, last);
  };
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const Position at = events_[i];
    // mo or rb to an access; and then, as eco, also to who reads what is later.
    reached_[i] = is_fence(graph, at)
                      ? any_after(graph, last, from_fences, [&](Position y) { return happens_before(graph, y, at); })
                      : any_after(graph, last, false, [&](Position w) { return w == at; });
    if (reached_[i]) open_.push_back(at);
  }
  while (!open_.empty()) {
    const Position at = open_.back();
    open_.pop_back();
    if (is_goal(at)) return true;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (reached_[i] || !psc(graph, at, events_[i])) continue;
      reached_[i] = true;
      open_.push_back(events_[i]);
    }
  }
  return false;
}

}  // namespace heddle::models
