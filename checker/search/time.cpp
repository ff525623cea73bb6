#include "checker/search/time.hpp"

#include <algorithm>

#include "checker/search/exhaustive.hpp"

namespace heddle::search {

std::optional<std::uint64_t> next_deadline(const runtime::Execution& execution, const ExecutionGraph& graph) {
  std::optional<std::uint64_t> first;
  for (unsigned t = 0; t < execution.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const runtime::Thread& thread = execution.thread(id);
    if (thread.status != runtime::ThreadStatus::pending || !thread.pending.timed) continue;
    if (thread.pending.time <= graph.now() || execution.is_left_behind(id)) continue;
    first = std::min(thread.pending.time, first.value_or(thread.pending.time));
  }
  return first;
}

bool pass_time(const runtime::Execution& execution, ExecutionGraph& graph) {
  const auto time = next_deadline(execution, graph);
  if (time) graph.pass_time(*time);
  return time.has_value();
}

/// At a leaf where some thread waits for a time, and which would be the end if none did: time goes on.
bool Exhaustive::let_time_pass() {
  const auto time = next_deadline(execution_, graph());
  if (!time) return false;
  const Position size = graph().size();
  const Leaf kind = judge_leaf();
  take_out_last_rounds(size);
  synchronise();
  if (kind != Leaf::deadlock && kind != Leaf::livelock) return false;
  graph().pass_time(*time);
  execution_.forget_rounds();
  return true;
}

/// Back to before time passed last, when the graph had as many events as it has.
void Exhaustive::take_back_time() {
  graph().take_back_time();
  std::erase_if(level().waits, [&](const Wait& wait) { return wait.epoch > graph().epoch(); });
  run_to_ = -1;
}

}  // namespace heddle::search
