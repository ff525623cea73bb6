#include "checker/analysis/wait_for.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <limits>
#include <map>
#include <queue>

#include "checker/core/contract.hpp"

namespace heddle::analysis {
namespace {

/// Vertex i is Standstill::waiting[i].
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

/// The waits by thread, and who has ended.
struct Roles {
  std::map<unsigned, std::size_t> waiting_of;
  const std::vector<unsigned>& ended;

  explicit Roles(const Standstill& standstill) : ended(standstill.ended) {
    for (std::size_t index = 0; index < standstill.waiting.size(); ++index) {
      const bool is_new = waiting_of.emplace(standstill.waiting[index].thread, index).second;
      HEDDLE_EXPECTS(is_new);
    }
  }
  bool has_ended(unsigned thread) const { return std::find(ended.begin(), ended.end(), thread) != ended.end(); }
  bool waits(unsigned thread) const { return waiting_of.count(thread) > 0; }
  bool runs(unsigned thread) const { return !waits(thread) && !has_ended(thread); }
};

Graph wait_for_graph(const Standstill& standstill, const Roles& roles) {
  Graph graph(standstill.waiting.size());
  for (std::size_t index = 0; index < standstill.waiting.size(); ++index) {
    for (unsigned thread : awaited(standstill.waiting[index])) {
      const auto other = roles.waiting_of.find(thread);
      if (other != roles.waiting_of.end()) boost::add_edge(index, other->second, graph);
    }
  }
  return graph;
}

/// A shortest cycle through `start` within its component, beginning there; empty where there is none.
std::vector<std::size_t> cycle_through(const Graph& graph, const std::vector<std::size_t>& component,
                                       std::size_t start) {
  std::vector<std::size_t> came_from(boost::num_vertices(graph), nowhere);
  std::queue<std::size_t> reached;
  reached.push(start);
  while (!reached.empty()) {
    const std::size_t vertex = reached.front();
    reached.pop();
    for (auto [next, end] = boost::adjacent_vertices(vertex, graph); next != end; ++next) {
      if (*next == vertex || component[*next] != component[start] || came_from[*next] != nowhere) continue;
      came_from[*next] = vertex;
      if (*next == start) {
        std::vector<std::size_t> cycle;
        for (std::size_t each = came_from[start]; each != start; each = came_from[each]) cycle.push_back(each);
        cycle.push_back(start);
        std::reverse(cycle.begin(), cycle.end());
        return cycle;
      }
      reached.push(*next);
    }
  }
  return {};
}

/// A shortest cycle of the component; that of a thread waiting for itself only where there is no other.
std::vector<std::size_t> shortest_cycle(const Graph& graph, const std::vector<std::size_t>& component,
                                        const std::vector<std::size_t>& members) {
  std::vector<std::size_t> shortest;
  for (std::size_t start : members) {
    std::vector<std::size_t> cycle = cycle_through(graph, component, start);
    if (!cycle.empty() && (shortest.empty() || cycle.size() < shortest.size())) shortest = std::move(cycle);
  }
  if (!shortest.empty()) return shortest;
  for (std::size_t each : members) {
    if (boost::edge(each, each, graph).second) return {each};
  }
  return {};
}

bool somebody_runs(const Standstill& standstill, const Roles& roles) {
  for (unsigned thread = 0; thread < standstill.thread_names.size(); ++thread) {
    if (roles.runs(thread)) return true;
  }
  return false;
}

/// Adds a wait that no waiting thread could end: to the cause it shares with the other waits of the same object, if
/// any.
void add_solitary(const Standstill& standstill, const Roles& roles, std::size_t index, std::vector<Cause>& causes) {
  const Waiting& waiting = standstill.waiting[index];
  const bool held = std::any_of(waiting.holders.begin(), waiting.holders.end(),
                                [&](const Holder& holder) { return roles.has_ended(holder.thread); });
  const auto kind = held ? Cause::Kind::holder_ended : Cause::Kind::nobody;
  for (Cause& cause : causes) {
    const Waiting& first = standstill.waiting[cause.waiting.front()];
    if (cause.kind != kind || first.object != waiting.object || first.need != waiting.need) continue;
    if (waiting.need == Need::end_of_thread) continue;
    cause.waiting.push_back(index);
    return;
  }
  causes.push_back({kind, {index}});
}

}  // namespace

std::vector<unsigned> awaited(const Waiting& waiting) {
  std::vector<unsigned> threads = waiting.could_wake;
  for (const Holder& holder : waiting.holders) threads.push_back(holder.thread);
  std::sort(threads.begin(), threads.end());
  threads.erase(std::unique(threads.begin(), threads.end()), threads.end());
  return threads;
}

std::vector<Cause> causes_of(const Standstill& standstill) {
  const Roles roles(standstill);
  const Graph graph = wait_for_graph(standstill, roles);
  const std::size_t size = standstill.waiting.size();
  std::vector<std::size_t> component(size);
  const std::size_t components = boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));

  std::vector<std::vector<std::size_t>> members(components);
  std::vector<bool> may_go_on(components, false);  // waits for somebody outside
  const bool anybody_runs = somebody_runs(standstill, roles);
  for (std::size_t index = 0; index < size; ++index) {
    members[component[index]].push_back(index);
    const std::vector<unsigned> targets = awaited(standstill.waiting[index]);
    if (targets.empty() && anybody_runs) may_go_on[component[index]] = true;
    for (unsigned thread : targets) {
      const auto other = roles.waiting_of.find(thread);
      const bool outside = other != roles.waiting_of.end() && component[other->second] != component[index];
      if (outside || roles.runs(thread)) may_go_on[component[index]] = true;
    }
  }

  std::vector<Cause> causes;
  std::vector<std::size_t> order(components);  // by their first waits: the numbers of components mean nothing
  for (std::size_t each = 0; each < components; ++each) order[each] = each;
  std::sort(order.begin(), order.end(),
            [&](std::size_t one, std::size_t other) { return members[one].front() < members[other].front(); });
  for (std::size_t each : order) {
    if (may_go_on[each]) continue;
    std::vector<std::size_t> cycle = shortest_cycle(graph, component, members[each]);
    if (!cycle.empty()) {
      causes.push_back({Cause::Kind::cycle, std::move(cycle)});
    } else {
      HEDDLE_EXPECTS(members[each].size() == 1);
      add_solitary(standstill, roles, members[each].front(), causes);
    }
  }
  std::stable_sort(causes.begin(), causes.end(),
                   [](const Cause& one, const Cause& other) { return one.kind < other.kind; });
  return causes;
}

}  // namespace heddle::analysis
