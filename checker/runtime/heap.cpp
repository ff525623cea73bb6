#include "checker/runtime/heap.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "checker/runtime/address_space.hpp"
#include "checker/runtime/harness_interface.hpp"

namespace heddle::runtime {

namespace {

constexpr std::size_t granule = 16;
constexpr unsigned char behind_mark = 0xFB;  ///< fills what lies between a block's end and the next block
constinit std::atomic<std::size_t> static_used{0};
constinit std::atomic<bool> static_open{true};

/// The part of a block behind what was asked for; never empty.
std::pair<unsigned char*, unsigned char*> behind(const Block& block) {
  auto* const end = reinterpret_cast<unsigned char*>(const_cast<Block&>(block).begin() + block.bytes);
  return {end - (block.bytes - block.offset - block.asked), end};
}

void mark_behind(const Block& block) {
  const auto [from, to] = behind(block);
  std::fill(from, to, behind_mark);
}

std::size_t offset_in(Block& block, std::size_t alignment) {
  const auto begin = reinterpret_cast<std::uintptr_t>(block.begin());
  return (begin + alignment - 1) / alignment * alignment - begin;
}

/// What a block for so many bytes takes, behind its header; never nothing.
std::size_t body_bytes(Block& block, std::size_t asked, std::size_t alignment) {
  return (offset_in(block, alignment) + asked + granule) / granule * granule;
}

/// Lays a block out at `header`; returns what is handed out. The caller has made sure of the room.
void* lay_out(char* header, std::size_t asked, std::size_t alignment, void* caller) {
  auto* block = reinterpret_cast<Block*>(header);
  const std::size_t offset = offset_in(*block, alignment);
  const std::size_t bytes = body_bytes(*block, asked, alignment);
  *block = Block{bytes, asked, caller, Block::live, static_cast<std::uint32_t>(offset)};
  if (offset >= granule) {  // heap_block looks right before the pointer: leave the way back there
    const std::size_t back = offset + sizeof(Block);
    std::memcpy(block->begin() + offset - sizeof back, &back, sizeof back);
  }
  return block->begin() + offset;
}

std::size_t room_for(std::size_t asked, std::size_t alignment) { return sizeof(Block) + asked + alignment + granule; }

}  // namespace

void* heap_allocate(Thread& thread, ThreadId number, std::size_t bytes, std::size_t alignment, void* caller,
                    unsigned char fill) {
  AddressSpace& space = AddressSpace::instance();
  alignment = std::max(alignment, granule);
  if (bytes > space.heap_bytes() || thread.heap_used + room_for(bytes, alignment) > space.heap_bytes()) return nullptr;
  char* const header = space.heap(number) + thread.heap_used;
  void* result = lay_out(header, bytes, alignment, caller);
  std::memset(result, fill, bytes);
  mark_behind(*reinterpret_cast<Block*>(header));
  thread.heap_used += sizeof(Block) + reinterpret_cast<Block*>(header)->bytes;
  thread.live_blocks++;
  return result;
}

void* heap_allocate_again(Thread& thread, ThreadId number, std::size_t first, std::size_t bytes, std::size_t alignment,
                          void* caller, unsigned char fill) {
  AddressSpace& space = AddressSpace::instance();
  alignment = std::max(alignment, granule);
  char* const end = space.heap(number) + thread.heap_used;
  for (auto* block = reinterpret_cast<Block*>(space.heap(number) + first); reinterpret_cast<char*>(block) < end;
       block = block->next()) {
    if (block->state != Block::freed || block->bytes != body_bytes(*block, bytes, alignment)) continue;
    void* const result = lay_out(reinterpret_cast<char*>(block), bytes, alignment, caller);
    std::memset(result, fill, bytes);
    mark_behind(*block);
    thread.live_blocks++;
    return result;
  }
  return heap_allocate(thread, number, bytes, alignment, caller, fill);
}

void heap_trim(Thread& thread, ThreadId number, std::size_t first) {
  char* const heap = AddressSpace::instance().heap(number);
  char* const end = heap + thread.heap_used;
  char* live_end = heap + first;
  for (auto* block = reinterpret_cast<Block*>(live_end); reinterpret_cast<char*>(block) < end; block = block->next())
    if (block->state == Block::live) live_end = reinterpret_cast<char*>(block->next());
  thread.heap_used = static_cast<std::size_t>(live_end - heap);
}

Block* heap_block(void* pointer) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  if (address % granule != 0) return nullptr;
  auto* block = reinterpret_cast<Block*>(pointer) - 1;
  if (is_intact(*block) && block->offset == 0) return block;
  std::size_t back = 0;
  std::memcpy(&back, static_cast<char*>(pointer) - sizeof back, sizeof back);
  if (back <= sizeof(Block) || back > AddressSpace::slot_bytes) return nullptr;
  block = reinterpret_cast<Block*>(static_cast<char*>(pointer) - back);
  if (!AddressSpace::instance().contains(block)) return nullptr;
  return is_intact(*block) && block->begin() + block->offset == pointer ? block : nullptr;
}

void heap_free(Block& block) {
  block.state = Block::freed;
  std::memset(block.begin() + block.offset, static_cast<int>(freed_mark & 0xFF), block.asked);
}

bool intact_behind(const Block& block) {
  const auto [from, to] = behind(block);
  return std::all_of(from, to, [](unsigned char byte) { return byte == behind_mark; });
}

bool untouched_since_freed(const Block& block) {
  const char* begin = const_cast<Block&>(block).begin() + block.offset;
  return std::all_of(begin, begin + block.asked,
                     [](char c) { return static_cast<unsigned char>(c) == (freed_mark & 0xFF); });
}

void* static_allocate(std::size_t bytes, std::size_t alignment, void* caller) {
  if (!static_open.load(std::memory_order_relaxed)) return nullptr;
  alignment = std::max(alignment, granule);
  const std::size_t limit = AddressSpace::slot_bytes - AddressSpace::largest_stack;
  const std::size_t room = (room_for(bytes, alignment) + granule - 1) / granule * granule;
  if (bytes > limit / 2) return nullptr;
  const std::size_t at = static_used.fetch_add(room, std::memory_order_relaxed);
  if (at + room > limit) return nullptr;
  char* const header = AddressSpace::instance().heap(AddressSpace::static_slot) + at;
  void* result = lay_out(header, bytes, alignment, caller);
  reinterpret_cast<Block*>(header)->bytes = room - sizeof(Block);
  mark_behind(*reinterpret_cast<Block*>(header));
  return result;
}

std::size_t static_heap_used() { return static_used.load(std::memory_order_relaxed); }
bool in_static_initialisation() { return static_open.load(std::memory_order_relaxed); }
void end_static_initialisation() { static_open.store(false, std::memory_order_relaxed); }

}  // namespace heddle::runtime
