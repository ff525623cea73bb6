// What the runtime keeps of one harness thread. Plain bytes: checkpoints copy it.
#pragma once

#include "checker/core/operation.hpp"
#include "checker/runtime/rounds.hpp"

namespace heddle::runtime {

enum class ThreadStatus : std::uint8_t {
  unborn,
  ready,      ///< its function is to be entered
  pending,    ///< has asked for an operation and waits for what comes of it
  delivered,  ///< has its answer and can run on
  returned,   ///< its function has returned
  stopped,    ///< by a finding, or by heddle::assume
};

struct SharedBlock;                // processes.hpp
enum class Moment : std::uint8_t;  // likewise

/// What the runtime keeps of a process, in the process's first thread.
struct Process {
  std::size_t inherited = 0;  ///< how much of the heap of `started_by` was in use at its start
  void* reception = nullptr;  ///< what the models keep of its signals
  void* end = nullptr;        ///< likewise of its end
  std::int32_t status = 0;    ///< what it has ended with; the models say what that means
  core::ThreadId started_by = core::no_thread;
  bool threaded = false;                ///< it has started another thread
  bool is_to_die = false;               ///< in this execution, which does not count if the process ends otherwise
  bool keeps_nothing = false;           ///< it ended without its destructors: its memory is not lost, but gone
  bool has_pending = false;             ///< a signal that it has still to take, or that execution does not count
  bool interrupted_everywhere = false;  ///< before and after each of its operations
  bool owns_inherited = false;          ///< its callable, moved, may have brought along memory of `started_by`
  std::uint8_t unused[5] = {};          ///< no padding: it would not be equal

  bool operator==(const Process&) const = default;
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
  std::uint32_t references = 0;            ///< how many atomic_refs it has made since its last event
  std::uint16_t spurious = 0;              ///< how many spurious wake-ups it has seen
  std::uint16_t spurious_failures = 0;     ///< how often its compare_exchange_weak has failed for no reason
  std::uint32_t random_reads = 0;          ///< how many random numbers it has drawn
  std::uint32_t clock_reads = 0;           ///< how often it has looked at a clock
  std::uint32_t clock_doublings = 0;       ///< of these, how many of the last were from one place
  std::uint64_t clock_place = 0;           ///< which: a hash of the calls that led there
  std::uint64_t time = 0;                  ///< its clock: nanoseconds since the beginning
  std::uint32_t live_blocks = 0;           ///< blocks of its heap that were not freed
  std::size_t heap_used = 0;               ///< bytes of its heap handed out, headers included
  void* exceptions[2] = {};     ///< the C++ runtime's per-thread exception state: caught, and how many uncaught
  void* after_exit = nullptr;   ///< list of what is to be called after that
  void* thread_exit = nullptr;  ///< list of thread_local destructors to run at its end
  int saved_errno = 0;
  Process of_process;             ///< where it is the first of a process
  SharedBlock* shared = nullptr;  ///< what it has made that processes share, the newest first
  void (*interrupt)(const core::Operation&, Moment) = nullptr;  ///< is called at its operations
  void* robust = nullptr;                                       ///< list of the robust mutexes that it holds
  core::ThreadId process = 0;                                   ///< its process: the number of that one's first thread
  bool handing_over = false;   ///< it takes its callable over from the process that has started its own
  bool uninterrupted = false;  ///< it is at something that the operating system does in one go
  bool died = false;           ///< its process died: it has ended where it was
  Rounds rounds;               ///< what it did since it last changed something
  ThreadStatus status = ThreadStatus::unborn;
  bool detached = false;
  bool has_thread_locals = false;  ///< its image of the thread_local block is initialised

  /// Whether it asks for something in a state in which it was before, having changed nothing since.
  bool came_back() const { return status == ThreadStatus::pending && rounds.back != 0; }
};

}  // namespace heddle::runtime
