#include "checker/runtime/processes.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/interposition.hpp"

namespace heddle::runtime {

namespace {

std::string name_of_process(ThreadId process) {
  return process == 0 ? "the main process" : "the process of T" + std::to_string(process);
}

}  // namespace

// --- whose memory it is ----------------------------------------------------------------------------------------------

ThreadId Execution::owner_of(const void* address) const {
  if (!space_.contains(address)) return 0;
  const unsigned slot = space_.slot_of(address);
  return slot < core::max_threads ? threads_[slot].process : ThreadId{0};
}

bool Execution::is_shared(const void* address) const {
  if (!space_.contains(address)) return false;
  const unsigned slot = space_.slot_of(address);
  if (slot >= core::max_threads) return false;
  for (const SharedBlock* block = threads_[slot].shared; block != nullptr; block = block->next)
    if (block->holds(address)) return true;
  return false;
}

LocationId Execution::owner_mark(const void* object) const {
  if (is_shared(object)) return shared_mark;
  return static_cast<LocationId>(owner_of(object)) << owner_shift;
}

/// Stops the thread where the object of `operation` is another process's, as its location says.
void Execution::require_own(const Operation& operation) {
  const auto owner = static_cast<ThreadId>(operation.location >> owner_shift);
  if (owner == current_thread().process || operation.location >= shared_mark || operation.primitive == nullptr) return;
  Fault fault{.kind = FindingKind::isolation, .site = operation.site, .location = unmarked(operation.location)};
  fault.message = operation.primitive->operation_name(operation);
  if (!current_thread().handing_over) not_yours(owner, std::move(fault));
}

void Execution::require_own(const void* object, Fault what) {
  const ThreadId owner = owner_of(object);
  if (owner == current_thread().process || current_thread().handing_over || is_shared(object)) return;
  not_yours(owner, std::move(what));
}

/// Whether memory may be freed by the calling thread: its process's, or what it has inherited as a copy of its own.
bool Execution::may_free(const void* block) const {
  const Thread& me = threads_[current_];
  if (me.handing_over || !space_.contains(block)) return true;
  const unsigned slot = space_.slot_of(block);
  if (slot >= core::max_threads || threads_[slot].process == me.process) return true;
  for (ThreadId process = me.process; process != 0;) {
    const Process& started = threads_[process].of_process;
    if (started.started_by == slot) return static_cast<const char*>(block) < space_.heap(slot) + started.inherited;
    process = threads_[started.started_by].process;
  }
  return false;
}

void Execution::not_yours(ThreadId owner, Fault what) {
  set_inside_harness(false);
  what.kind = FindingKind::isolation;
  what.message += " by " + name_of_process(current_thread().process) + " in memory of " + name_of_process(owner);
  what.threads = {current_, owner};
  stop(what);
}

bool Execution::happened_before(ThreadId thread, Position count) const {
  if (thread == current_ || keeper_ != nullptr) return true;
  const Position last = threads_[current_].last_event;
  return last != none && graph_->happens(last)[thread] > count;
}

// --- processes and their threads -----------------------------------------------------------------------------------

bool Execution::is_unfinished() const {
  for (unsigned t = 0; t < born_; ++t)
    if ((threads_[t].of_process.is_to_die || threads_[t].of_process.has_pending) &&
        threads_[t].status != ThreadStatus::returned)
      return true;
  return false;
}

/// Whether others could tell if the calling thread stopped before `operation`, or after, or if it waited there.
bool Execution::interrupts(const Operation& operation, bool touches_shared) const {
  const Process& mine = process(threads_[current_].process);
  if (mine.threaded || mine.interrupted_everywhere || touches_shared) return true;
  switch (operation.kind) {
    case OperationKind::spawn:
    case OperationKind::join:
    case OperationKind::follow:
    case OperationKind::sleep:
      return true;
    case OperationKind::update: {  // nobody else can make it possible
      const Value state = keeper_ != nullptr
                              ? keeper_->location_value(operation.location)
                              : graph_->value_of(operation.location, graph_->location(operation.location).last);
      return !operation.primitive->apply(operation, current_, state, 0).enabled;
    }
    default:
      return false;
  }
}

/// A death before a read leaves others what a death right after it would: the next point is soon enough. A handler runs
/// in the process, and sees everything.
bool Execution::interrupts(const Shadow& data, bool write) const {
  return process(threads_[current_].process).interrupted_everywhere || (write && is_shared(&data));
}

const Delivery& Execution::perform_interrupted(const Operation& operation, From from) {
  Operation asked = operation;  // an interruption performs operations of its own, perhaps from the same place
  if (asked.site.caller == nullptr) asked.site.caller = from.caller;
  if (has_processes_) require_own(asked);
  Operation told = asked;
  told.location = unmarked(asked.location);
  told.waits_at = unmarked(asked.waits_at);
  const auto interrupt = [&](Moment moment) {
    const Uninterrupted scope;
    current_thread().interrupt(told, moment);
  };
  if (interrupts(told, asked.location - told.location == shared_mark)) interrupt(Moment::before);
  const Delivery& delivery = perform(asked, from);
  Thread& me = current_thread();
  const Delivery of_this = delivery;
  const auto joined = static_cast<ThreadId>(asked.operand.low);
  if (asked.kind == OperationKind::join && threads_[joined].died && threads_[joined].process == me.process)
    interrupt(Moment::joined_dead);
  if (process(me.process).interrupted_everywhere) interrupt(Moment::after);
  me.delivery = of_this;
  return delivery;
}

void Execution::join_all_threads(const Site& site) {
  ThreadId open[core::max_threads] = {current_};
  for (unsigned count = 1; count != 0;) {
    const ThreadId parent = open[--count];
    for (std::uint32_t i = 0; i < threads_[parent].children; ++i) {
      const ThreadId child = children_[parent][i];
      if (threads_[child].process != current_thread().process || threads_[child].status == ThreadStatus::unborn)
        continue;
      perform({.kind = OperationKind::join, .site = site, .operand = {child, 0}});
      open[count++] = child;
    }
  }
}

void Execution::end_here(bool died) {
  Thread& me = current_thread();
  me.died = died;
  if (me.process == current_) {
    me.of_process.is_to_die = false;
    me.of_process.keeps_nothing = true;
  }
  perform({.kind = OperationKind::end, .site = spawned_at_[current_]});
  std::abort();  // an ended thread is never resumed
}

// --- what the models ask ---------------------------------------------------------------------------------------------

namespace {

Thread& me() { return Execution::active()->current_thread(); }

}  // namespace

SharedBlock* allocate_shared(std::size_t bytes) {
  if (!inside_check()) outside_check("the constructor of a pipe, queue or shared memory", {});
  void* const memory = ::operator new(sizeof(SharedBlock) + bytes);
  std::memset(memory, 0, sizeof(SharedBlock) + bytes);
  Execution& execution = *Execution::active();
  const ThreadId maker = execution.current();
  const auto made_after = static_cast<std::int16_t>(execution.keeps_states() ? 0 : execution.event_count(maker));
  auto* const block = new (memory) SharedBlock{me().shared, bytes, maker, made_after};
  me().shared = block;
  return block;
}

void each_shared(void (*visit)(SharedBlock&, void*), void* argument) {
  const Execution& execution = *Execution::active();
  const unsigned threads = execution.thread_count();
  for (unsigned t = 0; t < threads; ++t)
    for (SharedBlock* block = execution.thread(static_cast<ThreadId>(t)).shared; block != nullptr; block = block->next)
      if (execution.happened_before(block->maker, block->made_after)) visit(*block, argument);
}

ThreadId next_process() {
  if (!inside_check()) outside_check("process", {});
  set_inside_harness(false);
  const ThreadId number = Execution::active()->next_child();
  set_inside_harness(true);
  if (number == core::no_thread) too_many_threads({});
  return number;
}

std::uint64_t most_crashes() { return Execution::active()->crashes(); }

void start_process(ThreadId number, void (*entry)(void*), void* argument, bool dies, const Site& site) {
  Operation operation{
      .kind = OperationKind::spawn, .code = core::new_process, .site = site, .operand = {number, dies ? 1u : 0u}};
  operation.expected.low = reinterpret_cast<std::uint64_t>(entry);
  operation.expected.high = reinterpret_cast<std::uint64_t>(argument);
  Execution::active()->perform(operation);
}

ThreadId current_process() { return me().process; }
ThreadId process_of(ThreadId thread) { return Execution::active()->thread(thread).process; }
ThreadId parent_of(ThreadId process) { return process_of(Execution::active()->process(process).started_by); }
unsigned thread_count() { return Execution::active()->thread_count(); }
const Site& started_at(ThreadId process) { return Execution::active()->spawned_at(process); }
bool has_threads() { return Execution::active()->process(me().process).threaded; }

void require_own(const void* object, const char* kind, const source_location& site) {
  if (!inside_check()) outside_check(kind, site);
  if (!Execution::active()->watches_processes() || Execution::active()->globals().holds(object)) return;
  set_inside_harness(false);
  Execution::active()->require_own(object, {.message = std::string("use of a ") + kind, .site = {site}});
  set_inside_harness(true);
}

void set_status(std::int32_t status) { Execution::active()->process(me().process).status = status; }
std::int32_t status_of(ThreadId thread) { return Execution::active()->process(thread).status; }
void*& end_slot(ThreadId process) { return Execution::active()->process(process).end; }

HandingOver::HandingOver(bool moves) {
  me().handing_over = true;
  me().of_process.owns_inherited = moves;
}

HandingOver::~HandingOver() {
  set_inside_harness(false);
  Execution::active()->note_foreign_memory();
  set_inside_harness(true);
  me().handing_over = false;
}

Uninterrupted::Uninterrupted() : before_(me().uninterrupted) { me().uninterrupted = true; }
Uninterrupted::~Uninterrupted() { me().uninterrupted = before_; }

void set_interrupt(void (*call)(const Operation&, Moment)) { me().interrupt = call; }
void set_interrupted_everywhere() { Execution::active()->process(me().process).interrupted_everywhere = true; }
void interruption_point(const Site& site) {
  if (me().interrupt == nullptr || me().uninterrupted) return;
  Uninterrupted scope;
  me().interrupt({.kind = OperationKind::fence, .site = site}, Moment::before);
}

OneOperation::OneOperation(const Site& site) : site_(site), before_(me().uninterrupted) {
  interruption_point(site);
  me().uninterrupted = true;
}
OneOperation::~OneOperation() {
  me().uninterrupted = before_;
  if (before_ || me().interrupt == nullptr || !Execution::active()->process(me().process).interrupted_everywhere)
    return;
  const Uninterrupted scope;
  me().interrupt({.kind = OperationKind::fence, .site = site_}, Moment::after);
}

bool is_to_die() { return Execution::active()->process(me().process).is_to_die; }
void set_to_die() { Execution::active()->process(me().process).is_to_die = true; }
void set_has_pending(ThreadId process, bool has_pending) {
  Execution::active()->process(process).has_pending = has_pending;
}
void*& reception_slot() { return Execution::active()->process(me().process).reception; }
void join_all_threads(const Site& site) { Execution::active()->join_all_threads(site); }
void end_here(bool died, std::int32_t status) {
  me().of_process.status = status;
  Execution::active()->end_here(died);
}
void*& robust_list(ThreadId thread) { return Execution::active()->robust_list(thread); }

}  // namespace heddle::runtime
