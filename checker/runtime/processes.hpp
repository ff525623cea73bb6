// Processes, as far as the runtime knows them: a number for each thread, and memory that is one process's alone.
//
// All threads run in one address space. Whose an object is follows from where it stands: on the stack or heap of which
// thread; atomics and sync objects among the globals are the main process's. Of other globals each has a copy
// (process_globals.hpp). Watched are operations on sync objects and atomics, accesses to heddle::var, memory that is
// freed, and at the next operation what was written elsewhere on stacks and heaps; other accesses are not seen. A
// process is named by the number of its first thread.
#pragma once

#include <cstddef>

#include "checker/runtime/harness_interface.hpp"

namespace heddle::runtime {

/// Stands before memory that processes share: a segment, or what the operating system keeps. On the heap of the thread
/// that has made it; never freed, and not lost.
struct alignas(16) SharedBlock {
  SharedBlock* next;  ///< what the same thread made before
  std::size_t bytes;  ///< behind this header
  ThreadId maker;
  std::int16_t made_after;  ///< how many events of the maker

  char* begin() { return reinterpret_cast<char*>(this + 1); }
  bool holds(const void* address) const {
    const char* const begin = reinterpret_cast<const char*>(this + 1);
    return address >= begin && address < begin + bytes;
  }
};

/// Zeroed memory that every process may touch; throws std::bad_alloc where the calling thread's heap is full.
SharedBlock* allocate_shared(std::size_t bytes);
/// Calls `visit(block, argument)` for all that was made before, by happens-before; the order is always the same.
void each_shared(void (*visit)(SharedBlock&, void*), void* argument);

/// The number of the process that the calling thread is about to start.
ThreadId next_process();
/// How many of the processes that are started in an execution may die, by --crash.
std::uint64_t most_crashes();
/// Starts the process of that number, whose first thread calls `entry(argument)`: an operation. It `dies` in this
/// execution, or that does not count.
void start_process(ThreadId number, void (*entry)(void*), void* argument, bool dies, const Site& site);
/// The process of the calling thread, and of any.
ThreadId current_process();
ThreadId process_of(ThreadId thread);
/// The process that has started that one.
ThreadId parent_of(ThreadId process);
/// How many threads there are, in all processes.
unsigned thread_count();
/// Where a process was started.
const Site& started_at(ThreadId process);
/// Whether the calling thread's process has started other threads.
bool has_threads();

/// Stops the calling thread with an isolation finding where `object`, which others than its process know nothing of, is
/// memory of another process. Of a global each has a copy.
void require_own(const void* object, const char* kind, const source_location& site);

/// What a process, or a thread that died, has ended with, in the words of the models.
void set_status(std::int32_t status);
std::int32_t status_of(ThreadId thread);
/// What the models keep of the end of a process: whoever starts it says so right then.
void*& end_slot(ThreadId process);

/// While it lives, the calling thread may touch everything: it takes over what its process was started with.
class HandingOver {
 public:
  /// Where that `moves`, it may own memory of the process that has started its own: it is as if it had a copy.
  explicit HandingOver(bool moves);
  ~HandingOver();
  HandingOver(const HandingOver&) = delete;
  HandingOver& operator=(const HandingOver&) = delete;
};

/// While it lives, the calling thread is not interrupted: its process does not die.
class Uninterrupted {
 public:
  Uninterrupted();
  ~Uninterrupted();
  Uninterrupted(const Uninterrupted&) = delete;
  Uninterrupted& operator=(const Uninterrupted&) = delete;

 private:
  bool before_;
};

/// While it lives, what the calling thread does is one operation: it may be interrupted before it and after.
class OneOperation {
 public:
  explicit OneOperation(const Site& site);
  ~OneOperation();
  OneOperation(const OneOperation&) = delete;
  OneOperation& operator=(const OneOperation&) = delete;

 private:
  Site site_;
  bool before_;
};

/// When a thread is interrupted: before an operation, after it, or after a join with a thread that died.
enum class Moment : std::uint8_t { before, after, joined_dead };

/// Has `call(operation, moment)` called before those operations of the calling thread that others could see, and of the
/// threads that it starts: another process, or where there are other threads in its own, anybody. And after a join with
/// a thread that died. Null: no more.
void set_interrupt(void (*call)(const Operation&, Moment));
/// From now on it is called before and after every operation of the process.
void set_interrupted_everywhere();
/// As an operation that others could see: the calling thread may be interrupted here.
void interruption_point(const Site& site);
/// Whether the calling thread's process is to die in this execution. If it ends before that, the execution does not
/// count.
bool is_to_die();
void set_to_die();
/// Whether `process` has still to take a signal. If it waits for ever before that, the execution does not count.
void set_has_pending(ThreadId process, bool has_pending);
/// What the models keep of the signals of the calling thread's process.
void*& reception_slot();
/// Waits for the other threads of the calling thread's process, which is that one's first.
void join_all_threads(const Site& site);
/// Ends the calling thread where it is: no destructor runs. Where it `died`, no thread of its own process goes on that
/// waits for it. The memory of its process is gone with the process's first thread.
[[noreturn]] void end_here(bool died, std::int32_t status);
/// The head of the list of robust mutexes that a thread holds.
void*& robust_list(ThreadId thread);

}  // namespace heddle::runtime
