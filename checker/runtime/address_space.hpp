// Where harness threads live: a fixed region of memory with a slot for each thread.
//
//   | guard page | room of ours | stack, growing down | heap, growing up | next slot …
//
// Operations are answered on the stack of the thread that asks. So that this never fails, a thread may not ask for one
// from below its stack, where the room of ours begins.
//
// The addresses are the same in every execution, so that a thread that runs again finds everything where it was. Pages
// that were never touched cost nothing. Two more slots stand after the threads'.
#pragma once

#include <atomic>
#include <cstddef>

#include "checker/core/types.hpp"

namespace heddle::runtime {

class AddressSpace {
 public:
  /// The region of this process; reserved when first asked for and kept. Later calls may only change the sizes while
  /// nothing lives in it. Throws heddle::Error where the address space is not to be had.
  static AddressSpace& instance() {
    AddressSpace* const known = the_instance.load(std::memory_order_acquire);
    return known != nullptr ? *known : reserve();
  }

  /// Whether instance() has been called. Safe at any time, before static initialisation too.
  static bool reserved() { return the_instance.load(std::memory_order_acquire) != nullptr; }

  static constexpr std::size_t slot_bytes = std::size_t{1} << 30;
  static constexpr std::size_t largest_stack = std::size_t{64} << 20;
  static constexpr std::size_t room_of_ours = std::size_t{64} << 10;
  static constexpr unsigned static_slot = core::max_threads;      ///< the heap of static initialisation
  static constexpr unsigned shadow_slot = core::max_threads + 1;  ///< readers that do not fit into a Shadow
  static constexpr unsigned slots = core::max_threads + 2;

  void set_sizes(std::size_t stack_bytes, std::size_t heap_bytes);
  std::size_t stack_bytes() const { return stack_bytes_; }
  std::size_t heap_bytes() const { return heap_bytes_; }

  char* slot(unsigned number) const { return base_ + number * slot_bytes; }
  /// One past the highest byte of the stack.
  char* stack_top(unsigned thread) const { return slot(thread) + largest_stack; }
  /// Below this address nothing may be touched.
  char* stack_guard(unsigned thread) const { return stack_top(thread) - stack_bytes_ - room_of_ours; }
  char* heap(unsigned number) const { return slot(number) + largest_stack; }
  bool contains(const void* address) const { return address >= base_ && address < base_ + slots * slot_bytes; }
  /// The slot of an address inside the region.
  unsigned slot_of(const void* address) const {
    return static_cast<unsigned>(static_cast<std::size_t>(static_cast<const char*>(address) - base_) / slot_bytes);
  }
  /// Gives the threads' pages back to the system.
  void release();

 private:
  AddressSpace();
  static AddressSpace& reserve();

  static std::atomic<AddressSpace*> the_instance;
  char* base_ = nullptr;
  std::size_t stack_bytes_ = std::size_t{256} << 10;
  std::size_t heap_bytes_ = std::size_t{64} << 20;
};

}  // namespace heddle::runtime
