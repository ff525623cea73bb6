#include "checker/search/ways.hpp"

#include <algorithm>

namespace heddle::search {

namespace {

/// Adds `event`, which was prepared, reading `place` or placed after it, in each of its outcomes.
void add_outcomes(const ExecutionGraph& graph, Event event, Position place, std::vector<Way>& ways) {
  for (event.choice = 0; event.choice < event.choices; ++event.choice) {
    if (event.reads && !read_from(graph, event, place)) return;
    if (!event.infeasible) ways.push_back({event, place});
  }
}

}  // namespace

std::vector<Way> ways_of(ExecutionGraph& graph, const graph::MemoryModel& model, ThreadId thread,
                         const Operation& operation) {
  std::vector<Way> ways;
  if (!can_move(graph, thread, operation)) return ways;
  const Event event = prepare(graph, thread, operation);
  if (!event.reads && !event.writes) {
    add_outcomes(graph, event, none, ways);
    return ways;
  }
  const Position newest = graph.location(operation.location).last;
  for (Position place = newest;; place = graph[place].co_previous) {
    if (place != newest && !model.admits(graph, thread, operation, place)) return ways;
    // Between an update and what it reads nothing may be placed.
    if (event.reads || graph.update_of(operation.location, place) == none) {
      const std::size_t first = ways.size();
      add_outcomes(graph, event, place, ways);
      if (place != newest)
        ways.erase(std::remove_if(ways.begin() + static_cast<std::ptrdiff_t>(first), ways.end(),
                                  [&](const Way& way) { return !stays_consistent(model, graph, way.event, place); }),
                   ways.end());
    }
    if (place == none || model.interleaves()) return ways;
  }
}

}  // namespace heddle::search
