#include "checker/runtime/foreign_memory.hpp"

#include <algorithm>
#include <cstring>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/interposition.hpp"
#include "checker/runtime/processes.hpp"

namespace heddle::runtime {

void ForeignMemory::note(const char* begin, const char* end) {
  if (begin >= end) return;
  ranges_.push_back({begin, static_cast<std::size_t>(end - begin)});
  copies_.insert(copies_.end(), begin, end);
}

const char* ForeignMemory::changed() const {
  const char* copy = copies_.data();
  for (const Range& range : ranges_) {
    if (std::memcmp(range.begin, copy, range.bytes) != 0)
      return std::mismatch(range.begin, range.begin + range.bytes, copy).first;
    copy += range.bytes;
  }
  return nullptr;
}

/// All but what processes share, and what the running one has taken over from the one that started it.
void Execution::note_foreign_memory() {
  foreign_memory_.forget();
  const ThreadId mine = threads_[current_].process;
  const Process& process = threads_[mine].of_process;
  const ThreadId parent = process.owns_inherited ? threads_[process.started_by].process : core::no_thread;
  for (unsigned t = 0; t < born_; ++t) {
    const Thread& other = threads_[t];
    if (other.process == mine) continue;
    const Piece stack_of_other = stack(static_cast<ThreadId>(t));
    foreign_memory_.note(stack_of_other.begin, stack_of_other.begin + stack_of_other.bytes);
    if (other.process == parent) continue;
    shared_blocks_.clear();
    for (SharedBlock* block = other.shared; block != nullptr; block = block->next) shared_blocks_.push_back(block);
    std::sort(shared_blocks_.begin(), shared_blocks_.end());
    const char* begin = space_.heap(t);
    for (SharedBlock* block : shared_blocks_) {
      foreign_memory_.note(begin, block->begin());
      begin = block->begin() + block->bytes;
    }
    foreign_memory_.note(begin, space_.heap(t) + other.heap_used);
  }
}

void Execution::require_foreign_memory_unchanged(const Operation& operation, const void* caller) {
  const Thread& me = current_thread();
  const char* const changed = me.handing_over ? nullptr : foreign_memory_.changed();
  if (changed == nullptr) return;
  set_inside_harness(false);
  Fault fault{.message = "write, some time before this operation,",
              .site = {operation.site.location, caller},
              .address = changed};
  if (const auto block = block_around(changed)) fault.memory = {*block};
  not_yours(owner_of(changed), std::move(fault));
}

}  // namespace heddle::runtime
