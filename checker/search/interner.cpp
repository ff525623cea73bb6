#include "checker/search/interner.hpp"

#include <cstring>

#include "checker/core/error.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace heddle::search {

namespace {
constexpr std::size_t first_chunk = std::size_t{4} << 10;
constexpr std::size_t largest_chunk = std::size_t{1} << 20;
}  // namespace

Interner::Interner() : table_(64, unknown) {}

Interner::Id Interner::intern(const void* bytes, std::size_t size) {
  const std::uint64_t hash = XXH3_64bits(bytes, size);
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  const std::size_t mask = table_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash) & mask;
  for (; table_[at] != unknown; at = (at + 1) & mask) {
    const Entry& entry = entries_[table_[at]];
    if (entry.hash == upper && entry.size == size && std::memcmp(entry.bytes, bytes, size) == 0) return table_[at];
  }
  if (entries_.size() >= unknown - 1) throw Error("more than four thousand million states: a smaller harness, please");
  const auto id = static_cast<Id>(entries_.size());
  entries_.push_back({store(bytes, size), static_cast<std::uint32_t>(size), upper});
  table_[at] = id;
  if (entries_.size() * 3 > table_.size() * 2) grow();
  return id;
}

const char* Interner::store(const void* bytes, std::size_t size) {
  if (size > chunk_left_) {
    const std::size_t usual = std::min(std::max(first_chunk, stored_), largest_chunk);
    chunk_left_ = std::max(size, usual);
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_left_));
    chunk_at_ = chunks_.back().get();
    stored_ += chunk_left_;
  }
  char* const stored = chunk_at_;
  if (size != 0) std::memcpy(stored, bytes, size);
  chunk_at_ += size;
  chunk_left_ -= size;
  return stored;
}

void Interner::grow() {
  std::vector<Id> larger(table_.size() * 2, unknown);
  const std::size_t mask = larger.size() - 1;
  for (Id id = 0; id < entries_.size(); ++id) {
    std::size_t at = static_cast<std::size_t>(XXH3_64bits(entries_[id].bytes, entries_[id].size)) & mask;
    while (larger[at] != unknown) at = (at + 1) & mask;
    larger[at] = id;
  }
  table_ = std::move(larger);
}

std::size_t Interner::memory() const {
  return stored_ + entries_.capacity() * sizeof(Entry) + table_.capacity() * sizeof(Id);
}

}  // namespace heddle::search
