// What a search that samples has covered: how many different traces, and how much is likely to be left.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/graph/execution_graph.hpp"

namespace heddle::search {

/// A set of hashes, which remembers which of them came once only. Up to some eight million: then it takes no more.
class Tally {
 public:
  /// Adds `hash`; says whether it is new.
  bool add(std::uint64_t hash);
  std::uint64_t size() const { return size_; }
  /// How many came just once.
  std::uint64_t once() const { return once_; }
  /// Whether hashes that are not in it may have been turned away.
  bool full() const { return size_ >= most; }

 private:
  static constexpr std::uint64_t most = std::uint64_t{1} << 23U;

  void grow();

  /// Open addressing; 0 is an empty place. The lowest bit is set where a hash came more than once.
  std::vector<std::uint64_t> places_ = std::vector<std::uint64_t>(1024);
  std::uint64_t size_ = 0;
  std::uint64_t once_ = 0;
};

/// A hash of the trace: po, rf, co and the outcomes chosen; the same in whatever order the events were added. The order
/// of operations that commute is left out.
std::uint64_t hash_of_trace(const graph::ExecutionGraph& graph);

class Coverage {
 public:
  /// An execution has ended.
  void add(const graph::ExecutionGraph& graph) {
    executions_++;
    traces_.add(hash_of_trace(graph));
  }
  std::uint64_t traces() const { return traces_.size(); }
  /// How likely the next execution is to show a trace that none has shown yet: the share of traces that came just once
  /// (Good, "The population frequencies of species and the estimation of population parameters", Biometrika 1953).
  double unseen() const;
  /// "1,234 executions, 56 different traces …"
  std::string text() const;

 private:
  std::uint64_t executions_ = 0;
  Tally traces_;
};

/// "12.5 %"; never "100 %" or "0 %" where it is less or more.
std::string percent(double share);
/// "3.2e-07", from the decimal logarithm.
std::string power_of_ten(double logarithm);

}  // namespace heddle::search
