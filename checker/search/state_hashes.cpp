#include "checker/search/state_hashes.hpp"

#include <cmath>

#include "checker/core/error.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace heddle::search {

using graph::no_state;
using graph::StateId;

StateHashes::StateHashes() : table_(64, no_state) {}

StateHashes::Hash StateHashes::hash_of(const void* bytes, std::size_t size) {
  const XXH128_hash_t hash = XXH3_128bits(bytes, size);
  return {hash.low64, hash.high64};
}

void StateHashes::fetch_record(const Hash& hash) const {
  const StateId state = table_[hash.low & (table_.size() - 1)];
  if (state != no_state) __builtin_prefetch(&hashes_[state]);
}

StateId StateHashes::add(const Hash& hash) {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = hash.low & mask; table_[at] != no_state; at = (at + 1) & mask)
    if (hashes_[table_[at]] == hash) return table_[at];
  if (hashes_.size() >= no_state - 1) throw Error("more than four thousand million states: a smaller harness, please");
  const auto state = static_cast<StateId>(hashes_.size());
  hashes_.push_back(hash);
  if (hashes_.size() * 3 <= table_.size() * 2) {
    put(state);
  } else {
    table_.assign(table_.size() * 2, no_state);
    for (StateId each = 0; each < hashes_.size(); ++each) put(each);
  }
  return state;
}

void StateHashes::put(StateId state) {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = hashes_[state].low & mask;
  while (table_[at] != no_state) at = (at + 1) & mask;
  table_[at] = state;
}

std::size_t StateHashes::memory() const {
  return hashes_.capacity() * sizeof(Hash) + table_.capacity() * sizeof(StateId);
}

double chance_of_collision(std::uint64_t states) {
  return std::ldexp(static_cast<double>(states) * static_cast<double>(states), -129);
}

}  // namespace heddle::search
