// Numbers for strings of bytes: the same bytes always have the same number, and each is stored once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checker/search/large_pages.hpp"

namespace heddle::search {

/// What is stored stays where it is. Numbers are dense, and begin with 0.
class Interner {
 public:
  using Id = std::uint32_t;
  static constexpr Id unknown = 0xFFFF'FFFF;

  Interner();
  /// The number of these bytes. O(size), amortised.
  Id intern(const void* bytes, std::size_t size) { return intern(bytes, size, hash_of(bytes, size)); }
  /// Likewise in two steps, or three, between which other things can be done while memory is fetched: their hash, what
  /// it leads to, and the number.
  static std::uint64_t hash_of(const void* bytes, std::size_t size);
  void fetch_place(std::uint64_t hash) const { __builtin_prefetch(&table_[hash & (table_.size() - 1)]); }
  void fetch_record(std::uint64_t hash) const;
  Id intern(const void* bytes, std::size_t size, std::uint64_t hash);
  /// Likewise, for bytes that take the place of `before`, which may be unknown, in a way that `hint` stands for: what
  /// did so last time is looked at first, which is far faster than to look for it.
  Id intern_after(Id before, unsigned hint, const void* bytes, std::size_t size);
  /// Whether these bytes have the number `id`, which may be unknown.
  bool is(Id id, const void* bytes, std::size_t size) const;
  std::span<const char> operator[](Id id) const { return {records_[id]->bytes, records_[id]->size}; }
  std::size_t size() const { return records_.size(); }
  /// Bytes of memory held.
  std::size_t memory() const;

 private:
  struct Record {
    Id id;
    std::uint32_t size;
    char bytes[];  ///< so many
  };
  /// A record's address, and above it sixteen bits of its hash: most that do not fit are passed over without a look.
  using Slot = std::uint64_t;

  const Record* store(const void* bytes, std::size_t size);
  void put(std::uint64_t hash, const Record* record);
  void grow();

  std::vector<const Record*> records_;
  std::vector<Slot, LargePages<Slot>>
      table_;                  ///< open addressing; a power of two of places, at most two thirds of them taken; 0: free
  std::vector<Id> followers_;  ///< guesses: by a hash of what was before and the hint; a power of two
  std::vector<std::vector<char, LargePages<char>>> chunks_;
  std::size_t chunk_left_ = 0;
  char* chunk_at_ = nullptr;
  std::size_t stored_ = 0;  ///< bytes of all chunks
};

}  // namespace heddle::search
