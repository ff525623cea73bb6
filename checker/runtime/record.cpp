#include "checker/runtime/record.hpp"

#include <cstring>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/interposition.hpp"

namespace heddle::runtime {

void Execution::keep_states(StateKeeper* keeper) {
  keeper_ = keeper;
  set_clear_stacks(keeper != nullptr);
  locations_.resize(1);
  placed_.clear();
  adopted_.clear();
  referred_ = {};
  for (auto& numbers : made_locations_) numbers.clear();
}

void Execution::refuse(const std::string& why) {
  set_inside_harness(false);
  refusal_ = why;
  stop({.kind = FindingKind::misuse, .message = why});
}

ThreadRecord Execution::record(ThreadId id) const {
  const Thread& thread = threads_[id];
  const bool pending = thread.status == ThreadStatus::pending;
  const bool to_be_entered = pending && thread.pending.kind == OperationKind::begin;
  ThreadRecord record{};
  record.status = thread.status;
  record.heap_used = thread.heap_used;
  record.live_blocks = thread.live_blocks;
  record.of_process = thread.of_process;
  record.shared = thread.shared;
  record.process = thread.process;
  record.died = thread.died;
  if (thread.status == ThreadStatus::returned) return record;
  const Operation& operation = thread.pending;
  record.context = has_stack(thread) ? thread.context : nullptr;
  record.entry = to_be_entered ? thread.entry : nullptr;
  record.argument = to_be_entered ? thread.argument : nullptr;
  record.primitive = operation.primitive;
  record.operand = operation.operand;
  record.expected = operation.expected;
  std::memcpy(record.site, &operation.site.location, sizeof record.site);
  record.caller = operation.site.caller;
  record.exceptions[0] = thread.exceptions[0];
  record.exceptions[1] = thread.exceptions[1];
  record.thread_exit = thread.thread_exit;
  record.after_exit = thread.after_exit;
  record.location = operation.location;
  record.children = thread.children;
  record.spurious = thread.spurious;
  record.spurious_failures = thread.spurious_failures;
  record.time = thread.time;
  record.random_reads = thread.random_reads;
  record.clock_doublings = thread.clock_doublings;
  record.clock_place = thread.clock_place;
  record.saved_errno = thread.saved_errno;
  record.detached = thread.detached ? 1 : 0;
  record.kind = operation.kind;
  record.code = operation.code;
  record.several = operation.several;
  record.has_thread_locals = thread.has_thread_locals;
  record.interrupt = thread.interrupt;
  record.robust = thread.robust;
  record.handing_over = thread.handing_over;
  record.uninterrupted = thread.uninterrupted;
  return record;
}

void Execution::adopt(ThreadId id, const ThreadRecord& record) {
  perturbed_ = false;
  thread_local_owner_ = core::no_thread;
  Thread& thread = threads_[id];
  thread.status = record.status;
  thread.heap_used = record.heap_used;
  thread.live_blocks = record.live_blocks;
  thread.of_process = record.of_process;
  thread.shared = record.shared;
  thread.process = record.process;
  thread.died = record.died;
  thread.interrupt = record.interrupt;
  thread.robust = record.robust;
  thread.handing_over = record.handing_over;
  thread.uninterrupted = record.uninterrupted;
  thread.context = record.context;
  thread.entry = record.entry;
  thread.argument = record.argument;
  Operation& operation = thread.pending;
  operation.primitive = record.primitive;
  operation.operand = record.operand;
  operation.expected = record.expected;
  std::memcpy(static_cast<void*>(&operation.site.location), record.site, sizeof record.site);
  operation.site.caller = record.caller;
  operation.location = record.location;
  operation.kind = record.kind;
  operation.code = record.code;
  operation.several = record.several;
  thread.exceptions[0] = record.exceptions[0];
  thread.exceptions[1] = record.exceptions[1];
  thread.thread_exit = record.thread_exit;
  thread.after_exit = record.after_exit;
  thread.detached = record.detached != 0;
  thread.children = record.children;
  thread.spurious = record.spurious;
  thread.spurious_failures = record.spurious_failures;
  thread.time = record.time;
  thread.random_reads = record.random_reads;
  thread.clock_doublings = static_cast<std::uint32_t>(record.clock_doublings);
  thread.clock_place = record.clock_place;
  thread.saved_errno = record.saved_errno;
  thread.has_thread_locals = record.has_thread_locals;
}

void Execution::set_thread_count(unsigned count) {
  for (unsigned id = count; id < born_; ++id) threads_[id] = Thread{};
  born_ = count;
  process_globals_.forget_from(static_cast<ThreadId>(count));
}

}  // namespace heddle::runtime
