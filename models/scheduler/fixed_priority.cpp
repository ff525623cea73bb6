// Fixed priorities, preemptive: the highest runs at once; among equals, until it waits, the one that came first
// (POSIX SCHED_FIFO). A preempted thread stays the first of its priority.
#include "models/scheduler/schedulers.hpp"

namespace heddle::models {

namespace {

class FixedPriority final : public runtime::Scheduler {
 public:
  std::vector<core::ThreadId> candidates(const runtime::ReadyQueue& queue) const override {
    int highest = queue.priority(queue.entries.front().thread);
    for (const auto& entry : queue.entries) highest = std::max(highest, queue.priority(entry.thread));
    if (queue.running != core::no_thread && queue.priority(queue.running) == highest) return {queue.running};
    return queue.first([&](core::ThreadId thread) { return queue.priority(thread) == highest; });
  }
};

}  // namespace

std::unique_ptr<runtime::Scheduler> make_fixed_priority() { return std::make_unique<FixedPriority>(); }

}  // namespace heddle::models
