// States known by 128-bit hashes (XXH3, Collet) and not by their bytes: --state-hash.
//
// Two states with one hash would be taken for one, and what only the second leads to would be missed. For hashes that
// behave as if drawn at random, the chance that this happens to any two of n states is below n^2 / 2^129.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/graph/state_graph.hpp"
#include "checker/search/large_pages.hpp"

namespace heddle::search {

class StateHashes {
 public:
  StateHashes();
  struct Hash {
    std::uint64_t low;
    std::uint64_t high;
    bool operator==(const Hash&) const = default;
  };
  static Hash hash_of(const void* bytes, std::size_t size);
  /// What leads to the state of this hash is fetched from memory, while other things are done.
  void fetch_place(const Hash& hash) const { __builtin_prefetch(&table_[hash.low & (table_.size() - 1)]); }
  void fetch_record(const Hash& hash) const;
  /// The number of the state of this hash; numbers are dense, and begin with 0. O(1), amortised.
  graph::StateId add(const Hash& hash);
  std::size_t size() const { return hashes_.size(); }
  /// Bytes of memory held.
  std::size_t memory() const;

 private:
  void put(graph::StateId state);

  std::vector<Hash, LargePages<Hash>> hashes_;  ///< by state
  /// Open addressing; a power of two of places, at most two thirds of them taken.
  std::vector<graph::StateId, LargePages<graph::StateId>> table_;
};

/// How likely it is, at most, that two of so many states were taken for one.
double chance_of_collision(std::uint64_t states);

}  // namespace heddle::search
