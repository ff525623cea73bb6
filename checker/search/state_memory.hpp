// States as values: the present moment of an execution is taken down, and put back, in pieces.
//
// A state is a tuple of numbers, as in SPIN's collapse compression (Holzmann, "State Compression in SPIN", 1997): one
// for the values of locations, one for the globals, one for each thread, which is itself a tuple of its record, its
// stack, its heap, its last plain accesses and its process's globals. Each piece is stored once, however many states
// have it, and of a transition only the pieces that changed are hashed or copied.
//
// What is in a state and what is not decides what a cycle is. In it is all that the harness could find out: the live
// part of each stack (below the stack pointer everything is cleared before a thread runs, so that what calls have left
// there makes no two states differ), heaps, globals, thread_locals, what each thread waits for, and the values of
// locations. Not in it are clocks of events, sites of accesses and counters of the engine.
//
// A thread's *last accesses* are those to plain data since its last operation. Two threads whose last accesses conflict
// race: neither has done anything since that could order them.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "checker/graph/state_graph.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/interner.hpp"
#include "checker/search/state_hashes.hpp"

namespace heddle::search {

using core::LocationId;
using core::ThreadId;
using core::Value;
using graph::StateId;

class StateMemory final : public runtime::StateKeeper {
 public:
  /// `hashed`: states are known by hashes (state_hashes.hpp), and only those to be expanded are held.
  explicit StateMemory(runtime::Execution& execution, bool hashed = false);
  ~StateMemory() override;

  /// Takes the present state down. To be called where no thread runs.
  void take_down();
  /// Appends the numbers of the states that were taken down since the last call, in that order; numbers are dense.
  /// Where there are millions of states it is the faster the more are looked for at once.
  void number_all(std::vector<StateId>& numbers);
  /// Takes note of what is present without giving it a number: what is restored next is put in its place.
  void look();
  /// Makes `state`, which is held, the present one.
  void restore(StateId state);
  /// Whether `state` can be restored: always, unless states are hashed; then the first one and the one to be expanded.
  bool holds(StateId state) const { return !hashes_ || state == 0 || state == expanded_; }
  /// `state` is to be expanded: called for each state in its turn, 0 first.
  void begin_expansion(StateId state);
  std::size_t size() const { return hashes_ ? hashes_->size() : states_.size(); }
  /// Bytes of memory held.
  std::size_t memory() const;

  /// The execution is about to be started afresh: nothing is present.
  void begin_execution();
  /// `thread` is about to move: what it does up to its next operation is told by the next two.
  void begin_move(ThreadId thread);
  bool progressed() const { return progressed_; }
  /// The priority that the moving thread has given itself, if it has.
  std::optional<int> priority() const { return priority_; }
  /// A thread whose last accesses conflict with what the moving one has done; no_thread where there is none.
  ThreadId raced_with() const { return raced_with_; }
  /// To be called where the thread that moved will go no further: the present state is none.
  void abandon_move();
  /// The thread has stopped at its next operation.
  void end_move(ThreadId thread);

  Value value(LocationId id) const { return values_[id].value; }
  void set_value(LocationId id, Value value) { values_[id].value = value; }
  /// What a scheduler model remembers.
  std::vector<char>& scheduler() { return scheduler_; }

  void location_made(LocationId id, Value initial) override;
  void location_adopted(LocationId id, Value initial) override;
  Value location_value(LocationId id) const override { return value(id); }
  void location_ended(LocationId id) override;
  void plain_access(ThreadId thread, const runtime::Shadow* object, bool write) override;
  void memory_made(const void* begin, std::size_t bytes) override;
  void progress(ThreadId) override { progressed_ = true; }
  void set_priority(ThreadId, int priority) override { priority_ = priority; }

 private:
  using Id = Interner::Id;

  struct Slot {
    Value value;
    std::uint64_t known = 0;  ///< whether it has a value: it is alive, or was used (a global)
  };
  struct Access {
    std::uintptr_t object;  ///< with the lowest bit set for a write
    bool operator==(const Access&) const = default;
  };
  /// What a move may change in the record of another thread.
  struct ForOthers {
    std::size_t heap_used = 0;
    std::uint32_t live_blocks = 0;
    runtime::ThreadStatus status = runtime::ThreadStatus::unborn;
    bool detached = false;
    bool died = false;
    runtime::Process process;
    const void* shared = nullptr;
    const void* robust = nullptr;
    bool operator==(const ForOthers&) const = default;
  };
  /// A state that was taken down and has no number yet.
  struct Taken {
    std::size_t begin;  ///< of its numbers in taken_ids_
    std::size_t count;
    std::uint64_t hash;  ///< of these
    StateHashes::Hash wide_hash;
  };
  /// The pieces of a thread.
  struct ThreadIds {
    Id record = Interner::unknown;
    Id stack = Interner::unknown;
    Id heap = Interner::unknown;
    Id accesses = Interner::unknown;
    Id globals = Interner::unknown;  ///< where it is the first of a process, but the main one
    bool operator==(const ThreadIds&) const = default;
  };

  /// The number of these bytes, which were those of `before`, most likely.
  Id number(const void* bytes, std::size_t size, Id before) {
    return pieces_.intern_after(before, mover_, bytes, size);
  }
  StateId number(const Taken& taken);
  Id capture_thread(ThreadId thread);
  ForOthers for_others(ThreadId thread) const;
  bool is_untouched(ThreadId thread) const;
  Id capture_pages();
  void restore_thread(ThreadId thread, Id target);
  void restore_pages(Id target);
  void restore_values(Id target);
  std::span<const Slot> known_values() const;

  runtime::Execution& execution_;
  Interner pieces_;
  Interner threads_;  ///< ThreadIds
  Interner states_;   ///< numbers: values, pages, scheduler, threads …
  // Instead of states_, where states are hashed.
  std::optional<StateHashes> hashes_;
  std::deque<Id> waiting_;        ///< those to be expanded, one after another: how many numbers each has, and these
  std::vector<Id> first_;         ///< the first state
  std::vector<Id> in_expansion_;  ///< the state that is expanded
  StateId expanded_ = 0;          ///< its number

  // What is present now, as far as it is known: unknown where it must be looked at, or put back, afresh.
  std::vector<ThreadIds> thread_ids_;
  std::vector<ForOthers> for_others_;  ///< of each thread, when its record was taken down
  std::vector<Id> thread_tuples_;
  std::vector<Id> page_ids_;
  Id values_id_ = Interner::unknown;
  Id pages_id_ = Interner::unknown;
  Id scheduler_id_ = Interner::unknown;

  std::vector<Slot> values_;
  std::vector<std::vector<Access>> accesses_;  ///< of each thread, since its last operation; sorted at its end
  std::vector<char> scheduler_;
  std::vector<Taken> taken_;
  std::vector<Id> taken_ids_;
  std::vector<Id> tuple_;        ///< for building; a member to keep its memory, as the next
  std::vector<Id> threads_now_;  ///< likewise
  std::vector<Id> wanted_;       ///< the state to be restored
  ThreadId mover_ = 0;           ///< who has moved last
  bool progressed_ = false;
  std::optional<int> priority_;
  ThreadId raced_with_ = core::no_thread;
};

}  // namespace heddle::search
