// States known by 128-bit hashes (XXH3, Collet) and not by their bytes: --state-hash.
//
// Two states with one hash would be taken for one, and what only the second leads to would be missed. For hashes that
// behave as if drawn at random, the chance that this happens to any two of n states is below n^2 / 2^129.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/graph/state_graph.hpp"

namespace heddle::search {

class StateHashes {
 public:
  StateHashes();
  /// The number of the state of these bytes; numbers are dense, and begin with 0. O(size), amortised.
  graph::StateId add(const void* bytes, std::size_t size);
  std::size_t size() const { return hashes_.size(); }
  /// Bytes of memory held.
  std::size_t memory() const;

 private:
  struct Hash {
    std::uint64_t low;
    std::uint64_t high;
    bool operator==(const Hash&) const = default;
  };

  void put(graph::StateId state);

  std::vector<Hash> hashes_;           ///< by state
  std::vector<graph::StateId> table_;  ///< open addressing; a power of two of places, at most two thirds of them taken
};

/// How likely it is, at most, that two of so many states were taken for one.
double chance_of_collision(std::uint64_t states);

}  // namespace heddle::search
