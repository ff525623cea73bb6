#include "models/sync/shared_count.hpp"

namespace heddle::models {

namespace {

/// libstdc++'s counts, which follow the table of virtual functions in a control block (bits/shared_ptr_base.h).
struct Counts {
  int use;
  int weak;  ///< weak_ptrs; one more while `use` is not 0
};

Counts& counts_of(void* control_block) {
  return *reinterpret_cast<Counts*>(static_cast<char*>(control_block) + sizeof(void*));
}

/// A bit of `weak`: several threads may have held a reference, so dropping one is an operation from now on, also where
/// it is the only one left. Otherwise whether it is would depend on what others did that no operation tells of.
constexpr int watched = 1 << 30;

void watch(void* control_block) {
  if (runtime::is_harness_memory(control_block)) counts_of(control_block).weak |= watched;
}

constexpr runtime::ReferredType type{sizeof(Counts), nullptr, &shared_count_primitive, nullptr};

void ask(SharedCountPrimitive::Code code, void* control_block, const void* caller) {
  const core::Site site(caller);
  Counts& counts = counts_of(control_block);
  if (static_cast<std::uint32_t>(counts.use) == runtime::freed_mark)
    runtime::dead_object(runtime::freed_mark, control_block, shared_count_primitive.name(), site);
  runtime::perform({.kind = core::OperationKind::update,
                    .code = code,
                    .location = runtime::locate(&counts, type),
                    .primitive = &shared_count_primitive,
                    .site = site});
}

}  // namespace

// All write, so that they have a place in the order: what is found then is in memory, and says the same wherever that
// order is the same.
core::Outcome SharedCountPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                          std::uint32_t) const {
  const bool drops = operation.code == drop;
  return {.writes = true, .acquires = drops, .releases = drops, .next = state};
}

const char* SharedCountPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"drop", "lock a weak_ptr of", "look at a weak_ptr of"};
  return names[operation.code];
}

std::string SharedCountPrimitive::outcome(const core::Operation& operation, core::Value, bool) const {
  static constexpr const char* outcomes[] = {"one owner less", "if it has an owner", "whether it has an owner"};
  return outcomes[operation.code];
}

void before_drop(void* control_block) {
  if (!runtime::inside_check()) return;
  Counts& counts = counts_of(control_block);
  if (counts.use == 1 && counts.weak == 1) return;
  watch(control_block);
  ask(SharedCountPrimitive::drop, control_block, __builtin_return_address(0));
  if (counts.use == 1) counts.weak &= ~watched;
}

void before_lock(void* control_block) {
  if (runtime::inside_check()) ask(SharedCountPrimitive::lock, control_block, __builtin_return_address(0));
}

void before_expired(void* control_block) {
  if (runtime::inside_check()) ask(SharedCountPrimitive::expired, control_block, __builtin_return_address(0));
}

void weak_made(void* control_block) {
  if (runtime::inside_check()) watch(control_block);
}

}  // namespace heddle::models
