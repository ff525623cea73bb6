#include "checker/verdict/schedule_of.hpp"

#include <set>

#include "checker/analysis/linear_order.hpp"
#include "checker/search/replay.hpp"

namespace heddle::verdict {

using core::none;
using core::OperationKind;
using core::Position;
using graph::Event;
using graph::ExecutionGraph;

namespace {

/// The next write in co after `from`, of those kept; none where there is none.
Position next_kept(const ExecutionGraph& graph, const Part& part, core::LocationId location, Position from) {
  Position at = graph.co_after(location, from);
  while (at != none && !part.kept[static_cast<std::size_t>(at)]) at = graph[at].co_next;
  return at;
}

/// po, rf, co and fr between the kept events, which are numbered by `numbers`.
analysis::PartialOrder order_of(const ExecutionGraph& graph, const Part& part, const std::vector<unsigned>& numbers) {
  analysis::PartialOrder order;
  const auto comes_before = [&](Position first, Position second) {
    order.predecessors[numbers[static_cast<std::size_t>(second)]].push_back(numbers[static_cast<std::size_t>(first)]);
  };
  for (Position at = 0; at < graph.size(); ++at)
    if (part.kept[static_cast<std::size_t>(at)]) order.thread.push_back(graph[at].thread);
  order.predecessors.resize(order.thread.size());
  for (Position at = 0; at < graph.size(); ++at) {
    if (!part.kept[static_cast<std::size_t>(at)]) continue;
    const Event& event = graph[at];
    if (event.po_previous != none) comes_before(event.po_previous, at);
    if (event.source != none) comes_before(event.source, at);
    const Position overwriter = event.reads || event.writes
                                    ? next_kept(graph, part, event.operation.location, event.writes ? at : event.source)
                                    : none;
    if (overwriter != none && overwriter != at) comes_before(at, overwriter);
  }
  return order;
}

/// The linear extension that stays closest to the order in which the events were added.
std::vector<unsigned> earliest_first(const analysis::PartialOrder& order) {
  std::vector<unsigned> missing(order.thread.size());
  std::vector<std::vector<unsigned>> successors(order.thread.size());
  std::set<unsigned> ready;
  for (unsigned event = 0; event < order.thread.size(); ++event) {
    missing[event] = static_cast<unsigned>(order.predecessors[event].size());
    for (const unsigned before : order.predecessors[event]) successors[before].push_back(event);
    if (missing[event] == 0) ready.insert(event);
  }
  std::vector<unsigned> sequence;
  while (!ready.empty()) {
    const unsigned event = *ready.begin();
    ready.erase(ready.begin());
    sequence.push_back(event);
    for (const unsigned after : successors[event])
      if (--missing[after] == 0) ready.insert(after);
  }
  return sequence;
}

}  // namespace

Part whole(const ExecutionGraph& graph) {
  return {.kept = std::vector<bool>(static_cast<std::size_t>(graph.size()), true)};
}

Part leading_to(const ExecutionGraph& graph, Position last) {
  Part part{.last = last, .kept = std::vector<bool>(static_cast<std::size_t>(graph.size()))};
  for (Position at = 0; at < graph.size(); ++at)
    part.kept[static_cast<std::size_t>(at)] = graph.within(at, graph.causal(last));
  return part;
}

std::vector<ScheduleStep> schedule_of(const ExecutionGraph& graph, const Part& part) {
  std::vector<unsigned> numbers(part.kept.size());
  std::vector<Position> events;
  for (Position at = 0; at < graph.size(); ++at) {
    if (!part.kept[static_cast<std::size_t>(at)]) continue;
    numbers[static_cast<std::size_t>(at)] = static_cast<unsigned>(events.size());
    events.push_back(at);
  }
  std::optional<unsigned> last_number;
  if (part.last != none) last_number = numbers[static_cast<std::size_t>(part.last)];
  analysis::PartialOrder order = order_of(graph, part, numbers);
  // A fault happens right after its thread's event before it, once all that can has been made before.
  if (part.last != none && graph[part.last].po_previous != none) {
    const Position before = graph[part.last].po_previous;
    for (const Position event : events)
      if (event != part.last && !graph.within(before, graph.order(event)))
        order.predecessors[numbers[static_cast<std::size_t>(before)]].push_back(
            numbers[static_cast<std::size_t>(event)]);
  }
  for (const auto& [first, second] : part.in_order)
    order.predecessors[numbers[static_cast<std::size_t>(second)]].push_back(numbers[static_cast<std::size_t>(first)]);
  const std::vector<unsigned> sequence =
      part.as_found ? earliest_first(order) : analysis::linear_order(order, last_number);
  std::vector<ScheduleStep> steps;
  for (const unsigned number : sequence) {
    const Position at = events[number];
    const Event& event = graph[at];
    steps.push_back({.thread = event.thread,
                     .operation = search::operation_word(event.operation),
                     .choice = event.choice,
                     .site = {}});
  }
  return steps;
}

}  // namespace heddle::verdict
