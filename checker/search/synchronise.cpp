// Keeping the execution in step with the graph: checkpoints, and running events again.
#include "checker/core/finding.hpp"
#include "checker/search/exhaustive.hpp"
#include "checker/search/repeat.hpp"

namespace heddle::search {

namespace {

/// Whether a thread may come to a fault of this kind, or not, by what others did between two operations. (A lock of std
/// that another thread holds over an operation blocks it: no progress.)
bool depends_on_others(FindingKind kind) {
  return kind == FindingKind::data_race || kind == FindingKind::use_after_free || kind == FindingKind::crash ||
         kind == FindingKind::misuse || kind == FindingKind::no_progress;
}

}  // namespace

/// Runs `thread`, whose event was just delivered, until its next operation is pending. What threads do between two
/// operations is thus done in the order of the graph's events, whenever an execution is run: where the order matters (a
/// race is found at the later access), it repeats.
void Exhaustive::run_on(ThreadId thread) {
  execution_.advance_if_able(thread);
  const runtime::Thread& state = execution_.thread(thread);
  const bool fault = state.status == runtime::ThreadStatus::pending && state.pending.kind == OperationKind::fault;
  faulted_ = fault ? thread : core::no_thread;
}

const Exhaustive::Checkpoint& Exhaustive::nearest_checkpoint() const {
  Position size = graph().size();
  for (std::size_t depth = depth_;; --depth) {
    const auto& checkpoints = levels_[depth]->checkpoints;
    for (auto i = checkpoints.rbegin(); i != checkpoints.rend(); ++i)
      if (i->size <= size) return *i;
    size = std::min(size, levels_[depth]->cut);
  }
}

/// Whether a checkpoint should be taken before the next event.
bool Exhaustive::wants_checkpoint(bool will_return) const {
  // Worth it where running the events since the last one again costs more than copying: an event takes about as long as
  // copying two kilobytes. Where the search will surely come back, once is enough.
  const auto since = static_cast<std::size_t>(graph().size() - nearest_checkpoint().size);
  if (since == 0 || (!will_return && since < 8)) return false;
  return execution_.checkpoint_bytes() <= since * 2048 + 4096;
}

/// Whether `operation`, which `thread` asks for, is the one that is to be run again next.
bool Exhaustive::is_next_again(ThreadId thread, const Operation& operation) const {
  const Event& next = graph()[run_to_];
  return next.thread == thread && same_operation(next.operation, operation);
}

/// Brings the execution to where the graph is.
void Exhaustive::synchronise() {
  if (run_to_ == graph().size()) return;
  const Checkpoint& from = nearest_checkpoint();
  execution_.restore(from.store);
  run_to_ = from.size;
  while (run_to_ < graph().size()) {
    if (graph().begins_epoch(run_to_)) execution_.forget_rounds();
    const Event& event = graph()[run_to_];
    const Operation& now = execution_.thread(event.thread).pending;
    if (!same_operation(event.operation, now)) {
      if (now.kind != OperationKind::fault || !depends_on_others(execution_.fault().kind))
        does_not_repeat(execution_, event.thread, event.operation, now);
      return cut_short(event.thread);
    }
    execution_.deliver(event.thread, delivery_of(graph(), run_to_), run_to_);
    counts_.replayed++;
    run_to_++;
    run_on(event.thread);  // perhaps through several events
  }
  if (graph().begins_epoch(run_to_)) execution_.forget_rounds();
}

/// `thread` has come to a fault where the graph has it go on: a revisit took out the fault of another thread, which had
/// kept that one from an access that races with this one's. The fault is as true as the other. It ends the execution,
/// and what the graph holds beyond cannot be.
void Exhaustive::cut_short(ThreadId thread) {
  while (graph().size() > run_to_) pop();
  if (graph().begins_epoch(graph().size())) take_back_time();
  faulted_ = thread;
  ends_at_fault_ = true;
}

}  // namespace heddle::search
