#include "checker/search/leaf.hpp"

#include <algorithm>

#include "checker/search/several.hpp"
#include "checker/search/time.hpp"

namespace heddle::search {

Leaf leaf_of(const runtime::Execution& execution, const graph::ExecutionGraph& graph, std::uint64_t max_events) {
  Leaf kind = Leaf::complete;
  bool holds_part = false;  // of several locks that some thread takes at once
  for (unsigned t = 0; t < execution.thread_count(); ++t) {
    const auto id = static_cast<graph::ThreadId>(t);
    const runtime::Thread& thread = execution.thread(id);
    Leaf mine = Leaf::complete;
    if (thread.status == runtime::ThreadStatus::pending) {
      holds_part = holds_part || thread.pending.several > 1;
      mine = graph.thread(id).count >= max_events ? Leaf::cut
             : execution.is_left_behind(id)       ? Leaf::complete
                                                  : Leaf::deadlock;
    } else if (thread.status == runtime::ThreadStatus::stopped) {
      const graph::Operation& last = graph[graph.thread(id).last].operation;
      mine = last.kind == graph::OperationKind::fault ? Leaf::violated : Leaf::blocked;
    }
    kind = std::max(kind, mine);  // what stopped a thread explains why others wait
  }
  // Elsewhere that process has died in time; or it will, once time has passed.
  if ((kind == Leaf::complete || kind == Leaf::deadlock) && execution.is_unfinished() &&
      !next_deadline(execution, graph))
    return Leaf::blocked;
  if ((kind == Leaf::complete || kind == Leaf::deadlock) && holds_part && is_in_vain(execution, graph))
    return Leaf::blocked;
  return kind;
}

}  // namespace heddle::search
