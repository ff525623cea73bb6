// First in, first out, without preemption: a thread runs until it waits or ends; then whoever has waited for longest.
#include "models/scheduler/schedulers.hpp"

namespace heddle::models {

namespace {

class Fifo final : public runtime::Scheduler {
 public:
  std::vector<core::ThreadId> candidates(const runtime::ReadyQueue& queue) const override {
    if (queue.running != core::no_thread) return {queue.running};
    return queue.first([](core::ThreadId) { return true; });
  }
};

}  // namespace

std::unique_ptr<runtime::Scheduler> make_fifo() { return std::make_unique<Fifo>(); }

}  // namespace heddle::models
