#include "checker/search/several.hpp"

#include <algorithm>

namespace heddle::search {

namespace {

bool waits(const runtime::Thread& thread) { return thread.status == runtime::ThreadStatus::pending; }

bool is_free(const core::LockOfSeveral& lock, ThreadId thread, const Values& values) {
  return lock.primitive->apply(core::taking(lock), thread, values(lock.location), 0).enabled;
}

}  // namespace

Values newest_values(const ExecutionGraph& graph) {
  return [&graph](core::LocationId id) { return graph.value_of(id, graph.location(id).last); };
}

bool can_take_all(const Operation& pending, ThreadId thread, const Values& values) {
  const core::SeveralLocks& all = core::several_of(pending);
  return std::all_of(all.begin(), all.end(),
                     [&](const core::LockOfSeveral& lock) { return is_free(lock, thread, values); });
}

GivenBack::GivenBack(const runtime::Execution& execution, Values values)
    : execution_(execution), before_(std::move(values)) {
  for (unsigned t = 0; t < execution.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const Operation& pending = execution.thread(id).pending;
    if (!waits(execution.thread(id)) || pending.several == 0) continue;
    const core::SeveralLocks& all = core::several_of(pending);
    for (std::uint32_t taken = 0; taken + 1 < pending.several; ++taken) {
      const core::LockOfSeveral& lock = all.locks[taken];
      const core::Outcome outcome = lock.primitive->apply(core::giving_back(lock), id, value(lock.location), 0);
      const auto known =
          std::find_if(values_.begin(), values_.end(), [&](auto& v) { return v.first == lock.location; });
      if (known != values_.end())
        known->second = outcome.next;
      else
        values_.emplace_back(lock.location, outcome.next);
    }
  }
}

core::Value GivenBack::value(core::LocationId location) const {
  for (const auto& [id, value] : values_)
    if (id == location) return value;
  return before_(location);
}

bool GivenBack::can_go_on(ThreadId thread) const {
  const Operation& pending = execution_.thread(thread).pending;
  const auto now = [this](core::LocationId id) { return value(id); };
  if (pending.several != 0) return can_take_all(pending, thread, now);
  if (pending.kind != OperationKind::update) return false;
  const auto enabled = [&](core::Value value) { return pending.primitive->apply(pending, thread, value, 0).enabled; };
  // One that could move before waits in a loop.
  return !enabled(before_(pending.location)) && enabled(now(pending.location));
}

bool GivenBack::anybody_can_go_on() const {
  for (unsigned t = 0; t < execution_.thread_count(); ++t)
    if (waits(execution_.thread(static_cast<ThreadId>(t))) && can_go_on(static_cast<ThreadId>(t))) return true;
  return false;
}

Operation GivenBack::waits_for(ThreadId thread) const {
  Operation operation = execution_.thread(thread).pending;
  if (operation.several == 0) return operation;
  const auto now = [this](core::LocationId id) { return value(id); };
  for (const core::LockOfSeveral& lock : core::several_of(operation)) {
    if (is_free(lock, thread, now)) continue;
    operation.code = lock.take;
    operation.location = lock.location;
    operation.primitive = lock.primitive;
    break;
  }
  return operation;
}

bool is_in_vain(const runtime::Execution& execution, const ExecutionGraph& graph) {
  const GivenBack given_back(execution, newest_values(graph));
  return given_back.any() && given_back.anybody_can_go_on();
}

}  // namespace heddle::search
