#include "checker/runtime/execution.hpp"

#include <cxxabi.h>
#include <sys/mman.h>
#include <unwind.h>

#include <algorithm>
#include <boost/context/detail/fcontext.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "checker/core/error.hpp"
#include "checker/runtime/heap.hpp"
#include "checker/runtime/interposition.hpp"
#include "checker/runtime/signals.hpp"

namespace heddle::runtime {

namespace context = boost::context::detail;

namespace {

Execution* active_execution = nullptr;

}  // namespace

CallChain call_chain() {
  CallChain chain;
  const auto visit = [](_Unwind_Context* frame, void* into) {
    auto& found = *static_cast<CallChain*>(into);
    found.push_back(reinterpret_cast<const void*>(_Unwind_GetIP(frame)));
    return found.size() < 24 ? _URC_NO_REASON : _URC_END_OF_STACK;
  };
  _Unwind_Backtrace(visit, &chain);
  return chain;
}

[[gnu::noinline]] void before_fault() { asm volatile(""); }
[[gnu::noinline]] void at_fault() { asm volatile(""); }

[[gnu::noinline]] void* heddle_thread_context(int number) {
  if (active_execution == nullptr || number < 0 || static_cast<unsigned>(number) >= active_execution->thread_count())
    return nullptr;
  const Thread& thread = active_execution->thread(static_cast<ThreadId>(number));
  if (thread.status == ThreadStatus::delivered && active_execution->current() == number) return nullptr;  // it runs
  return thread.status == ThreadStatus::delivered || thread.status == ThreadStatus::pending ? thread.context : nullptr;
}

[[gnu::noinline]] int heddle_print_threads() {
  if (active_execution == nullptr || !active_execution->has_journal()) return 0;
  const bool inside = inside_check();
  set_inside_harness(false);
  for (unsigned t = 0; t < active_execution->thread_count(); ++t) {
    const std::string name = t == 0 ? "main" : "T" + std::to_string(t);
    std::fprintf(stderr, "  %u  %-4s  %s\n", t, name.c_str(),
                 active_execution->journal()->whereabouts(static_cast<ThreadId>(t)).c_str());
  }
  set_inside_harness(inside);
  return static_cast<int>(active_execution->thread_count());
}

Execution* Execution::active() { return active_execution; }

Execution::Execution(const Options& options, const std::function<void()>& harness)
    : options_(options),
      harness_(harness),
      space_(AddressSpace::instance()),
      watchdog_seconds_(options.watchdog_seconds),
      threads_(core::max_threads),
      errno_(&errno),
      exception_state_(reinterpret_cast<void**>(abi::__cxa_get_globals())) {
  prepare_interposition();
  space_.set_sizes(options.stack_size_kib << 10, options.heap_size_mib << 20);
  void* store = mmap(nullptr, store_limit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (store == MAP_FAILED) throw Error("cannot reserve address space for checkpoints; is `ulimit -v` set?");
  store_ = static_cast<char*>(store);
  locations_.resize(1);
  places_.resize(1);
  spawned_at_.resize(core::max_threads);
  round_states_.resize(core::max_threads);
  made_locations_.resize(core::max_threads);
  children_.resize(core::max_threads);
  install_signal_handlers();
  active_execution = this;
  globals_.protect(static_heap_used());
}

Execution::~Execution() {
  remove_signal_handlers();
  globals_.reset();
  if (thread_local_owner_ != core::no_thread)
    std::memcpy(globals_.thread_local_block(), globals_.thread_local_image(), globals_.thread_local_bytes());
  active_execution = nullptr;
  munmap(store_, store_limit);
  space_.release();
}

void Execution::start(bool perturbed) {
  perturbed_ = perturbed;
  heap_was_full_ = false;
  made_.clear();
  made_version_++;
  globals_.reset();
  process_globals_.start();
  referred_.start(perturbed);
  std::fill_n(threads_.begin(), born_, Thread{});
  born_ = 1;
  shadow_used_ = threads_bytes_ = 0;
  thread_local_owner_ = core::no_thread;
  threads_[0].status = ThreadStatus::ready;
  threads_[0].heap_used = first_heap_byte();
  threads_[0].entry = [](void* harness) { (*static_cast<const std::function<void()>*>(harness))(); };
  threads_[0].argument = const_cast<void*>(static_cast<const void*>(&harness_));
  // What a perturbed execution finds on fresh stacks differs too.
  for (unsigned id = 0; perturbed && id < threads_numbered_; ++id) {
    char* const top = space_.stack_top(id);
    std::memset(top - (std::size_t{16} << 10), fill(), std::size_t{16} << 10);
  }
}

void Execution::begin_fiber(ThreadId id) {
  Thread& thread = threads_[id];
  char* top = stack_top(id);
  if (const std::size_t bytes = globals_.thread_local_bytes(); bytes != 0) {
    top -= (bytes + 63) / 64 * 64;
    std::memcpy(top, globals_.thread_local_image(), bytes);
  }
  thread.has_thread_locals = true;
  // The registers that a fiber begins with lie there. Nobody uses them, but they are saved and compared with its stack.
  std::memset(top - 256, 0, 256);
  // Above the first frame stands no return address, so that a debugger's backtrace ends there.
  thread.context = context::make_fcontext(top - 16, space_.stack_bytes() / 2, [](context::transfer_t from) {
    active_execution->engine_context_ = from.fctx;
    fiber_main(active_execution);
  });
}

void Execution::fiber_main(void* engine) {
  auto& execution = *static_cast<Execution*>(engine);
  set_inside_harness(true);
  Thread& thread = execution.current_thread();
  // Nothing here catches: an exception that nobody takes ends in std::terminate where it is thrown, as in a thread of
  // std, with the stack as it is (signals.cpp).
  thread.entry(thread.argument);
  run_thread_exit(thread);
  execution.end_thread();
}

void Execution::end_thread() {
  // From far below: what the thread's function had on the stack stays, with the marks of objects that have ended. Other
  // threads may still hold pointers there.
  char gap[2048];
  asm volatile("" : : "r"(gap) : "memory");
  perform({.kind = OperationKind::end, .site = spawned_at_[current_]});
  std::abort();  // an ended thread is never resumed
}

/// Brings the block of thread_locals in line with nobody, so that stacks hold every thread's own.
void Execution::settle_thread_locals() {
  const std::size_t bytes = globals_.thread_local_bytes();
  if (bytes == 0 || thread_local_owner_ == core::no_thread) return;
  char* const image = stack_top(thread_local_owner_) - (bytes + 63) / 64 * 64;
  std::memcpy(image, globals_.thread_local_block(), bytes);
  thread_local_owner_ = core::no_thread;
}

void Execution::enter_thread(ThreadId id) {
  Thread& thread = threads_[id];
  if (thread.status == ThreadStatus::ready) begin_fiber(id);
  if (const std::size_t bytes = globals_.thread_local_bytes(); bytes != 0 && thread_local_owner_ != id) {
    settle_thread_locals();
    std::memcpy(globals_.thread_local_block(), stack_top(id) - (bytes + 63) / 64 * 64, bytes);
    thread_local_owner_ = id;
  }
  exception_state_[0] = thread.exceptions[0];
  exception_state_[1] = thread.exceptions[1];
  *errno_ = thread.saved_errno;
  nobody_else_ = false;
}

void Execution::leave_thread(ThreadId id) {
  Thread& thread = threads_[id];
  thread.saved_errno = *errno_;
  thread.exceptions[0] = std::exchange(exception_state_[0], nullptr);
  thread.exceptions[1] = std::exchange(exception_state_[1], nullptr);
}

void Execution::advance(ThreadId id) {
  current_ = id;
  threads_bytes_ -= bytes_of(id);
  enter_thread(id);
  if (has_processes_) {
    process_globals_.enter(threads_[id].process);
    note_foreign_memory();
  }
  const context::transfer_t back = context::jump_fcontext(threads_[id].context, nullptr);
  // Who was interrupted by a signal has left from another stack, and will not come back: all of its own is kept.
  threads_[id].context = space_.contains(back.fctx) ? back.fctx : stack_top(id) - space_.stack_bytes();
  leave_thread(id);
  threads_bytes_ += bytes_of(id);
}

void Execution::switch_to_engine() { engine_context_ = context::jump_fcontext(engine_context_, nullptr).fctx; }

void Execution::abandon_fiber() {
  Thread& thread = current_thread();
  thread.pending = Operation{.kind = OperationKind::fault, .site = fault_->site};
  thread.status = ThreadStatus::pending;
  set_inside_harness(false);
  cleanup_handlers_.forget();
  context::jump_fcontext(engine_context_, nullptr);
  std::abort();
}

/// [atomics.types.operations]: an object's initialization is not atomic; it must happen before every operation on it.
void Execution::require_made(LocationId location, const source_location& site, const void* caller) {
  const graph::LocationState& made = graph_->location(location);
  if (made.maker == core::no_thread || made.maker == current_) return;
  const Position last = current_thread().last_event;
  if (last != none && graph_->happens(last)[made.maker] > made.made_after) return;
  const Site made_at{locations_[location].site};
  stop(Fault{.kind = FindingKind::data_race,
             .site = {site, caller},
             .other_site = made_at,
             .other_thread = made.maker,
             .object = made_at,
             .other_write = true});
}

void Execution::tell_journal() { journal_->asks(current_, call_chain()); }

const Delivery& Execution::perform(const Operation& operation, From from) {
  // Where the registers are not known they count as the highest address.
  const auto bottom = reinterpret_cast<std::uintptr_t>(stack_top(current_) - space_.stack_bytes());
  if (reinterpret_cast<std::uintptr_t>(from.registers) - 1 < bottom) [[unlikely]]
    stop_overflow(operation);
  if (has_processes_) [[unlikely]]
    require_own(operation);
  const LocationId location = unmarked(operation.location);
  if (operation.primitive != nullptr && !knows(location, operation.primitive)) [[unlikely]]
    stop_gone(operation);
  if (operation.site.caller != nullptr) from.caller = operation.site.caller;
  if (has_processes_) [[unlikely]]
    require_foreign_memory_unchanged(operation, from.caller);
  const std::uint32_t referred = locations_[location].referred;
  if (referred != 0) [[unlikely]]
    require_unchanged(location, {operation.site.location, from.caller}, referred - 1);
  if (location != 0 && keeper_ == nullptr && graph_->has_orders())
    require_made(location, operation.site.location, from.caller);
  set_inside_harness(false);
  nobody_else_ = false;
  if (loop_places_.noting()) note_round(operation, from);
  if (journal_ != nullptr) [[unlikely]]
    tell_journal();
  Thread& thread = current_thread();
  thread.pending = operation;
  thread.pending.location = location;
  thread.pending.waits_at = unmarked(operation.waits_at);
  thread.pending.site.caller = from.caller;
  thread.pending.time += thread.time;
  thread.status = ThreadStatus::pending;
  operations_++;
  if (answerer_ == nullptr || !answerer_->answer_at_once(current_)) switch_to_engine();
  if (referred != 0) [[unlikely]]
    settle_referred(referred - 1);
  if (thread.rounds.watched) begin_segment();
  set_inside_harness(true);
  return thread.delivery;
}

void Execution::stop_overflow(const Operation& operation) {
  set_inside_harness(false);
  stop({.kind = FindingKind::crash, .message = stack_overflowed(), .site = operation.site});
}

void Execution::stop_gone(const Operation& operation) {
  set_inside_harness(false);
  stop(object_is_gone(operation.primitive->name(), operation.site));
}

Fault Execution::object_is_gone(const char* kind, const Site& site) {
  return {.kind = FindingKind::use_after_free,
          .message = std::string("use of the memory of a ") + kind +
                     " that holds something else by now: its lifetime "
                     "has ended, as that of a variable on the stack of a function that has returned",
          .site = site};
}

void Execution::stop(const Fault& fault) {
  set_inside_harness(false);
  at_fault();
  fault_ = fault;  // a copy: the caller's may stand in the heap of the harness, which is taken back
  if (fault_->from.empty()) fault_->from = call_chain();
  abandon_fiber();
}

void Execution::delivered(ThreadId id, Position at) {
  Thread& thread = threads_[id];
  thread.last_event = at;
  thread.references = 0;
  if (at != none) {
    thread.time = std::max(thread.time, (*graph_)[at].time);
  } else {  // a search over states: nobody's clock is behind any other's
    for (unsigned other = 0; other < born_; ++other) thread.time = std::max(thread.time, threads_[other].time);
  }
  switch (thread.pending.kind) {
    case OperationKind::end:
      thread.status = ThreadStatus::returned;
      return;
    case OperationKind::fault:
    case OperationKind::block:
      thread.status = ThreadStatus::stopped;
      return;
    case OperationKind::spawn: {
      const auto child = static_cast<ThreadId>(thread.pending.operand.low);
      born_ = std::max(born_, child + 1u);
      threads_[child] = Thread{};
      threads_[child].status = ThreadStatus::pending;
      threads_[child].heap_used = first_heap_byte();
      threads_[child].pending = Operation{.kind = OperationKind::begin, .site = thread.pending.site};
      threads_[child].entry = reinterpret_cast<void (*)(void*)>(thread.pending.expected.low);
      threads_[child].argument = reinterpret_cast<void*>(thread.pending.expected.high);
      threads_[child].last_event = at;
      threads_[child].process = thread.process;
      if (thread.pending.code == core::new_process) {
        threads_[child].process = child;
        threads_[child].of_process = {
            .inherited = thread.heap_used, .started_by = id, .is_to_die = thread.pending.operand.high != 0};
        has_processes_ = true;
        process_globals_.fork(thread.process, child);
      } else {
        threads_[child].interrupt = thread.interrupt;
        threads_[thread.process].of_process.threaded = true;
      }
      spawned_at_[child] = thread.pending.site;
      break;
    }
    case OperationKind::begin:
      thread.status = ThreadStatus::ready;
      return;
    default:
      break;
  }
  thread.status = ThreadStatus::delivered;
}

// --- checkpoints -------------------------------------------------------------------------------------------------
//
// Layout: header, threads, then for each thread its live stack and its heap, then the written pages of globals, and
// those of other processes.

namespace {

struct CheckpointHeader {
  std::size_t born;
  std::size_t shadow_used;
  std::size_t pages;
  std::size_t round_states;  ///< of so many threads
  std::size_t referred;      ///< so many objects
};

/// Walks along a checkpoint, copying into it or out of it. What has no bytes may have no address either.
struct Cursor {
  char* at;

  void put(const void* from, std::size_t bytes) {
    if (bytes != 0) std::memcpy(at, from, bytes);
    at += bytes;
  }
  void take(void* into, std::size_t bytes) {
    if (bytes != 0) std::memcpy(into, at, bytes);
    at += bytes;
  }
};

}  // namespace

std::size_t Execution::checkpoint_bytes() const {
  return sizeof(CheckpointHeader) + born_ * (sizeof(Thread) + sizeof(RoundStates)) + shadow_used_ + threads_bytes_ +
         referred_.bytes() + globals_.written_pages() * UserGlobals::page_bytes + process_globals_.saved_bytes();
}

std::size_t Execution::save() {
  settle_thread_locals();
  const std::size_t start = store_used_;
  if (start + checkpoint_bytes() > store_limit)
    throw Error("checkpoints need more than 4 GiB: the harness uses too much memory");
  Cursor cursor{store_ + start};
  const CheckpointHeader header{born_, shadow_used_, globals_.written_pages(), loop_places_.any() ? born_ : 0,
                                referred_.size()};
  cursor.put(&header, sizeof header);
  cursor.put(referred_.data(), referred_.bytes());
  cursor.put(threads_.data(), born_ * sizeof(Thread));
  cursor.put(round_states_.data(), header.round_states * sizeof(RoundStates));
  for (unsigned id = 0; id < born_; ++id)
    for (const Piece& piece : {stack(static_cast<ThreadId>(id)), heap(static_cast<ThreadId>(id))})
      cursor.put(piece.begin, piece.bytes);
  cursor.put(space_.heap(AddressSpace::shadow_slot), shadow_used_);
  for (std::size_t i = 0; i < header.pages; ++i) cursor.put(globals_.page(i), UserGlobals::page_bytes);
  cursor.at = process_globals_.save(cursor.at);
  store_used_ = static_cast<std::size_t>(cursor.at - store_ + 15) / 16 * 16;
  return start;
}

void Execution::restore(std::size_t checkpoint) {
  perturbed_ = false;
  Cursor cursor{store_ + checkpoint};
  CheckpointHeader header;
  cursor.take(&header, sizeof header);
  referred_.take(cursor.at, header.referred);
  cursor.at += referred_.bytes();
  for (std::size_t id = header.born; id < born_; ++id) threads_[id].status = ThreadStatus::unborn;
  born_ = static_cast<unsigned>(header.born);
  threads_bytes_ = 0;
  shadow_used_ = header.shadow_used;
  cursor.take(threads_.data(), born_ * sizeof(Thread));
  cursor.take(round_states_.data(), header.round_states * sizeof(RoundStates));
  for (unsigned id = 0; id < born_; ++id) {
    for (const Piece& piece : {stack(static_cast<ThreadId>(id)), heap(static_cast<ThreadId>(id))}) {
      cursor.take(piece.begin, piece.bytes);
      threads_bytes_ += piece.bytes;
    }
  }
  cursor.take(space_.heap(AddressSpace::shadow_slot), shadow_used_);
  for (std::size_t i = 0; i < header.pages; ++i) cursor.take(globals_.page(i), UserGlobals::page_bytes);
  for (std::size_t i = header.pages; i < globals_.written_pages(); ++i)  // written for the first time since
    std::memcpy(globals_.page(i), globals_.first_content(i), UserGlobals::page_bytes);
  process_globals_.restore(cursor.at);
  thread_local_owner_ = core::no_thread;
}

}  // namespace heddle::runtime
