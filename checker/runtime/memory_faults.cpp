// Memory of the harness: what is handed out and given back, and what went wrong with it.
//
// Seen where it happens: memory freed twice, and what was written behind a block, when that is freed. Seen at the end
// of an execution: the same for blocks that live on, writes to freed memory, and memory that nothing leads to any more.
// A read of freed memory is not seen unless it leads somewhere: what it finds is filled with a mark. Nor is an access
// that nothing orders against the free: it is run before. To see both, every access would have to be compiled into a
// call; docs/writing_a_harness.md says what to do instead.
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/heap.hpp"
#include "checker/runtime/interposition.hpp"

namespace heddle::runtime {

namespace {

std::string of_bytes(std::size_t bytes) { return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes"); }

MemoryBlock block_of(const Block& block) { return {const_cast<Block&>(block).given(), block.asked}; }

Fault overrun(const Block& block) {
  if (!is_intact(block))
    return {.kind = FindingKind::crash, .message = "memory before the first block of a thread's heap was written to"};
  return {.kind = FindingKind::crash,
          .message = "memory behind the end of a block of " + of_bytes(block.asked) + " was written to",
          .memory = {block_of(block)}};
}

Fault never_allocated() {
  return {.kind = FindingKind::double_free, .message = "free of an address that no allocation returned"};
}

/// Whether nothing is mapped there.
bool is_nowhere(const void* address) {
  const auto page = reinterpret_cast<std::uintptr_t>(address) / UserGlobals::page_bytes * UserGlobals::page_bytes;
  unsigned char ignored = 0;
  return mincore(reinterpret_cast<void*>(page), 1, &ignored) != 0 && errno == ENOMEM;
}

/// Calls `visit` for each block of a heap; the last one, whose successor is no block any more, comes with `broken`.
template <class Visitor>
void each_block(char* begin, const char* end, Visitor visit) {
  auto* block = reinterpret_cast<Block*>(begin);
  bool broken = begin < end && !is_intact(*block);
  while (reinterpret_cast<char*>(block) < end) {
    Block* const next = block->next();
    const auto* const next_begin = reinterpret_cast<char*>(next);
    broken = broken || next_begin > end || (next_begin < end && !is_intact(*next));
    visit(*block, broken);
    if (broken) return;
    block = next;
  }
}

}  // namespace

void* Execution::allocate(std::size_t bytes, std::size_t alignment, void* caller) {
  Thread& thread = current_thread();
  void* const memory = keeper_ == nullptr
                           ? heap_allocate(thread, current_, bytes, alignment, caller, fill())
                           : heap_allocate_again(thread, current_, first_heap_byte(), bytes, alignment, caller, fill());
  if (memory == nullptr) {
    heap_was_full_ = true;
    return nullptr;
  }
  if (journal_ != nullptr || keeper_ != nullptr) {
    set_inside_harness(false);
    if (journal_ != nullptr) journal_->allocated(memory, call_chain());
    if (keeper_ != nullptr) keeper_->memory_made(memory, bytes);
    set_inside_harness(true);
  }
  return memory;
}

void Execution::release(void* pointer) {
  Block* block = heap_block(pointer);
  const auto stop_here = [&](Fault fault) {
    set_inside_harness(false);  // what follows is ours, not memory of the harness
    fault.site.caller = __builtin_return_address(0);
    stop(fault);
  };
  if (block == nullptr) {
    set_inside_harness(false);
    stop_here(memory_fault(false).value_or(never_allocated()));  // the header was written over, perhaps
  }
  if (has_processes_ && !may_free(block)) {
    set_inside_harness(false);
    not_yours(owner_of(block),
              {.message = "free", .site = Site(__builtin_return_address(0)), .memory = {block_of(*block)}});
  }
  if (block->state == Block::freed)
    stop_here({.kind = FindingKind::double_free,
               .message = of_bytes(block->asked) + " of memory freed twice",
               .memory = {block_of(*block)}});
  if (!intact_behind(*block)) stop_here(overrun(*block));
  if (keeper_ == nullptr && referred_.size() != 0)
    require_not_referred(block->begin(), block->bytes, Site(__builtin_return_address(0)));
  if (journal_ != nullptr) {
    set_inside_harness(false);
    journal_->freed(pointer, call_chain());
    set_inside_harness(true);
  }
  heap_free(*block);
  const unsigned slot = AddressSpace::instance().slot_of(pointer);
  if (slot >= core::max_threads) return;
  if (has_processes_ && threads_[slot].process != current_thread().process && !current_thread().handing_over) {
    set_inside_harness(false);
    note_foreign_memory();
    set_inside_harness(true);
  }
  threads_[slot].live_blocks--;
  if (keeper_ != nullptr) heap_trim(threads_[slot], static_cast<ThreadId>(slot), first_heap_byte());
}

/// The block of some heap in which the address is.
std::optional<MemoryBlock> Execution::block_around(const void* address) const {
  const unsigned slot = space_.slot_of(address);
  std::optional<MemoryBlock> found;
  if (address < space_.heap(slot)) return found;
  each_block(space_.heap(slot) + first_heap_byte(), space_.heap(slot) + threads_[slot].heap_used,
             [&](const Block& block, bool) {
               if (static_cast<const void*>(&block) <= address) found = block_of(block);
             });
  return found;
}

void Execution::release_foreign(const void* pointer) {
  // What was allocated before the check stays, for the next execution needs it again.
  if (!globals_.holds(pointer) && !is_nowhere(pointer)) return;
  set_inside_harness(false);
  Fault fault = never_allocated();
  fault.site.caller = __builtin_return_address(0);
  stop(fault);
}

std::optional<Fault> Execution::memory_fault(bool leaks) const {
  const AddressSpace& space = AddressSpace::instance();
  std::optional<Fault> fault;
  std::uint32_t live = 0;
  for (unsigned id = 0; id < born_ && !fault; ++id) {
    live += threads_[id].live_blocks;
    each_block(space.heap(id) + first_heap_byte(), space.heap(id) + threads_[id].heap_used,
               [&](const Block& block, bool broken) {
                 if (!fault && (broken || !intact_behind(block))) fault = overrun(block);
                 if (!fault && block.state == Block::freed && !untouched_since_freed(block))
                   fault = Fault{.kind = FindingKind::use_after_free,
                                 .message = of_bytes(block.asked) + " of freed memory were written to",
                                 .memory = {block_of(block)}};
               });
  }
  return fault || !leaks || live == 0 ? fault : lost_memory();
}

/// Whether memory went with a process that ended without its destructors.
bool Execution::is_gone(const Block* block) const { return process(owner_of(block)).keeps_nothing; }

/// What the globals lead to, directly or through other blocks, is not lost (as in LeakSanitizer).
std::optional<Fault> Execution::lost_memory() const {
  const AddressSpace& space = AddressSpace::instance();
  std::vector<std::pair<std::uintptr_t, Block*>> blocks;  // by address
  for (unsigned id = 0; id < born_; ++id) {
    each_block(space.heap(id) + first_heap_byte(), space.heap(id) + threads_[id].heap_used, [&](Block& block, bool) {
      if (block.state == Block::live) blocks.emplace_back(reinterpret_cast<std::uintptr_t>(block.begin()), &block);
    });
  }
  std::vector<bool> reached(blocks.size());
  std::vector<std::size_t> work;
  const auto reach = [&](void* word) {
    const auto address = reinterpret_cast<std::uintptr_t>(word);
    auto after = std::upper_bound(blocks.begin(), blocks.end(), address,
                                  [](std::uintptr_t a, const auto& b) { return a < b.first; });
    if (after == blocks.begin()) return;
    const auto i = static_cast<std::size_t>(after - blocks.begin()) - 1;
    if (address >= blocks[i].first + std::max<std::size_t>(blocks[i].second->bytes, 1) || reached[i]) return;
    reached[i] = true;
    work.push_back(i);
  };
  globals_.each_word(reach);
  process_globals_.each_word(reach);
  for (unsigned id = 0; id < born_; ++id) reach(threads_[id].shared);
  for (unsigned id = 0; id < born_; ++id) {  // a detached thread may still wait, and owns what its stack leads to
    if (!has_stack(threads_[id])) continue;
    for (char* p = static_cast<char*>(threads_[id].context); p + sizeof(void*) <= stack_top(static_cast<ThreadId>(id));
         p += sizeof(void*))
      reach(*reinterpret_cast<void**>(p));
  }
  while (!work.empty()) {
    Block* block = blocks[work.back()].second;
    work.pop_back();
    for (char* p = block->begin(); p + sizeof(void*) <= block->begin() + block->bytes; p += sizeof(void*))
      reach(*reinterpret_cast<void**>(p));
  }
  Fault fault{.kind = FindingKind::leak};
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (reached[i] || is_gone(blocks[i].second)) continue;
    bytes += blocks[i].second->asked;
    fault.memory.push_back(block_of(*blocks[i].second));
  }
  if (fault.memory.empty()) return std::nullopt;
  const std::size_t lost = fault.memory.size();
  fault.message = of_bytes(bytes) + " in " + std::to_string(lost) + (lost == 1 ? " block" : " blocks") +
                  (bytes == 1 ? " was" : " were") + " never freed";
  return fault;
}

}  // namespace heddle::runtime
