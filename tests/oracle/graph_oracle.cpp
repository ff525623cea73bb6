#include "oracle/graph_oracle.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace heddle::oracle {

using core::none;
using core::Position;
using graph::Event;
using graph::ExecutionGraph;
using graph::OperationKind;

namespace {

class Relation {
 public:
  explicit Relation(Position size)
      : size_(size), holds_(static_cast<std::size_t>(size) * static_cast<std::size_t>(size)) {}

  void add(Position from, Position to) {
    if (from != none && to != none) holds_[at(from, to)] = true;
  }
  bool holds(Position from, Position to) const { return holds_[at(from, to)]; }
  void close() {
    for (Position k = 0; k < size_; ++k)
      for (Position i = 0; i < size_; ++i)
        for (Position j = 0; holds(i, k) && j < size_; ++j)
          if (holds(k, j)) holds_[at(i, j)] = true;
  }
  bool cyclic() const {
    for (Position i = 0; i < size_; ++i)
      if (holds(i, i)) return true;
    return false;
  }

 private:
  std::size_t at(Position from, Position to) const {
    return static_cast<std::size_t>(from) * static_cast<std::size_t>(size_) + static_cast<std::size_t>(to);
  }

  Position size_;
  std::vector<bool> holds_;
};

std::string name(const ExecutionGraph& graph, Position at) {
  if (at == none) return "init";
  return std::to_string(graph[at].thread) + "." + std::to_string(graph[at].index);
}

/// The thread's event before, or its spawn.
std::vector<Position> program_order(const ExecutionGraph& graph) {
  std::vector<Position> previous(static_cast<std::size_t>(graph.size()), none);
  std::map<unsigned, Position> last;
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    if (last.contains(event.thread)) previous[static_cast<std::size_t>(at)] = last[event.thread];
    last[event.thread] = at;
    if (event.operation.kind == OperationKind::spawn) last[static_cast<unsigned>(event.operation.operand.low)] = at;
  }
  return previous;
}

std::string fault_of_lists(const ExecutionGraph& graph) {
  const std::vector<Position> previous = program_order(graph);
  std::map<unsigned, unsigned> counts;
  std::map<core::LocationId, std::set<Position>> writes;
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    if (event.infeasible) return "an infeasible event is left at " + name(graph, at);
    if (event.po_previous != previous[static_cast<std::size_t>(at)]) return "po_previous of " + name(graph, at);
    if (event.index != counts[event.thread]++) return "index of " + name(graph, at);
    const Position before = event.po_previous;
    if (before != none && graph[before].thread == event.thread && graph[before].po_next != at)
      return "po_next of " + name(graph, before);
    if (event.source >= at) return "source of " + name(graph, at) + " was added after it";
    if (event.reads && event.source != none &&
        (!graph[event.source].writes || graph[event.source].operation.location != event.operation.location))
      return "source of " + name(graph, at) + " is no write to its location";
    if (event.writes) writes[event.operation.location].insert(at);
  }
  for (const auto& [location, all] : writes) {
    std::set<Position> found;
    Position before = none;
    for (Position at = graph.location(location).first; at != none; at = graph[at].co_next) {
      if (!found.insert(at).second || graph[at].co_previous != before)
        return "co of location " + std::to_string(location);
      before = at;
    }
    if (found != all || graph.location(location).last != before)
      return "writes of location " + std::to_string(location);
  }
  // Each event that has a source is among that one's readers, once.
  for (Position source = none; source < graph.size(); ++source) {
    for (core::LocationId location = 0; location < graph.location_count(); ++location) {
      if (source != none && graph[source].operation.location != location) continue;
      std::set<Position> expected;
      for (Position at = 0; at < graph.size(); ++at) {
        const Event& event = graph[at];
        if ((event.reads || event.source != none) && event.source == source &&
            (source != none || event.operation.location == location))
          expected.insert(at);
      }
      std::set<Position> found;
      for (Position at = graph.readers_of(location, source); at != none; at = graph[at].next_reader)
        if (!found.insert(at).second) return "readers of " + name(graph, source) + " have a cycle";
      if (found != expected) return "readers of " + name(graph, source) + " at location " + std::to_string(location);
    }
  }
  return {};
}

std::string fault_of_clock(const ExecutionGraph& graph, const Relation& relation, const char* which,
                           const core::Counter* (*clock)(const ExecutionGraph&, Position)) {
  for (Position a = 0; a < graph.size(); ++a)
    for (Position b = 0; b < graph.size(); ++b)
      if (graph.within(a, clock(graph, b)) != (a == b || relation.holds(a, b)))
        return std::string(which) + " clock of " + name(graph, b) + " is wrong about " + name(graph, a);
  return {};
}

bool is_fence(const Event& event) { return event.operation.kind == OperationKind::fence; }

/// Whether the order of two updates of one object makes no difference, said once more by their names.
bool commute(const Event& a, const Event& b) {
  const auto both = [&](std::initializer_list<const char*> names) {
    const auto in = [&](const Event& event) {
      const std::string name = event.operation.primitive->operation_name(event.operation);
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return in(a) && in(b);
  };
  const std::string object = a.operation.primitive->name();
  if (object == "shared mutex") return both({"lock_shared", "try_lock_shared", "timed lock_shared", "unlock_shared"});
  if (object == "semaphore") return both({"release"});
  if (object == "latch") return both({"count_down"});
  const auto counts = [](const Event& arrival) { return arrival.operation.expected.low == 0; };
  return object == "barrier" && both({"arrive", "arrive_and_drop"}) && counts(a) && counts(b);
}

/// The writes that an event, which commutes, comes after on its object.
std::vector<Position> conflicting_before(const ExecutionGraph& graph, Position at) {
  std::vector<Position> result;
  for (Position w = graph[at].source; w != none; w = graph[w].co_previous)
    if (!graph[at].reads || !commute(graph[at], graph[w])) result.push_back(w);
  return result;
}

/// Adds those of them that release, and so on backwards.
void add_releasers(const ExecutionGraph& graph, Position at, std::vector<Position>& result) {
  for (const Position w : conflicting_before(graph, at)) {
    if (graph[w].releases) result.push_back(w);
    add_releasers(graph, w, result);
  }
}

/// Whom what `source` releases comes from: writes of its release sequence, and fences before these.
std::vector<Position> releasers(const ExecutionGraph& graph, Position source) {
  std::vector<Position> result;
  for (Position w = source; w != none; w = graph[w].source) {
    if (graph[w].releases) result.push_back(w);
    for (Position f = 0; f < w && graph.has_orders() && graph[w].order != core::Order::by_primitive; ++f)
      if (is_fence(graph[f]) && is_release(graph[f].order) && graph[f].thread == graph[w].thread) result.push_back(f);
    if (!graph[w].reads) break;
  }
  return result;
}

/// Who acquires what the event `at` reads: itself, or the fences after it.
std::vector<Position> acquirers(const ExecutionGraph& graph, Position at) {
  std::vector<Position> result;
  if (graph[at].acquires) result.push_back(at);
  if (!graph.has_orders() || !graph[at].reads || graph[at].order == core::Order::by_primitive) return result;
  for (Position f = at + 1; f < graph.size(); ++f)
    if (is_fence(graph[f]) && is_acquire(graph[f].order) && graph[f].thread == graph[at].thread) result.push_back(f);
  return result;
}

}  // namespace

std::string fault_of(const ExecutionGraph& graph) {
  if (std::string fault = fault_of_lists(graph); !fault.empty()) return fault;
  Relation causal(graph.size());
  Relation happens(graph.size());
  Relation order(graph.size());
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    for (Relation* relation : {&causal, &happens, &order}) relation->add(event.po_previous, at);
    for (Position before = 0; before < at; ++before) {
      if (graph[before].epoch > event.epoch) return "epoch of " + name(graph, at);
      if (graph[before].epoch == event.epoch) break;
      causal.add(before, at);
      order.add(before, at);
    }
    if (event.commutes) {
      std::vector<Position> from;
      if (event.acquires) add_releasers(graph, at, from);
      for (const Position w : from) happens.add(w, at);
      for (const Position w : conflicting_before(graph, at)) {
        causal.add(w, at);
        order.add(w, at);
      }
      for (Position w = graph.co_after(event.operation.location, event.source);
           event.reads && !event.writes && w != none; w = graph[w].co_next)
        if (!commute(event, graph[w])) order.add(at, w);  // fr
      continue;
    }
    causal.add(event.source, at);
    order.add(event.source, at);
    for (const Position to : acquirers(graph, at))
      for (const Position from : releasers(graph, event.source)) happens.add(from, to);
    if (event.writes) order.add(event.co_previous, at);
    if (!event.reads) continue;
    const Position next = graph.co_after(event.operation.location, event.source);
    if (event.writes && next != at)
      return "between what " + name(graph, at) + " reads and writes stands " + name(graph, next);
    order.add(at, event.writes ? none : next);  // fr; of an update it is its own co
  }
  for (Relation* relation : {&causal, &happens, &order}) relation->close();
  const bool sc = !graph.has_orders();
  if (sc && order.cyclic()) return "po, rf, co and fr have a cycle";
  std::string fault =
      fault_of_clock(graph, causal, "causal", [](const ExecutionGraph& g, Position at) { return g.causal(at); });
  if (fault.empty())
    fault = fault_of_clock(graph, happens, "happens-before",
                           [](const ExecutionGraph& g, Position at) { return g.happens(at); });
  if (fault.empty() && sc)
    fault = fault_of_clock(graph, order, "order", [](const ExecutionGraph& g, Position at) { return g.order(at); });
  return fault;
}

}  // namespace heddle::oracle
