// Numbers for strings of bytes: the same bytes always have the same number, and each is stored once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace heddle::search {

/// What is stored stays where it is. Numbers are dense, and begin with 0.
class Interner {
 public:
  using Id = std::uint32_t;
  static constexpr Id unknown = 0xFFFF'FFFF;

  Interner();
  /// The number of these bytes. O(size), amortised.
  Id intern(const void* bytes, std::size_t size);
  std::span<const char> operator[](Id id) const { return {entries_[id].bytes, entries_[id].size}; }
  std::size_t size() const { return entries_.size(); }
  /// Bytes of memory held.
  std::size_t memory() const;

 private:
  struct Entry {
    const char* bytes;
    std::uint32_t size;
    std::uint32_t hash;  ///< the upper half: the lower chooses the place in the table
  };

  const char* store(const void* bytes, std::size_t size);
  void grow();

  std::vector<Entry> entries_;
  std::vector<Id> table_;  ///< open addressing; a power of two of places, at most two thirds of them taken
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t chunk_left_ = 0;
  char* chunk_at_ = nullptr;
  std::size_t stored_ = 0;  ///< bytes of all chunks
};

}  // namespace heddle::search
