#include "checker/search/interner.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace heddle::search {

namespace {
constexpr unsigned address_bits = 48;
constexpr std::uint64_t address_mask = (std::uint64_t{1} << address_bits) - 1;
constexpr std::size_t first_guesses = 1u << 12;
constexpr std::size_t most_guesses = 1u << 22;
constexpr std::size_t first_chunk = std::size_t{4} << 10;
constexpr std::size_t largest_chunk = std::size_t{4} << 20;

/// What has no bytes may have no address either.
bool equal(const void* a, const void* b, std::size_t size) { return size == 0 || std::memcmp(a, b, size) == 0; }
}  // namespace

Interner::Interner() : table_(64, 0) {}

bool Interner::is(Id id, const void* bytes, std::size_t size) const {
  return id != unknown && records_[id]->size == size && equal(records_[id]->bytes, bytes, size);
}

Interner::Id Interner::intern_after(Id before, unsigned hint, const void* bytes, std::size_t size) {
  if (before == unknown) return intern(bytes, size);
  if (followers_.size() < std::min(most_guesses, std::max(first_guesses, 2 * records_.size())))
    followers_.assign(std::max(first_guesses, 2 * followers_.size()), unknown);
  const std::uint64_t key = ((std::uint64_t{before} << 8U) + hint) * 0x9E3779B97F4A7C15U;
  Id& guess = followers_[(key >> 32U) & (followers_.size() - 1)];
  if (is(guess, bytes, size)) return guess;
  if (guess != before && is(before, bytes, size)) return guess = before;
  return guess = intern(bytes, size);
}

std::uint64_t Interner::hash_of(const void* bytes, std::size_t size) { return XXH3_64bits(bytes, size); }

void Interner::fetch_record(std::uint64_t hash) const {
  const Slot slot = table_[hash & (table_.size() - 1)];
  if (slot >> address_bits == hash >> address_bits)
    __builtin_prefetch(reinterpret_cast<const Record*>(slot & address_mask));
}

Interner::Id Interner::intern(const void* bytes, std::size_t size, std::uint64_t hash) {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = hash & mask; table_[at] != 0; at = (at + 1) & mask) {
    if (table_[at] >> address_bits != hash >> address_bits) continue;
    const auto* record = reinterpret_cast<const Record*>(table_[at] & address_mask);
    if (record->size == size && equal(record->bytes, bytes, size)) return record->id;
  }
  if (records_.size() >= unknown - 1) throw Error("more than four thousand million states: a smaller harness, please");
  const Record* const record = store(bytes, size);
  records_.push_back(record);
  put(hash, record);
  if (records_.size() * 3 > table_.size() * 2) grow();
  return record->id;
}

void Interner::put(std::uint64_t hash, const Record* record) {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = hash & mask;
  while (table_[at] != 0) at = (at + 1) & mask;
  const auto address = reinterpret_cast<std::uintptr_t>(record);
  HEDDLE_EXPECTS(address <= address_mask);
  table_[at] = address | (hash & ~address_mask);
}

const Interner::Record* Interner::store(const void* bytes, std::size_t size) {
  const std::size_t room = (sizeof(Record) + size + alignof(Record) - 1) / alignof(Record) * alignof(Record);
  if (room > chunk_left_) {
    const std::size_t usual = std::min(std::max(first_chunk, stored_), largest_chunk);
    chunk_left_ = std::max(room, usual);
    chunks_.emplace_back(chunk_left_);
    chunk_at_ = chunks_.back().data();
    stored_ += chunk_left_;
  }
  auto* const record = new (chunk_at_) Record;
  record->id = static_cast<Id>(records_.size());
  record->size = static_cast<std::uint32_t>(size);
  if (size != 0) std::memcpy(record->bytes, bytes, size);
  chunk_at_ += room;
  chunk_left_ -= room;
  return record;
}

void Interner::grow() {
  const std::size_t places = table_.size() * 2;
  decltype(table_)().swap(table_);  // given back before more is taken
  table_.assign(places, 0);
  for (const Record* record : records_) put(XXH3_64bits(record->bytes, record->size), record);
}

std::size_t Interner::memory() const {
  return stored_ + records_.capacity() * sizeof(const Record*) + table_.capacity() * sizeof(Slot) +
         followers_.capacity() * sizeof(Id);
}

}  // namespace heddle::search
