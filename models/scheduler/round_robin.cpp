// Round robin: threads take turns, one operation each, in the order in which they came.
#include "models/scheduler/schedulers.hpp"

namespace heddle::models {

namespace {

class RoundRobin final : public runtime::Scheduler {
 public:
  std::vector<core::ThreadId> candidates(const runtime::ReadyQueue& queue) const override {
    return queue.first([](core::ThreadId) { return true; });
  }
  unsigned longest_turn() const override { return 1; }
};

}  // namespace

std::unique_ptr<runtime::Scheduler> make_round_robin() { return std::make_unique<RoundRobin>(); }

}  // namespace heddle::models
