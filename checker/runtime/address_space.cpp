#include "checker/runtime/address_space.hpp"

#include <sys/mman.h>

#include <algorithm>

#include "checker/core/error.hpp"

namespace heddle::runtime {

namespace {
constexpr std::size_t page = 4096;
char* const preferred_base = reinterpret_cast<char*>(0x2000'0000'0000);  // free on Linux x86-64 and arm64
}  // namespace

std::atomic<AddressSpace*> AddressSpace::the_instance{nullptr};

AddressSpace& AddressSpace::reserve() {
  static AddressSpace space;
  the_instance.store(&space, std::memory_order_release);
  return space;
}

AddressSpace::AddressSpace() {
  constexpr std::size_t bytes = slots * slot_bytes;
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* region = mmap(preferred_base, bytes, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);
  if (region == MAP_FAILED) region = mmap(nullptr, bytes, PROT_NONE, flags, -1, 0);
  if (region == MAP_FAILED)
    throw Error("cannot reserve address space for harness threads; is `ulimit -v` set? It must be unlimited");
  base_ = static_cast<char*>(region);
  set_sizes(stack_bytes_, heap_bytes_);
}

void AddressSpace::set_sizes(std::size_t stack_bytes, std::size_t heap_bytes) {
  stack_bytes_ = std::min((stack_bytes + page - 1) / page * page, largest_stack - room_of_ours - page);
  heap_bytes_ = std::min((heap_bytes + page - 1) / page * page, slot_bytes - largest_stack);
  for (unsigned number = 0; number < slots; ++number) {
    // Below the stack and above the heap nothing may be touched: a stack that overflows faults there.
    char* const start = number >= static_slot ? heap(number) : stack_guard(number);
    if (number < static_slot) mprotect(slot(number), static_cast<std::size_t>(start - slot(number)), PROT_NONE);
    const std::size_t used =
        number >= static_slot ? slot_bytes - largest_stack : room_of_ours + stack_bytes_ + heap_bytes_;
    if (mprotect(start, used, PROT_READ | PROT_WRITE) != 0)
      throw Error("cannot make memory for harness threads usable: choose a smaller --stack-size or --heap-size");
    if (number < static_slot) mprotect(heap(number) + heap_bytes_, slot_bytes - largest_stack - heap_bytes_, PROT_NONE);
  }
}

void AddressSpace::release() {
  for (unsigned number = 0; number < core::max_threads; ++number)
    madvise(stack_guard(number), room_of_ours + stack_bytes_ + heap_bytes_, MADV_DONTNEED);
}

}  // namespace heddle::runtime
