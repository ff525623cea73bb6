// Who goes next in a sampled execution. Each strategy is one file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checker/graph/execution_graph.hpp"
#include "checker/search/random.hpp"

namespace heddle::search {

/// A thread that can move, and what it asks for.
struct Candidate {
  graph::ThreadId thread;
  const graph::Operation* operation;
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  /// An execution begins. All its random numbers come from `random`, which is its own.
  virtual void begin(Random& random) = 0;
  /// Which of `candidates`, by index; they are never empty, and stand in the order of their threads. Asked once for
  /// each event that is no fault, also where there is one candidate only.
  virtual std::size_t choose(const std::vector<Candidate>& candidates, Random& random) = 0;
  /// The newest event of `graph` has happened.
  virtual void happened(const graph::ExecutionGraph& graph) = 0;
  /// The execution has ended; `random` has been used for nothing else.
  virtual void end(const graph::ExecutionGraph& graph, const Random& random) = 0;
  /// What the strategy promises of the executions made so far, as a sentence; empty where it promises nothing.
  /// `interleaved`: each read read the newest write, and each write became it; else they were drawn.
  virtual std::string promise(bool interleaved) const = 0;
};

/// Each thread that can move is as likely as any other.
std::unique_ptr<Strategy> make_random_walk();
/// Priorities that change at `depth` - 1 places only.
std::unique_ptr<Strategy> make_pct(std::uint64_t depth);
/// Priorities of operations, drawn again where two of them conflict.
std::unique_ptr<Strategy> make_partial_order_sampling();

}  // namespace heddle::search
