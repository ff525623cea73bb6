// How much of the exhaustive search is done, by weight: the whole search weighs 1, and the ways on from one graph share
// its weight evenly. The search is on a path from its root to a leaf; what it has left behind at each event is done.
//
// That is exact where branches are alike, as in n readers beside a writer. Where they are not, it is a guess: the first
// way on from an event leads to more executions than a revisit in programs whose threads permute (n lockers), and so
// less seems to be done than is.
#include <algorithm>

#include "checker/search/exhaustive.hpp"

namespace heddle::search {

namespace {

/// The ways on from a graph: how many, and how many of them are behind the search.
struct Ways {
  double behind = 0;
  double all = 1;
};

/// Whether an event that knows of what `known` has could revisit the update at `clash`: whether all from there on was
/// added in its first way.
bool can_overtake(const ExecutionGraph& graph, Position at, Position clash, const Counter* known,
                  const Counter* frozen) {
  if (graph[clash].index < frozen[graph[clash].thread]) return false;
  for (Position later = clash; later < at; ++later)
    if (!graph.within(later, known) && (!graph[later].newest || graph[later].choice != 0)) return false;
  return true;
}

/// The writes that the event at `at` could have been given, or been placed after, and have been: newest first.
Ways places_of(const ExecutionGraph& graph, Position at, const Counter* frozen) {
  const Event& event = graph[at];
  Ways ways{0, 0};
  Position now = event.reads ? event.source : event.co_previous;
  while (now > at) now = graph[now].co_previous;  // which has come in between
  const Position last = event.po_previous;
  const Counter* known = last == none ? nullptr : graph.has_orders() ? graph.happens(last) : graph.order(last);
  bool behind = true;
  for (Position write = graph.location(event.operation.location).last;; write = graph[write].co_previous) {
    if (write != none && (write >= at || graph[write].infeasible)) continue;
    if (write == now) behind = false;
    const core::Value state = graph.value_of(event.operation.location, write);
    bool possible = true;
    if (event.operation.kind == OperationKind::update) {
      possible = event.operation.primitive->apply(event.operation, event.thread, state, 0).enabled;
      // Another update that reads it has to leave the graph.
      Position clash = graph.co_after(event.operation.location, write);
      while (clash >= at) clash = graph[clash].co_next;
      if (clash != none && graph[clash].reads && graph[clash].source == write)
        possible = possible && last != none && can_overtake(graph, at, clash, graph.causal(last), frozen);
    }
    if (possible || write == now) {
      ++ways.all;
      ways.behind += behind ? 1 : 0;
    }
    if (write == none || (known != nullptr && graph.within(write, known))) return ways;
  }
}

/// The sets of writes that the event at `at`, which commutes, may miss: by the oldest in it, and the empty one.
Ways sets_missed_by(const ExecutionGraph& graph, Position at) {
  const Event& event = graph[at];
  Ways ways{event.infeasible ? 1.0 : 0.0, 1};
  for (Position write = event.source; write != none; write = graph[write].co_previous) {
    const bool known = event.po_previous != none && graph.within(write, graph.causal(event.po_previous));
    if (write >= at || known || !graph[write].newest || !ExecutionGraph::conflict(graph[write], event)) continue;
    ++ways.all;
    if (event.infeasible && write > graph.missed().front()) ++ways.behind;
  }
  return ways;
}

Ways sources_of(const ExecutionGraph& graph, Position at, const Counter* frozen) {
  const Event& event = graph[at];
  if (event.commutes) return event.reads ? sets_missed_by(graph, at) : Ways{};
  return !event.fixed && (event.reads || event.writes) ? places_of(graph, at, frozen) : Ways{};
}

/// The revisits by a write, beside the way on without any.
Ways revisits_of(const Event& write, const std::vector<Position>& reads) {
  const bool begun = write.cursor.at != none;
  Ways ways{begun ? 1.0 : 0.0, 1.0 + static_cast<double>(reads.size())};
  for (const Position read : reads) ways.behind += begun && read > write.cursor.at ? 1 : 0;
  return ways;
}

}  // namespace

std::vector<Position> Exhaustive::revisited_by(const Level& level, Position write) {
  std::vector<Position> reads;
  graph::RevisitCursor cursor;
  for (Position read = find_revisit(level, write, cursor); read != none; read = find_revisit(level, write, cursor))
    reads.push_back(read);
  return reads;
}

double Exhaustive::done() const {
  constexpr double too_little = 1e-9;  // to look any further
  double done = 0;
  double weight = 1;
  const auto branch = [&](Ways ways) {
    ways.all = std::max(ways.all, ways.behind + 1);
    weight /= ways.all;
    done += weight * ways.behind;
  };
  for (std::size_t depth = 0; depth <= depth_; ++depth) {
    const Level& level = *levels_[depth];
    for (Position at = level.base; at < level.graph.size() && weight > too_little; ++at) {
      const Event& event = level.graph[at];
      branch(sources_of(level.graph, at, level.frozen.data()));
      branch({static_cast<double>(event.choice), static_cast<double>(event.choices)});
      if (event.writes && event.revisits && !event.infeasible && !event.commutes)
        branch(revisits_of(event, revisited_by(level, at)));
    }
  }
  return done;
}

}  // namespace heddle::search
