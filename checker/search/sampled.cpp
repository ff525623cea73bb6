#include "checker/search/sampled.hpp"

#include "checker/search/leaf.hpp"
#include "checker/search/repeatable.hpp"
#include "checker/search/time.hpp"
#include "checker/search/ways.hpp"

namespace heddle::search {

Sampled::Sampled(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
                 Observer& observer, std::unique_ptr<Strategy> strategy)
    : options_(options), model_(model), execution_(execution), observer_(observer), strategy_(std::move(strategy)) {
  graph_.set_has_orders(!model.interleaves());
  execution_.set_answerer(this);
}

Sampled::~Sampled() { execution_.set_answerer(nullptr); }

void Sampled::run() {
  const bool bounded = options_.max_executions != 0 || options_.timeout_seconds > 0;
  most_ = bounded ? options_.max_executions : default_sample;
  execution_.use(graph_);
  execution_.start();
  run_on(0);
  const std::size_t beginning = execution_.save();
  const ThreadId faulted_at_once = faulted_;
  do {
    faulted_ = faulted_at_once;
    sample();
    if (runs_ == 1) require_repeatable(graph_, model_, execution_);
    graph_.pop_all();
    execution_.restore(beginning);
  } while (!observer_.wants_to_stop() && !no_choice_ && runs_ != most_);
}

/// One execution, from the beginning to its end.
void Sampled::sample() {
  random_ = Random(mixed(mixed(options_.seed + 1) + runs_++));
  chosen_ = core::no_thread;
  strategy_->begin(random_);
  make_events();
  strategy_->end(graph_, random_);
  finish_leaf();
}

void Sampled::make_events() {
  sampling_ = true;
  for (ThreadId thread = choose_thread(); thread != core::no_thread; thread = choose_thread()) {
    chosen_ = core::no_thread;
    const bool fault = thread == faulted_;
    add(thread);
    if (fault && observer_.wants_to_stop()) break;
    run_on(thread);
  }
  sampling_ = false;
}

/// On the fiber of `thread`: where the draw is its own, it need not be left.
bool Sampled::answer_at_once(ThreadId thread) {
  const OperationKind kind = execution_.thread(thread).pending.kind;
  if (!sampling_ || kind == OperationKind::end || kind == OperationKind::block) return false;  // not to be resumed
  chosen_ = choose_thread();
  if (chosen_ != thread) return false;
  chosen_ = core::no_thread;
  add(thread);
  return true;
}

/// Who goes next; nobody where none can move. A fault comes before all else.
ThreadId Sampled::choose_thread() {
  if (faulted_ != core::no_thread) return faulted_;
  if (chosen_ != core::no_thread) return chosen_;
  candidates_.clear();
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const runtime::Thread& thread = execution_.thread(id);
    if (thread.status != runtime::ThreadStatus::pending || !can_move(graph_, id, thread.pending)) continue;
    if (graph_.thread(id).count < options_.max_events)
      candidates_.push_back({id, &thread.pending});
    else
      cut_at_ = thread.pending.site;
  }
  if (candidates_.empty()) {
    const bool standstill = leaf_of(execution_, graph_, options_.max_events) == Leaf::deadlock;
    return standstill && pass_time(execution_, graph_) ? choose_thread() : core::no_thread;
  }
  no_choice_ = no_choice_ && candidates_.size() == 1;
  return candidates_[strategy_->choose(candidates_, random_)].thread;
}

/// Adds the pending operation of `thread`, which can move, in one of its ways, and tells it what came of it.
void Sampled::add(ThreadId thread) {
  const std::vector<Way> ways = ways_of(graph_, model_, thread, execution_.thread(thread).pending);
  HEDDLE_EXPECTS(!ways.empty());
  no_choice_ = no_choice_ && ways.size() == 1;
  interleaved_ = interleaved_ && ways.front().place == ways.back().place;
  const auto& [event, place] = ways[random_.below(ways.size())];
  const Position at = graph_.add(event, event.writes ? place : none);
  counts_.events++;
  model_.added(graph_);
  execution_.deliver(thread, delivery_of(graph_, at), at);
  if (event.operation.kind == OperationKind::fault) {
    faulted_ = core::no_thread;
    observer_.fault(graph_);
    return;
  }
  strategy_->happened(graph_);
  if (event.locks_held > 1) observer_.nested_lock(graph_);
}

/// Runs `thread`, whose event was just delivered, until its next operation is pending.
void Sampled::run_on(ThreadId thread) {
  execution_.advance_if_able(thread);
  const runtime::Thread& state = execution_.thread(thread);
  if (state.status == runtime::ThreadStatus::pending && state.pending.kind == OperationKind::fault) faulted_ = thread;
}

void Sampled::finish_leaf() {
  const Leaf kind = leaf_of(execution_, graph_, options_.max_events);
  (counts_as_execution(kind) ? counts_.executions : counts_.blocked)++;
  if (counts_as_execution(kind)) coverage_.add(graph_);
  observer_.leaf(kind, graph_);
}

double Sampled::done() const { return most_ == 0 ? -1 : static_cast<double>(runs_) / static_cast<double>(most_); }

std::string Sampled::partial_coverage() const {
  if (no_choice_) return {};
  const std::string promise = strategy_->promise(interleaved_);
  return "A sample, not all executions: " + coverage_.text() + "; --search=" + options_.search +
         " --seed=" + std::to_string(options_.seed) + " makes the same again" + (promise.empty() ? "" : ". " + promise);
}

}  // namespace heddle::search
