// Lock order: inversions that could deadlock, though they did not here.
//
// Every acquisition of a lock while others are held is an edge of the lock graph, from each held lock to the new one. A
// cycle of edges is reported where it could be a deadlock:
//  - its edges belong to distinct threads;
//  - no *gate lock* keeps them apart: the locks held at its edges are pairwise disjoint;
//  - no *ordering* does: for any two of its edges, neither inner acquisition must come before the other's outer one. Of
//    the orders only those that lock hand-over did not make count (program order, start, join, other synchronisation).
// Edges are compared within one execution only: what never happens in the same execution cannot deadlock in it, and
// positions in different executions do not compare.
//
// Havelund, "Using runtime analysis to guide model checking of Java programs", SPIN 2000 (Goodlock);
// Bensalem and Havelund, "Dynamic deadlock analysis of multi-threaded programs", HVC 2005 (gates, segments, any
// length); Joshi, Park, Sen and Naik, "A randomized dynamic program analysis technique for detecting real deadlocks",
// PLDI 2009 (iGoodLock). We differ in that the edges of all executions of a search are joined, and that ordering is
// asked of vector clocks rather than of a graph of segments. Reader locks are not handled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checker/core/finding.hpp"

namespace heddle::analysis {

/// A held lock, in the numbers of the hot path: equal numbers, equal lock and source line, in every execution.
struct HeldLock {
  std::uint32_t lock = 0;
  std::uint32_t site = 0;  ///< where it was taken
};

/// One taking of a lock, with all that an inversion may have to say of it.
struct Taking {
  HeldLock id;
  std::string name;  ///< "mutex a"
  SourceLine site;
  /// The must-order clock of the acquisition: entry u counts the events of thread u that come before it in every
  /// execution of the same program order, start, join and non-lock synchronisation; the own entry counts it too.
  std::vector<std::int16_t> clock;
};

/// A blocking acquisition, and the locks its thread held then. (A try_lock is no acquisition, but may be among the
/// held.)
struct Acquisition {
  unsigned thread = 0;
  std::string thread_name;  ///< "T1"
  Taking taken;
  std::vector<Taking> held;  ///< in any order; acquisitions with none may be left out
};

/// A cycle in the lock graph that neither a gate lock nor an ordering makes impossible.
struct Inversion {
  std::string message;                ///< one sentence: "T1 takes a, then b (f.cpp:10, 11); T2 takes b, then a …"
  std::string explanation;            ///< paragraphs, parted by an empty line; the last one tells the cure
  std::vector<unsigned> threads;      ///< ascending
  std::vector<SourceLine> locations;  ///< the inner acquisitions, then the outer ones, each once
  std::string dot;                    ///< the cycle's part of the lock graph, for Graphviz
};

/// Gathers the lock graph of a search.
///
/// For each acquisition made while others are held, the engine asks `wants`: a few integers and one look-up. Where it
/// ever says yes in an execution, the engine hands all acquisitions of that execution to `examine`, at its end. That is
/// rare: once per new combination, and a bounded number of times for edges that lie on a cycle.
class LockOrder {
 public:
  LockOrder();
  ~LockOrder();
  LockOrder(LockOrder&&) noexcept;
  LockOrder& operator=(LockOrder&&) noexcept;

  /// True where the execution in which this happens should be examined. Allocates nothing.
  bool wants(unsigned thread, HeldLock taken, std::span<const HeldLock> held) const;

  /// Learns from all acquisitions of one execution (those without held locks may be left out).
  void examine(std::span<const Acquisition> execution);

  /// True where no cycle of locks exists, whatever its threads: then `inversions` is empty.
  bool acyclic() const;

  /// The inversions found so far, shortest first, one for each set of source lines, at most `limit`.
  std::vector<Inversion> inversions(std::size_t limit = 16) const;

 private:
  class Graph;
  std::unique_ptr<Graph> graph_;
};

}  // namespace heddle::analysis
