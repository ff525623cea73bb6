#include "checker/analysis/lock_graph.hpp"

#include <algorithm>
#include <boost/graph/strong_components.hpp>

#include "checker/core/contract.hpp"

namespace heddle::analysis {
namespace {

std::uint64_t mix(std::uint64_t bits) {  // the finalizer of MurmurHash3
  bits = (bits ^ (bits >> 33)) * 0xff51afd7ed558ccdu;
  bits = (bits ^ (bits >> 33)) * 0xc4ceb9fe1a85ec53u;
  return bits ^ (bits >> 33);
}

std::uint64_t pack(HeldLock lock) { return (std::uint64_t{lock.lock} << 32) | lock.site; }

bool disjoint(const std::vector<std::uint32_t>& one, const std::vector<std::uint32_t>& other) {  // both ascending
  for (auto a = one.begin(), b = other.begin(); a != one.end() && b != other.end();) {
    if (*a == *b) return false;
    ++(*a < *b ? a : b);
  }
  return true;
}

/// True where `before` of `thread` comes before `after`, of another thread, in every execution of this synchronisation.
bool ordered(unsigned thread, const Taking& before, const Taking& after) {
  HEDDLE_EXPECTS(thread < before.clock.size());
  return thread < after.clock.size() && after.clock[thread] >= before.clock[thread];
}

bool holds_already(const Acquisition& acquisition) {
  return std::any_of(acquisition.held.begin(), acquisition.held.end(),
                     [&](const Taking& held) { return held.id.lock == acquisition.taken.id.lock; });
}

}  // namespace

// The held locks are summed, so that their order does not matter. 64 bits: a collision only hides an edge, and needs
// billions of combinations.
std::uint64_t LockOrder::Graph::fingerprint(unsigned thread, HeldLock taken, std::span<const HeldLock> held) {
  std::uint64_t sum = 0;
  for (HeldLock each : held) sum += mix(pack(each) + 0x9e3779b97f4a7c15u);
  return mix(sum ^ mix(pack(taken)) ^ (std::uint64_t{thread} << 56));
}

bool LockOrder::Graph::wants(unsigned thread, HeldLock taken, std::span<const HeldLock> held) const {
  if (held.empty() || edges_.size() >= max_edges) return false;
  return settled_.find(fingerprint(thread, taken, held)) == settled_.end();
}

void LockOrder::Graph::examine(std::span<const Acquisition> execution) {
  const std::size_t edges_before = edges_.size();
  const std::size_t parallel_before = parallel_.size();
  std::vector<Occurrence> occurrences;
  std::set<std::uint64_t> seen;  // the combinations of this execution
  for (const Acquisition& acquisition : execution) {
    std::vector<HeldLock> held;
    for (const Taking& each : acquisition.held) held.push_back(each.id);
    const std::uint64_t print = fingerprint(acquisition.thread, acquisition.taken.id, held);
    seen.insert(print);
    Combination& combination = combinations_[print];
    if (holds_already(acquisition)) continue;  // a recursive lock taken again cannot wait
    for (const Taking& outer : acquisition.held) {
      const std::size_t edge = edge_of(acquisition, outer);
      combination.edges.insert(edge);
      occurrences.push_back({edge, &outer, &acquisition.taken});
    }
  }
  if (edges_.size() != edges_before) find_components();
  compare(occurrences);

  for (std::uint64_t print : seen) ++combinations_[print].examinations;
  if (edges_.size() != edges_before || parallel_.size() != parallel_before) {
    settled_.clear();
    for (const auto& [print, combination] : combinations_) {
      if (settled(combination)) settled_.insert(print);
    }
  } else {
    for (std::uint64_t print : seen) {
      if (settled(combinations_[print])) settled_.insert(print);
    }
  }
}

std::size_t LockOrder::Graph::edge_of(const Acquisition& acquisition, const Taking& outer) {
  LockEdge edge;
  for (const Taking& each : acquisition.held) edge.guards.push_back(each.id.lock);
  std::sort(edge.guards.begin(), edge.guards.end());
  edge.guards.erase(std::unique(edge.guards.begin(), edge.guards.end()), edge.guards.end());
  const HeldLock inner = acquisition.taken.id;
  const EdgeKey key{acquisition.thread, outer.id.lock, outer.id.site, inner.lock, inner.site, edge.guards};
  const auto [known, is_new] = known_edges_.emplace(key, edges_.size());
  if (!is_new) return known->second;
  edge.thread = acquisition.thread;
  edge.thread_name = acquisition.thread_name;
  edge.outer = {outer.id, outer.name, outer.site, {}};
  edge.inner = {inner, acquisition.taken.name, acquisition.taken.site, {}};
  const Vertex from = vertex_of(outer.id.lock);
  const Vertex to = vertex_of(inner.lock);
  boost::add_edge(from, to, edges_.size(), locks_);
  edges_.push_back(std::move(edge));
  return known->second;
}

LockOrder::Graph::Vertex LockOrder::Graph::vertex_of(std::uint32_t lock) {
  const auto known = vertices_.find(lock);
  if (known != vertices_.end()) return known->second;
  return vertices_[lock] = boost::add_vertex(locks_);
}

void LockOrder::Graph::find_components() {
  std::vector<std::size_t> component(boost::num_vertices(locks_));
  boost::strong_components(
      locks_, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, locks_)));
  for (auto [each, end] = boost::edges(locks_); each != end; ++each) {
    LockEdge& edge = edges_[locks_[*each]];
    edge.component = component[boost::target(*each, locks_)];
    edge.on_cycle = component[boost::source(*each, locks_)] == edge.component;
  }
}

// Two edges can be in one cycle: whether they can be parallel is what remains to be seen.
bool LockOrder::Graph::could_meet(std::size_t one, std::size_t other) const {
  const LockEdge& a = edges_[one];
  const LockEdge& b = edges_[other];
  return a.on_cycle && b.on_cycle && a.component == b.component && a.thread != b.thread && disjoint(a.guards, b.guards);
}

bool LockOrder::Graph::parallel(std::size_t one, std::size_t other) const {
  return parallel_.count((std::uint64_t{std::min(one, other)} << 32) | std::max(one, other)) > 0;
}

void LockOrder::Graph::compare(const std::vector<Occurrence>& occurrences) {
  for (std::size_t i = 0; i < occurrences.size(); ++i) {
    const Occurrence& a = occurrences[i];
    if (!edges_[a.edge].on_cycle) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const Occurrence& b = occurrences[j];
      if (!could_meet(a.edge, b.edge) || parallel(a.edge, b.edge)) continue;
      if (ordered(edges_[a.edge].thread, *a.inner, *b.outer) || ordered(edges_[b.edge].thread, *b.inner, *a.outer)) {
        continue;
      }
      parallel_.insert((std::uint64_t{std::min(a.edge, b.edge)} << 32) | std::max(a.edge, b.edge));
    }
  }
}

bool LockOrder::Graph::settled(const Combination& combination) const {
  if (combination.examinations >= max_examinations) return true;
  for (std::size_t edge : combination.edges) {
    if (!edges_[edge].on_cycle) continue;
    for (std::size_t other = 0; other < edges_.size(); ++other) {
      if (could_meet(edge, other) && !parallel(edge, other)) return false;
    }
  }
  return true;
}

bool LockOrder::Graph::acyclic() const {
  return std::none_of(edges_.begin(), edges_.end(), [](const LockEdge& edge) { return edge.on_cycle; });
}

struct LockOrder::Graph::Enumeration {
  std::size_t limit = 0;   // of cycles
  std::size_t length = 0;  // of the cycles that are looked for now
  std::size_t steps = 0;
  Vertex start = 0;  // the least vertex of the cycle, so that each cycle is met once
  LockCycle path;
  std::set<std::set<std::uint64_t>> known;  // the source lines of what was found
  std::vector<LockCycle> found;

  bool over() const { return found.size() >= limit || steps >= max_steps; }
};

std::vector<LockCycle> LockOrder::Graph::cycles(std::size_t limit) const {
  Enumeration enumeration;
  enumeration.limit = limit;
  for (std::size_t length = 2; length <= max_cycle_length; ++length) {
    enumeration.length = length;
    for (Vertex start = 0; start < boost::num_vertices(locks_) && !enumeration.over(); ++start) {
      enumeration.start = start;
      extend(enumeration);
    }
  }
  return std::move(enumeration.found);
}

// Lengthens the path by every edge that may stand beside all of its edges, depth first.
void LockOrder::Graph::extend(Enumeration& enumeration) const {
  LockCycle& path = enumeration.path;
  const Vertex from = path.empty() ? enumeration.start : vertices_.at(edges_[path.back()].inner.id.lock);
  const bool closing = path.size() + 1 == enumeration.length;
  for (auto [edge, end] = boost::out_edges(from, locks_); edge != end && !enumeration.over(); ++edge) {
    ++enumeration.steps;
    const std::size_t next = locks_[*edge];
    const Vertex to = boost::target(*edge, locks_);
    if (!edges_[next].on_cycle || (closing ? to != enumeration.start : to <= enumeration.start)) continue;
    const bool fits = std::all_of(path.begin(), path.end(),
                                  [&](std::size_t each) { return could_meet(each, next) && parallel(each, next); });
    if (!fits) continue;
    path.push_back(next);
    if (closing) {
      std::set<std::uint64_t> lines;
      for (std::size_t each : path) {
        lines.insert((std::uint64_t{edges_[each].outer.id.site} << 32) | edges_[each].inner.id.site);
      }
      if (enumeration.known.insert(lines).second) enumeration.found.push_back(path);
    } else {
      extend(enumeration);
    }
    path.pop_back();
  }
}

}  // namespace heddle::analysis
