// The lock graph: who took which lock while holding which, and which of these could happen at the same time.
//
// Vertices are locks, edges are distinct ways of taking one lock under another. The relation "could run in parallel"
// between two edges holds as soon as one execution shows it. lock_order.hpp has the idea and the literature.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "checker/analysis/lock_order.hpp"

namespace heddle::analysis {

/// One way of taking `inner` while `outer` is held.
struct LockEdge {
  unsigned thread = 0;
  std::string thread_name;
  Taking outer;  ///< clocks are not kept
  Taking inner;
  std::vector<std::uint32_t> guards;  ///< all locks held when `inner` was taken, `outer` included, ascending
  bool on_cycle = false;              ///< both locks lie in one strongly connected component …
  std::size_t component = 0;          ///< … which is this one
};

/// Edges of distinct threads, each beginning at the lock at which the one before it ends; the last ends where the first
/// begins. Indices into LockOrder::Graph::edges.
using LockCycle = std::vector<std::size_t>;

class LockOrder::Graph {
 public:
  bool wants(unsigned thread, HeldLock taken, std::span<const HeldLock> held) const;
  void examine(std::span<const Acquisition> execution);
  const std::vector<LockEdge>& edges() const { return edges_; }
  bool acyclic() const;

  /// The cycles that could be deadlocks, shortest first, one for each set of source lines, at most `limit`.
  std::vector<LockCycle> cycles(std::size_t limit) const;

 private:
  // Beyond these the analysis stops to learn; they bound its memory and its time.
  static constexpr std::size_t max_edges = 512;
  static constexpr unsigned max_examinations = 256;  // of one combination whose order is not settled
  static constexpr std::size_t max_cycle_length = 8;
  static constexpr std::size_t max_steps = 500'000;  // of the enumeration of cycles

  using Locks = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, std::size_t>;
  using Vertex = Locks::vertex_descriptor;
  using EdgeKey = std::tuple<unsigned, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                             std::vector<std::uint32_t>>;  // thread, outer lock and site, inner lock and site, guards

  /// One occurrence of an edge in the execution that is examined.
  struct Occurrence {
    std::size_t edge;
    const Taking* outer;
    const Taking* inner;
  };
  /// What is known of one combination of thread, lock, line and held locks.
  struct Combination {
    std::set<std::size_t> edges;
    unsigned examinations = 0;
  };
  struct Enumeration;  // the state of the search for cycles

  static std::uint64_t fingerprint(unsigned thread, HeldLock taken, std::span<const HeldLock> held);
  std::size_t edge_of(const Acquisition& acquisition, const Taking& outer);
  Vertex vertex_of(std::uint32_t lock);
  void find_components();
  void compare(const std::vector<Occurrence>& occurrences);
  bool could_meet(std::size_t one, std::size_t other) const;
  bool parallel(std::size_t one, std::size_t other) const;
  bool settled(const Combination& combination) const;
  void extend(Enumeration& enumeration) const;

  std::vector<LockEdge> edges_;
  std::map<EdgeKey, std::size_t> known_edges_;
  Locks locks_;                                                  // edge property: index into edges_
  std::map<std::uint32_t, Vertex> vertices_;                     // by lock number
  std::unordered_set<std::uint64_t> parallel_;                   // pairs of edges, the lower index in the upper half
  std::unordered_map<std::uint64_t, Combination> combinations_;  // by fingerprint
  std::unordered_set<std::uint64_t> settled_;                    // fingerprints that need no more examination
};

}  // namespace heddle::analysis
