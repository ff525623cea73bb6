#include "checker/verdict/schedule_of.hpp"

#include <set>

#include "checker/analysis/linear_order.hpp"
#include "checker/search/replay.hpp"

namespace heddle::verdict {

using core::none;
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

/// po and rf between the kept events, which are numbered by `numbers`; and as much of co and fr as goes with them: all
/// of it in an execution that is an interleaving. What is left out are reads of older writes.
class OrderOfEvents {
 public:
  OrderOfEvents(const ExecutionGraph& graph, const Part& part, const std::vector<unsigned>& numbers) {
    const auto number = [&](Position at) { return numbers[static_cast<std::size_t>(at)]; };
    const auto kept = [&](Position at) { return part.kept[static_cast<std::size_t>(at)]; };
    for (Position at = 0; at < graph.size(); ++at)
      if (kept(at)) order_.thread.push_back(graph[at].thread);
    order_.predecessors.resize(order_.thread.size());
    for (Position at = 0; at < graph.size(); ++at) {
      if (!kept(at)) continue;
      if (graph[at].po_previous != none) add(number(graph[at].po_previous), number(at));
      if (graph[at].commutes)
        graph.visit_before(at, [&](Position before) { add(number(before), number(at)); });
      else if (graph[at].source != none)
        add(number(graph[at].source), number(at));
      add_epochs(graph, part, at, numbers);
    }
    // What goes with the order in which events were added closes no cycle; of the rest, each is asked.
    for (const bool forwards : {true, false}) {
      for (Position at = 0; at < graph.size(); ++at) {
        const Event& event = graph[at];
        if (!kept(at) || !(event.reads || event.writes)) continue;
        if (event.commutes) {
          graph.visit_after(at, [&](Position after) {
            if (forwards && kept(after)) add(number(at), number(after));
          });
          continue;
        }
        const Position overwriter = next_kept(graph, part, event.operation.location, event.writes ? at : event.source);
        if (overwriter == none || overwriter == at || (overwriter > at) != forwards) continue;
        if (forwards || !leads_to(number(overwriter), number(at))) add(number(at), number(overwriter));
      }
    }
  }

  /// All threads' last events before time passed come before the event, which is its thread's first since.
  void add_epochs(const ExecutionGraph& graph, const Part& part, Position at, const std::vector<unsigned>& numbers) {
    const unsigned epoch = graph[at].epoch;
    const auto is_earlier = [&](Position other) { return other != none && graph[other].epoch < epoch; };
    if (epoch == 0 || (graph[at].index != 0 && !is_earlier(graph[at].po_previous))) return;
    for (Position before = 0; is_earlier(before); ++before)
      if (part.kept[static_cast<std::size_t>(before)] && !is_earlier(graph[before].po_next))
        add(numbers[static_cast<std::size_t>(before)], numbers[static_cast<std::size_t>(at)]);
  }

  void add(unsigned first, unsigned second) { order_.predecessors[second].push_back(first); }

  bool leads_to(unsigned first, unsigned second) const {
    std::vector<bool> seen(order_.thread.size());
    std::vector<unsigned> open{second};
    while (!open.empty()) {
      const unsigned at = open.back();
      open.pop_back();
      if (at == first) return true;
      for (const unsigned before : order_.predecessors[at]) {
        if (seen[before]) continue;
        seen[before] = true;
        open.push_back(before);
      }
    }
    return false;
  }

  const analysis::PartialOrder& get() const { return order_; }

 private:
  analysis::PartialOrder order_;
};

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

/// Which step the event `at` reads, or stands right after in co, when the events that have a step have been made.
std::int64_t read_in(const ExecutionGraph& graph, Position at, const std::vector<std::int64_t>& step_of) {
  const Event& event = graph[at];
  if ((!event.reads && !event.writes) || event.commutes) return ScheduleStep::newest;
  const auto made = [&](Position p) { return step_of[static_cast<std::size_t>(p)] >= 0; };
  Position newer = event.writes ? event.co_next : graph.co_after(event.operation.location, event.source);
  while (newer != none && !made(newer)) newer = graph[newer].co_next;
  if (newer == none) return ScheduleStep::newest;
  Position source = event.reads ? event.source : event.co_previous;
  while (source != none && !made(source)) source = graph[source].co_previous;
  return source == none ? ScheduleStep::initial : step_of[static_cast<std::size_t>(source)];
}

/// A fault happens right after its thread's event before it, `before`. What can only come after that is no part of what
/// leads there.
Part without_aftermath(const Part& part, Position before, const std::vector<unsigned>& numbers,
                       const OrderOfEvents& order) {
  const auto kept = [](const Part& in, Position at) { return in.kept[static_cast<std::size_t>(at)]; };
  const auto number = [&](Position at) { return numbers[static_cast<std::size_t>(at)]; };
  Part rest = part;
  for (Position at = 0; at < static_cast<Position>(part.kept.size()); ++at)
    if (kept(part, at) && at != part.last && at != before && order.leads_to(number(before), number(at)))
      rest.kept[static_cast<std::size_t>(at)] = false;
  std::erase_if(rest.in_order, [&](const auto& pair) { return !kept(rest, pair.first) || !kept(rest, pair.second); });
  return rest;
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
  OrderOfEvents order(graph, part, numbers);
  // A fault happens right after its thread's event before it, once all that can has been made before.
  if (part.last != none && graph[part.last].po_previous != none) {
    const unsigned before = numbers[static_cast<std::size_t>(graph[part.last].po_previous)];
    if (!part.as_found) {
      Part rest = without_aftermath(part, graph[part.last].po_previous, numbers, order);
      if (rest.kept != part.kept) return schedule_of(graph, rest);
    }
    for (unsigned event = 0; event < events.size(); ++event)
      if (event != *last_number && event != before && !order.leads_to(before, event)) order.add(event, before);
  }
  for (const auto& [first, second] : part.in_order)
    order.add(numbers[static_cast<std::size_t>(first)], numbers[static_cast<std::size_t>(second)]);
  const std::vector<unsigned> sequence =
      part.as_found ? earliest_first(order.get()) : analysis::linear_order(order.get(), last_number);
  std::vector<std::int64_t> step_of(part.kept.size(), -1);
  std::vector<ScheduleStep> steps;
  for (const unsigned number : sequence) {
    const Position at = events[number];
    const Event& event = graph[at];
    steps.push_back({.thread = event.thread,
                     .operation = search::operation_word(event.operation),
                     .choice = event.choice,
                     .reads_from = read_in(graph, at, step_of),
                     .site = {}});
    step_of[static_cast<std::size_t>(at)] = static_cast<std::int64_t>(steps.size()) - 1;
  }
  return steps;
}

}  // namespace heddle::verdict
