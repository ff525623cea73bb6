#include "checker/verdict/progress.hpp"

#include <algorithm>

#include "checker/search/liveness.hpp"

namespace heddle {

namespace {
ProgressCallback progress_callback = nullptr;
}

void set_progress_callback(ProgressCallback callback) { progress_callback = callback; }

namespace verdict {

bool ProgressReporter::is_time() {
  if (progress_callback == nullptr || ++asked_ % 64 != 0) return false;
  const Clock::time_point now = Clock::now();
  if (now - last_ < std::chrono::milliseconds(200)) return false;
  last_ = now;
  elapsed_ = std::chrono::duration<double>(now - start_).count();
  return true;
}

/// Until the first of the ends that can be foreseen: everything is done, or a bound is reached. Negative where none is.
/// Before the first hundredth is done nothing can be foreseen.
double ProgressReporter::seconds_left(double done, std::uint64_t executions) const {
  double left = -1;
  const auto ends_in = [&](double seconds) { left = left < 0 ? seconds : std::min(left, seconds); };
  if (done > 0.01) ends_in(elapsed_ * (1 - done) / done);
  if (options_.timeout_seconds > 0) ends_in(std::max(0.0, options_.timeout_seconds - elapsed_));
  if (options_.max_executions > executions && executions > 0)
    ends_in(elapsed_ * static_cast<double>(options_.max_executions - executions) / static_cast<double>(executions));
  return left;
}

void ProgressReporter::tell(const search::Search& search) {
  if (!is_time()) return;
  const std::uint64_t executions = search.counts().executions;
  done_ = std::max(done_, search.done());
  progress_callback({.executions = executions,
                     .executions_per_second = static_cast<double>(executions) / elapsed_,
                     .done_by_weight = done_,
                     .seconds_left = seconds_left(done_, executions)});
}

void ProgressReporter::tell(const search::Liveness& search) {
  if (!is_time()) return;
  const graph::StateGraph& graph = search.graph();
  progress_callback({.executions = search.ends(),
                     .seconds_left = seconds_left(-1, 0),
                     .states = graph.size(),
                     .states_to_expand = graph.size() - graph.expanded(),
                     .transitions_per_second = static_cast<double>(graph.transition_count()) / elapsed_});
}

}  // namespace verdict

}  // namespace heddle
