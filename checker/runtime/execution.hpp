// One execution of the harness: its threads as fibers, its memory, and the way back to an earlier moment.
//
// The execution does nothing by itself. A search advances a thread to its next operation, decides what comes of it, and
// delivers that; or it restores a checkpoint. Everything between two operations of a thread comes back byte for byte
// when the thread runs again with the same deliveries: stacks, heaps and globals are at fixed addresses and belong to
// the checkpoints, clocks and random numbers are served by the runtime.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "checker/core/finding.hpp"
#include "checker/core/options.hpp"
#include "checker/graph/execution_graph.hpp"
#include "checker/runtime/address_space.hpp"
#include "checker/runtime/cleanup_handlers.hpp"
#include "checker/runtime/foreign_memory.hpp"
#include "checker/runtime/globals.hpp"
#include "checker/runtime/harness_interface.hpp"
#include "checker/runtime/large_values.hpp"
#include "checker/runtime/process_globals.hpp"
#include "checker/runtime/record.hpp"
#include "checker/runtime/referred.hpp"
#include "checker/runtime/thread.hpp"
#include "checker/runtime/turn.hpp"

namespace heddle::runtime {

using core::none;
using core::OperationKind;
using core::Position;

struct Block;  // heap.hpp

/// Return addresses, the innermost first.
using CallChain = std::vector<const void*>;

/// The caller's, as far as the unwinder knows it. Slow: for reports only.
CallChain call_chain();

/// Whether stacks are cleared where the frames of the runtime will be, below the harness's, before each operation: a
/// search over states would take two of them for different that differ in dead bytes only (perform.cpp).
void set_clear_stacks(bool clear);

/// A piece of the harness's heap.
struct MemoryBlock {
  const void* address = nullptr;
  std::size_t bytes = 0;
};

/// Why a thread was stopped.
struct Fault {
  FindingKind kind = FindingKind::crash;
  std::string message = {};
  std::string detail = {};  ///< what differs from one execution to the next: values
  Site site = {};
  CallChain from = {};                  ///< the thread's stack there
  std::optional<Site> other_site = {};  ///< of a race: the access before
  ThreadId other_thread = core::no_thread;
  std::optional<Site> object = {};  ///< where the object at fault was made
  const void* address = nullptr;    ///< of that object, or of the memory
  LocationId location = 0;          ///< that object, where it is a location
  bool write = false;               ///< of a race: whether this access, and the one before, wrote
  bool other_write = false;
  std::vector<MemoryBlock> memory = {};  ///< lost, freed twice, or written to where it must not be
  std::string explanation = {};          ///< of a fault that explains itself
  std::vector<ThreadId> threads = {};    ///< likewise: those at fault
  /// Events that must happen in this order, beside what the trace asks for, so that the fault can be seen.
  std::vector<std::pair<Position, Position>> in_order = {};
};

/// Called in a replay under a debugger, before the step from which a thread runs on to the fault: a place for a
/// breakpoint.
void before_fault();
/// Called where a thread is stopped by a fault, on its stack or in the handler of its signal: another such place.
void at_fault();
/// For a debugger: where the saved registers of a harness thread are; null where it has none.
extern "C" void* heddle_thread_context(int thread);
/// For a debugger: prints which threads there are. Returns their number.
extern "C" int heddle_print_threads();

/// An object that the harness has made: a location, or plain data. Kept only while there is a journal.
struct MadeObject {
  const void* address = nullptr;
  const char* kind = "";  ///< the name of the primitive, or "var"
  Site site = {};
  CallChain from = {};
  LocationId location = 0;  ///< 0 for plain data
};

/// A read or write of plain data.
struct PlainAccess {
  bool write = false;
  const Shadow* shadow = nullptr;  ///< which data
  Site object = {};                ///< where that was made
  Site site = {};
  PlainValue value = {};
};

/// Told what is no operation, while a schedule is replayed for its report.
class Journal {
 public:
  virtual ~Journal() = default;
  /// `thread` asks for an operation; the call chain says from where, the innermost first.
  virtual void asks(ThreadId thread, const CallChain& from) = 0;
  virtual void plain_access(ThreadId thread, const PlainAccess& access, const CallChain& from) = 0;
  /// Memory was handed out, or given back.
  virtual void allocated(const void* memory, const CallChain& from) = 0;
  virtual void freed(const void* memory, const CallChain& from) = 0;
  /// heddle::progress was called.
  virtual void progress(ThreadId thread, const Site& site, const CallChain& from) = 0;
  /// Where `thread` is, for who stands in a debugger.
  virtual std::string whereabouts(ThreadId thread) const = 0;
};

/// Who decides what comes of operations. Most need no other thread to run first: those are answered on the spot,
/// without leaving the fiber.
class Answerer {
 public:
  virtual ~Answerer() = default;
  /// Delivers the pending operation of `thread`, which is running, if nothing else has to happen before; says whether.
  virtual bool answer_at_once(ThreadId thread) = 0;
};

/// Who keeps the values of locations and judges plain data where no graph does: a search over states.
class StateKeeper {
 public:
  virtual ~StateKeeper() = default;
  virtual void location_made(LocationId id, Value initial) = 0;
  /// A global is used: for the first time, perhaps.
  virtual void location_adopted(LocationId id, Value initial) = 0;
  virtual Value location_value(LocationId id) const = 0;
  virtual void location_ended(LocationId id) = 0;
  virtual void plain_access(ThreadId thread, const Shadow* object, bool write) = 0;
  /// Memory was handed out that may have held other objects before.
  virtual void memory_made(const void* begin, std::size_t bytes) = 0;
  virtual void progress(ThreadId thread) = 0;
  virtual void set_priority(ThreadId thread, int priority) = 0;
};

/// Where the harness asks for an operation.
struct From {
  const char* registers = nullptr;  ///< see Execution::note_round
  const void* caller = nullptr;     ///< the return address
};

class Execution {
 public:
  Execution(const Options& options, const std::function<void()>& harness);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  /// The graph whose clocks judge races, and which learns initial values. Positions delivered are positions in it.
  void use(graph::ExecutionGraph& graph) { graph_ = &graph; }
  void set_interleaves(bool interleaves) { interleaves_ = interleaves; }
  void set_journal(Journal* journal) { journal_ = journal; }
  bool has_journal() const { return journal_ != nullptr; }
  const Journal* journal() const { return journal_; }
  void set_answerer(Answerer* answerer) { answerer_ = answerer; }
  /// Instead of a graph. Freed memory is then used again, and locations are numbered by their addresses: what an
  /// endless loop makes and destroys in each round does not make its rounds differ.
  /// Null ends that. Either way what was numbered before is forgotten.
  void keep_states(StateKeeper* keeper);
  bool keeps_states() const { return keeper_ != nullptr; }
  LargeValues& large_values() { return large_values_; }

  /// Back to the beginning: the main thread ready, nothing else. `perturbed` changes what no harness may depend on:
  /// addresses, clocks, random numbers, uninitialised memory.
  void start(bool perturbed = false);

  unsigned thread_count() const { return born_; }
  const Thread& thread(ThreadId id) const { return threads_[id]; }
  /// Whether `id` may wait for ever: it is detached, and the first thread of its process has ended, with which the
  /// process ends.
  bool is_left_behind(ThreadId id) const {
    return threads_[id].detached && threads_[threads_[id].process].status == ThreadStatus::returned;
  }
  /// Whether `id` waits for the end of a thread that has not ended: if anybody is to blame for that, it is that thread.
  bool waits_for_end(ThreadId id) const {
    const Operation& pending = threads_[id].pending;
    return threads_[id].status == ThreadStatus::pending && pending.kind == OperationKind::join &&
           threads_[pending.operand.low].status != ThreadStatus::returned;
  }
  /// Whether some process has to go on before the execution may count as ended: it is to die.
  bool is_unfinished() const;
  /// Runs a thread that is ready or delivered until its next operation is pending.
  void advance(ThreadId id);
  /// Advances a thread that is ready or delivered; another has nothing to run.
  void advance_if_able(ThreadId id) {
    if (threads_[id].status == ThreadStatus::ready || threads_[id].status == ThreadStatus::delivered) advance(id);
  }
  /// Answers the pending operation of `id`, which has become event `at` of the graph.
  void deliver(ThreadId id, const Delivery& delivery, Position at) {
    threads_[id].delivery = delivery;
    delivered(id, at);
  }
  /// The fault of the thread whose pending operation is OperationKind::fault.
  const Fault& fault() const { return *fault_; }

  // --- checkpoints: a stack of them, newest last ---
  std::size_t save();
  void restore(std::size_t checkpoint);
  /// Forgets `checkpoint` and all newer ones.
  void forget(std::size_t checkpoint) { store_used_ = checkpoint; }
  /// Bytes that a checkpoint taken now would hold.
  std::size_t checkpoint_bytes() const;
  std::size_t store_bytes() const { return store_used_; }

  /// What is wrong with the harness's memory at the end of an execution: blocks written behind their end or after they
  /// were freed, and, where `leaks` are asked for, live ones that nothing in its globals leads to.
  std::optional<Fault> memory_fault(bool leaks) const;

  // --- the present moment as a value, thread by thread (record.cpp): what a search over states keeps and puts back ---
  struct Piece {
    char* begin;
    std::size_t bytes;
  };
  ThreadRecord record(ThreadId id) const;
  /// Makes the thread what the record says, as far as it is not memory.
  void adopt(ThreadId id, const ThreadRecord& record);
  /// The live part of a thread's stack; empty where it has none.
  Piece stack(ThreadId id) const {
    const Thread& thread = threads_[id];
    char* const top = stack_top(id);
    char* const pointer = has_stack(thread) ? static_cast<char*>(thread.context) : top;
    return {pointer, static_cast<std::size_t>(top - pointer)};
  }
  Piece heap(ThreadId id) const { return {space_.heap(id), threads_[id].heap_used}; }
  /// Threads from `count` on are not born.
  void set_thread_count(unsigned count);
  /// Has every thread's thread_locals on its stack.
  void settle_thread_locals();

  // --- what harness code asks, on its fiber (harness_interface.cpp) ---
  static Execution* active();
  ThreadId current() const { return current_; }
  Thread& current_thread() { return threads_[current_]; }
  const graph::ExecutionGraph& graph() const { return *graph_; }
  /// How many events `id` has made.
  Position event_count(ThreadId id) const { return events_of(threads_[id], id); }
  /// Whether the execution is an interleaving, so that what happens in it happens in an order.
  bool interleaves() const { return interleaves_; }
  const Delivery& perform(const Operation& operation, From from = {});
  [[noreturn]] void stop(const Fault& fault);
  /// Stops the calling thread: the search that is running cannot do what the harness asks for, and is to end with this.
  [[noreturn]] void refuse(const std::string& why);
  const std::string& refusal() const { return refusal_; }
  /// The harness asks for more than a check has, and is not followed further there.
  void reach_limit(std::string what) { limit_ = std::move(what); }
  /// What it has asked for last, if it has: not everything is covered then.
  const std::string& limit() const { return limit_; }
  LocationId make_location(const void* object, const Primitive& primitive, Value initial, const source_location& site);
  void begin_plain(Shadow& shadow, const Site& made_at);
  void note_made(const void* object, const char* kind, const Site& site, LocationId location);
  LocationId adopt_location(const void* object, const Primitive& primitive, Value initial, const source_location& site);
  ThreadId next_child();
  void plain_access(Shadow& shadow, bool write, const Site& object, const Site& site, PlainValue value);
  void detach(ThreadId id) { threads_[id].detached = true; }
  void end_location(LocationId location, const Primitive& primitive, const Site& made_at, const Site& site);
  void end_plain(Shadow& shadow, const Site& made_at, const Site& site);
  void require_waits_in_time(LocationId id, const Primitive& primitive, const Site& site, const WaitTooLate& said);
  void mark_progress(const Site& site);
  void set_priority(int priority);
  /// What a thread has said since this was last asked, beside its operations.
  struct Said {
    std::optional<int> priority = {};  ///< set_priority
    bool progress = false;             ///< mark_progress
  };
  Said take_said() { return std::exchange(said_, {}); }
  void* allocate(std::size_t bytes, std::size_t alignment, void* caller);
  void release(void* pointer);
  /// Memory that stands in no heap of the harness is given back.
  void release_foreign(const void* pointer);
  /// Whether an allocation of the harness has found its heap full.
  bool heap_was_full() const { return heap_was_full_; }
  bool take_spurious_wakeup(const Site& site);
  /// How many processes may die by --crash.
  std::uint64_t crashes() const { return options_.crashes; }
  bool may_fail_spuriously() const { return threads_[current_].spurious_failures < options_.spurious_failures; }
  void failed_spuriously() { current_thread().spurious_failures++; }
  Timeouts timeouts() const { return options_.timeouts; }
  /// Time passes for `thread`, up to two centuries in all.
  static void pass_time(Thread& thread, std::uint64_t nanoseconds) {
    constexpr std::uint64_t most = std::uint64_t{1} << 62;
    thread.time = std::min(most, thread.time + std::min(most, nanoseconds));
  }
  /// What new memory is filled with: no bit of it is the same in a perturbed execution.
  unsigned char fill() const { return perturbed_ ? 0x32 : 0xCD; }
  bool perturbed() const { return perturbed_; }

  // --- processes (processes.cpp) ---
  /// As perform, and signals or death may come before and after it.
  const Delivery& perform_in_process(const Operation& operation, From from = {}) {
    const Thread& me = current_thread();
    if (me.interrupt == nullptr || me.uninterrupted) [[likely]]
      return perform(operation, from);
    return perform_interrupted(operation, from);
  }
  /// Whether an interruption of the calling thread right before that access to plain data makes a difference.
  bool interrupts(const Shadow& data, bool write) const;
  /// Stops the calling thread where `object` is memory of another process.
  void require_own(const void* object, Fault what);
  /// What says whose an object that is made at that address is; to be added to its location.
  LocationId owner_mark(const void* object) const;
  bool watches_processes() const { return has_processes_; }
  /// What is in the memory of other processes from now on is what it should be until the running thread is left.
  void note_foreign_memory();
  Process& process(ThreadId process) { return threads_[process].of_process; }
  const Process& process(ThreadId process) const { return threads_[process].of_process; }
  bool happened_before(ThreadId thread, Position count) const;
  void join_all_threads(const Site& site);
  [[noreturn]] void end_here(bool died);
  void*& robust_list(ThreadId thread) { return threads_[thread].robust; }

  // --- plain objects as locations (referred.cpp) ---
  LocationId refer(const PlainObject& object, const Site& site);
  LocationId locate(const void* object, const ReferredType& type);

  // --- loops that wait (rounds.cpp) ---
  LoopPlaces& loop_places() { return loop_places_; }
  void undo_round(ThreadId id, Position last_event);
  /// Where `id` came back: it has not gone round. Its last events, those of the round, are nothing to go back to.
  void forget_round(ThreadId id);
  /// Threads that wait in loops go round once more before they are known to wait: from where they are.
  void forget_rounds();

  // --- what a location and a place are, for reports ---
  LocationId location_count() const { return static_cast<LocationId>(locations_.size()); }
  const Primitive* primitive_of(LocationId id) const { return locations_[id].primitive; }
  const source_location& made_at(LocationId id) const { return locations_[id].site; }
  const Site& spawned_at(ThreadId id) const { return spawned_at_[id]; }
  /// What was made in this execution, oldest first; empty without a journal.
  const std::vector<MadeObject>& made() const { return made_; }
  /// Grows whenever made() changes.
  std::uint64_t made_version() const { return made_version_; }
  /// The newest object made at `address`; null where none was.
  const MadeObject* made_at_address(const void* address) const;
  std::uint32_t place_number(const Site& site);
  const Site& place(std::uint32_t number) const { return places_[number]; }

  // --- what the signal handler asks ---
  UserGlobals& globals() { return globals_; }
  ProcessGlobals& process_globals() { return process_globals_; }
  std::uint64_t operations() const { return operations_; }
  double watchdog_seconds() const { return watchdog_seconds_; }
  /// Leaves the fiber from outside its control flow; runs on a stack of its own.
  [[noreturn]] void abandon_fiber();
  void set_fault(Fault fault) { fault_ = std::move(fault); }

 private:
  std::optional<Fault> lost_memory() const;
  bool is_gone(const Block* block) const;

  struct LocationInfo {
    const Primitive* primitive = nullptr;
    source_location site;
    std::uint32_t referred = 0;  ///< of a plain object: 1 + its number
  };

  /// Whether the location is one of that kind: memory that another object has taken may name any.
  bool knows(LocationId location, const Primitive* primitive) const {
    return location < locations_.size() && locations_[location].primitive == primitive;
  }
  void require_unchanged(LocationId location, const Site& site, std::size_t number);
  void settle_referred(std::size_t number);
  static void put(Referred& referred, const Value& value);
  Fault race_at(std::size_t number, const Site& site, bool write) const;
  Position not_before(LocationId location, bool writes_only = false) const;
  LocationId refer_in_state(const PlainObject& object, std::size_t number, const source_location& site);
  LocationId new_referred_location(const PlainObject& object, std::size_t number, const source_location& site);
  [[noreturn]] void stop_referring(const char* what, LocationId location, Position other, const Site& site);
  void require_not_referred(const void* begin, std::size_t bytes, const Site& site) const;
  [[noreturn]] void stop_race(const Fault& race, ThreadId other, const Site& other_site, bool other_write);
  void require_no_race(const Shadow& shadow, const Fault& race);
  LocationId referred_location(const Shadow& shadow, const Site& site);

  ThreadId owner_of(const void* address) const;
  bool is_shared(const void* address) const;
  bool may_free(const void* block) const;
  void require_foreign_memory_unchanged(const Operation& operation, const void* caller);
  std::optional<MemoryBlock> block_around(const void* address) const;
  [[noreturn]] void not_yours(ThreadId owner, Fault what);
  void require_own(const Operation& operation);
  bool interrupts(const Operation& operation, bool touches_shared) const;
  [[gnu::noinline]] const Delivery& perform_interrupted(const Operation& operation, From from);
  static Fault object_is_gone(const char* kind, const Site& site);
  // Out of line, and rare: what they need on the stack would otherwise be in the frames of every thread that waits,
  // which are copied and compared again and again.
  [[noreturn, gnu::noinline, gnu::cold]] void stop_gone(const Operation& operation);
  [[noreturn, gnu::noinline, gnu::cold]] void stop_overflow(const Operation& operation);
  [[noreturn, gnu::noinline]] void end_thread();
  [[gnu::noinline]] void require_made(LocationId location, const source_location& site, const void* caller);
  [[gnu::noinline, gnu::cold]] void tell_journal();
  static void fiber_main(void* engine);
  void delivered(ThreadId id, Position at);
  void switch_to_engine();
  void begin_fiber(ThreadId id);
  void enter_thread(ThreadId id);
  void leave_thread(ThreadId id);
  /// Others may use what stands on the stack of a thread that was stopped.
  static bool has_stack(const Thread& thread) {
    if (thread.status != ThreadStatus::pending)
      return thread.status == ThreadStatus::delivered || thread.status == ThreadStatus::stopped;
    return thread.pending.kind != OperationKind::begin && thread.pending.kind != OperationKind::end;
  }
  /// Where the first block of a heap begins; elsewhere in a perturbed execution.
  std::size_t first_heap_byte() const { return perturbed_ ? 0x1550 : 0; }
  char* stack_top(ThreadId id) const {
    const std::size_t shift = perturbed_ ? 4096 + 1040 : 0;
    return space_.stack_top(id) - shift;
  }
  std::size_t bytes_of(ThreadId id) const { return stack(id).bytes + heap(id).bytes; }
  Position events_of(const Thread& thread, ThreadId id) const;
  void note_round(const Operation& operation, From from);
  std::uint64_t compare_rounds(std::uint32_t place, const char* registers, bool was_watched);
  void begin_segment();
  std::uint64_t local_state(const Thread& thread, const char* registers) const;
  template <class Visit>
  bool visit_foreign(const Visit& visit) const;
  bool changed_foreign_memory() const;
  void add_spilled_reader(Shadow& shadow, const Shadow::Access& access);

  Turn turn_;  ///< first, so that it is given up last
  const Options& options_;
  const std::function<void()>& harness_;
  AddressSpace& space_;
  double watchdog_seconds_;
  UserGlobals globals_;
  ProcessGlobals process_globals_{globals_};
  graph::ExecutionGraph* graph_ = nullptr;
  Journal* journal_ = nullptr;
  Answerer* answerer_ = nullptr;
  LargeValues large_values_;
  StateKeeper* keeper_ = nullptr;
  std::vector<Thread> threads_;  ///< max_threads of them, the first born_ in use
  unsigned born_ = 1;
  ThreadId current_ = 0;
  ThreadId thread_local_owner_ = core::no_thread;  ///< whose thread_locals are in the block now
  std::size_t shadow_used_ = 0;
  std::size_t threads_bytes_ = 0;  ///< of the stacks and heaps of all threads but the one that runs
  bool nobody_else_ = false;  ///< since its last operation the running thread was found to be alone: see end_location
  bool perturbed_ = false;
  bool heap_was_full_ = false;
  bool interleaves_ = false;
  bool has_processes_ = false;  ///< some execution has started one: memory is watched
  void* engine_context_ = nullptr;
  int* errno_;  ///< of the system thread that runs the check
  CleanupHandlers cleanup_handlers_;
  void** exception_state_;  ///< likewise: the C++ ABI's __cxa_eh_globals, two words
  std::optional<Fault> fault_;
  std::string refusal_;
  std::string limit_;
  Said said_;
  std::uint64_t operations_ = 0;

  // Numbers given to what threads make, the same in every execution: (thread, how many before) -> number.
  std::vector<std::vector<LocationId>> made_locations_;
  std::vector<std::vector<ThreadId>> children_;
  ThreadId threads_numbered_ = 1;
  std::vector<LocationInfo> locations_;
  std::unordered_map<const void*, LocationId> adopted_;  ///< globals, by address
  /// Of a search over states: by address, kind and place.
  std::map<std::tuple<const void*, const Primitive*, unsigned, unsigned>, LocationId> placed_;
  std::vector<Site> spawned_at_;
  std::vector<MadeObject> made_;
  std::uint64_t made_version_ = 0;
  std::vector<Site> places_;
  std::vector<std::uint32_t> place_index_;  ///< open addressing over places_

  ReferredObjects referred_;
  ForeignMemory foreign_memory_;
  std::vector<SharedBlock*> shared_blocks_;  ///< of one thread, while its memory is noted
  LoopPlaces loop_places_;
  std::vector<RoundStates> round_states_;  ///< of each thread
  /// What was in use when the running thread last went on from a watched operation, of its heap and of written pages.
  struct Segment {
    std::size_t heap_used;
    std::size_t pages;
    bool operator==(const Segment&) const = default;
  };
  std::optional<Segment> segment_began_;  ///< none where there was no room for a copy

  static constexpr std::size_t store_limit = std::size_t{4} << 30;  ///< of address space
  char* store_ = nullptr;                                           ///< checkpoints, one after another
  std::size_t store_used_ = 0;
};

}  // namespace heddle::runtime
