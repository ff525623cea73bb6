// What the runtime keeps of one harness thread. Plain bytes: checkpoints copy it.
#pragma once

#include "checker/core/operation.hpp"

namespace heddle::runtime {

enum class ThreadStatus : std::uint8_t {
  unborn,
  ready,      ///< its function is to be entered
  pending,    ///< has asked for an operation and waits for what comes of it
  delivered,  ///< has its answer and can run on
  returned,   ///< its function has returned
  stopped,    ///< by a finding, or by heddle::assume
};

struct Thread {
  void* context = nullptr;  ///< where its stack pointer is while it does not run
  void (*entry)(void*) = nullptr;
  void* argument = nullptr;
  core::Operation pending;
  core::Delivery delivery;
  core::Position last_event = core::none;  ///< the event delivered last, or its spawn
  std::uint32_t locations = 0;             ///< how many locations it has made
  std::uint32_t children = 0;              ///< how many threads it has spawned
  std::uint32_t spurious = 0;              ///< how many spurious wake-ups it has seen
  std::uint32_t random_reads = 0;          ///< how many random numbers it has drawn
  std::uint64_t time = 0;                  ///< its clock: nanoseconds since the beginning
  std::uint32_t live_blocks = 0;           ///< blocks of its heap that were not freed
  std::size_t heap_used = 0;               ///< bytes of its heap handed out, headers included
  void* exceptions[2] = {};     ///< the C++ runtime's per-thread exception state: caught, and how many uncaught
  void* after_exit = nullptr;   ///< list of what is to be called after that
  void* thread_exit = nullptr;  ///< list of thread_local destructors to run at its end
  int saved_errno = 0;
  ThreadStatus status = ThreadStatus::unborn;
  bool detached = false;
  bool has_thread_locals = false;  ///< its image of the thread_local block is initialised
};

}  // namespace heddle::runtime
