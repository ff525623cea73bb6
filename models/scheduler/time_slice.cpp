// Time slices: as round robin, but a turn lasts for up to N operations. How many fit into a slice is not known, so that
// it may end after any of them; after the N-th it does.
#include "models/scheduler/schedulers.hpp"

namespace heddle::models {

namespace {

class TimeSlice final : public runtime::Scheduler {
 public:
  explicit TimeSlice(unsigned operations) : operations_(operations) {}

  std::vector<core::ThreadId> candidates(const runtime::ReadyQueue& queue) const override {
    std::vector<core::ThreadId> found;
    if (queue.running != core::no_thread) found.push_back(queue.running);
    const std::vector<core::ThreadId> next =
        queue.first([&](core::ThreadId thread) { return thread != queue.running; });
    found.insert(found.end(), next.begin(), next.end());
    return found;
  }
  unsigned longest_turn() const override { return operations_; }
  bool preempted_goes_last() const override { return true; }

 private:
  unsigned operations_;
};

}  // namespace

std::unique_ptr<runtime::Scheduler> make_time_slice(unsigned operations) {
  return std::make_unique<TimeSlice>(operations);
}

}  // namespace heddle::models
