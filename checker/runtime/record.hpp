// What a harness thread is beside its memory, as bytes that are equal where the threads are.
//
// Thread itself has padding, and fields that say what was and not what is: the last answer, the last event. A search
// over states would take two threads that differ there only for two.
#pragma once

#include <cstddef>
#include <type_traits>

#include "checker/runtime/thread.hpp"

namespace heddle::runtime {

struct ThreadRecord {
  void* context;
  void (*entry)(void*);  ///< null once it was entered, as is `argument`
  void* argument;
  const core::Primitive* primitive;
  core::Value operand;
  core::Value expected;
  unsigned char site[sizeof(source_location)];
  const void* caller;
  void* exceptions[2];
  void* thread_exit;
  void* after_exit;
  std::size_t heap_used;
  std::uint64_t time;
  std::uint32_t live_blocks;
  std::uint32_t detached;  ///< 0 or 1
  Process of_process;
  SharedBlock* shared;
  void (*interrupt)(const core::Operation&, Moment);
  void* robust;
  std::uint32_t location;
  std::uint32_t children;
  std::uint16_t spurious;
  std::uint16_t spurious_failures;
  std::uint32_t random_reads;
  std::int32_t saved_errno;
  core::OperationKind kind;
  std::uint8_t code;
  ThreadStatus status;
  bool has_thread_locals;
  core::ThreadId process;
  bool handing_over;
  bool uninterrupted;
  bool died;
  std::uint32_t several;
  std::uint64_t clock_doublings;
  std::uint64_t clock_place;
};
static_assert(std::has_unique_object_representations_v<ThreadRecord>);

}  // namespace heddle::runtime
