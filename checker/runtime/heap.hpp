// The heap of a harness thread: blocks one after another, never used again before the execution ends. (A search over
// states, for which executions need not end, has them used again: heap_allocate_again.)
//
// A thread's n-th allocation always has the same address. Freed blocks are filled with freed_mark, so that an operation
// on a freed object, a second delete, and a write after the delete are seen.
#pragma once

#include <cstddef>
#include <cstdint>

#include "checker/runtime/address_space.hpp"
#include "checker/runtime/thread.hpp"

namespace heddle::runtime {

using core::ThreadId;

/// Stands before each block. Blocks follow each other without gaps, so that a heap can be walked.
struct Block {
  static constexpr std::uint32_t live = 0x4C495645;
  static constexpr std::uint32_t freed = 0x46524545;

  std::size_t bytes;     ///< from the end of this header to the next
  std::size_t asked;     ///< what was asked for
  void* caller;          ///< return address of the allocation
  std::uint32_t state;   ///< live or freed
  std::uint32_t offset;  ///< from the end of this header to what was handed out (alignment)

  char* begin() { return reinterpret_cast<char*>(this + 1); }
  char* given() { return begin() + offset; }  ///< what was handed out
  Block* next() { return reinterpret_cast<Block*>(begin() + bytes); }
};
static_assert(sizeof(Block) == 32);

/// A block of `bytes`, aligned; null where the heap is full. New memory is filled with `fill`.
void* heap_allocate(Thread& thread, ThreadId number, std::size_t bytes, std::size_t alignment, void* caller,
                    unsigned char fill);
/// As heap_allocate, but takes a freed block of just the size where there is one: the lowest. The first block begins at
/// `first` bytes. O(blocks).
void* heap_allocate_again(Thread& thread, ThreadId number, std::size_t first, std::size_t bytes, std::size_t alignment,
                          void* caller, unsigned char fill);
/// Gives the freed blocks at the heap's end back, so that equal contents are equal heaps. O(blocks).
void heap_trim(Thread& thread, ThreadId number, std::size_t first);
/// Whether that can be a block's header, as far as can be told: where memory was written behind its end it may not be.
inline bool is_intact(const Block& header) {
  return (header.state == Block::live || header.state == Block::freed) && header.bytes < AddressSpace::slot_bytes &&
         header.asked < header.bytes && header.offset < header.bytes - header.asked;
}
/// The block that `pointer` was handed out from, or null where it was not, or its header is not intact.
Block* heap_block(void* pointer);
/// Fills a live block with the freed mark.
void heap_free(Block& block);
/// Whether nothing was written between what was asked for and the next block.
bool intact_behind(const Block& block);
/// Whether a freed block still holds what heap_free left there.
bool untouched_since_freed(const Block& block);

/// The heap of static initialisation, which belongs to the harness's globals: open until main is entered. Safe for
/// several system threads.
void* static_allocate(std::size_t bytes, std::size_t alignment, void* caller);
std::size_t static_heap_used();
bool in_static_initialisation();
/// From now on the heap of static initialisation hands out nothing more.
void end_static_initialisation();

}  // namespace heddle::runtime
