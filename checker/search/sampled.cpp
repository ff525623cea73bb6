#include "checker/search/sampled.hpp"

#include "checker/core/error.hpp"
#include "checker/search/leaf.hpp"
#include "checker/search/replay.hpp"

namespace heddle::search {

namespace {

bool same_operation(const Operation& a, const Operation& b) {
  if (a.kind == OperationKind::fault && b.kind == OperationKind::fault) return true;  // an endless loop stops anywhere
  return a.kind == b.kind && a.code == b.code && a.location == b.location && a.site == b.site;
}

std::string describe(const Operation& operation) {
  const source_location& place = operation.site.location;
  return operation_word(operation) + " at " + place.file_name() + ":" + std::to_string(place.line());
}

[[noreturn]] void does_not_repeat(ThreadId thread, const Operation& before, const Operation& now) {
  throw Error("the harness is not deterministic: thread T" + std::to_string(thread) + " did " + describe(before) +
              " and, run again with the same results, " + describe(now) +
              ". A harness may not depend on time, random numbers, addresses or uninitialised memory; "
              "heddle::choose(n) draws a value");
}

}  // namespace

Sampled::Sampled(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
                 Observer& observer, std::unique_ptr<Strategy> strategy)
    : options_(options), model_(model), execution_(execution), observer_(observer), strategy_(std::move(strategy)) {
  graph_.set_has_orders(!model.interleaves());
  execution_.set_answerer(this);
}

Sampled::~Sampled() { execution_.set_answerer(nullptr); }

void Sampled::run() {
  const bool bounded = options_.max_executions != 0 || options_.timeout_seconds > 0;
  const std::uint64_t most = bounded ? options_.max_executions : default_sample;
  execution_.use(graph_);
  execution_.start();
  run_on(0);
  const std::size_t beginning = execution_.save();
  const ThreadId faulted_at_once = faulted_;
  do {
    faulted_ = faulted_at_once;
    sample();
    if (runs_ == 1) verify_repeatable();
    while (graph_.size() != 0) graph_.pop();
    execution_.restore(beginning);
  } while (!observer_.wants_to_stop() && !no_choice_ && runs_ != most);
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
  if (candidates_.empty()) return core::no_thread;
  no_choice_ = no_choice_ && candidates_.size() == 1;
  return candidates_[strategy_->choose(candidates_, random_)].thread;
}

/// Adds the pending operation of `thread`, which can move, and tells it what came of it.
void Sampled::add(ThreadId thread) {
  Event event = prepare(graph_, thread, execution_.thread(thread).pending);
  Position place = none;
  if (event.reads) {
    place = choose_source(event);
    choose_outcome(event);
  } else if (event.writes) {
    place = choose_place(event);
  } else {
    choose_outcome(event);
  }
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

void Sampled::choose_outcome(Event& event) {
  if (event.choices <= 1) return;
  no_choice_ = false;
  event.choice = static_cast<std::uint32_t>(random_.below(event.choices));
  if (event.reads) read_from(graph_, event, event.source);
}

/// Makes `event` read one of the writes that it may read, and returns that.
Position Sampled::choose_source(Event& event) {
  const core::LocationId location = event.operation.location;
  const Position newest = graph_.location(location).last;
  sources_.clear();
  for (Position source = newest;; source = graph_[source].co_previous) {
    if (source != newest && !model_.admits(graph_, event.thread, event.operation, source)) break;
    if (read_from(graph_, event, source) && !event.infeasible &&
        (source == newest || stays_consistent(model_, graph_, event, source)))
      sources_.push_back(source);
    if (source == none || model_.interleaves()) break;
  }
  HEDDLE_EXPECTS(!sources_.empty());
  no_choice_ = no_choice_ && sources_.size() == 1;
  const Position source = sources_[random_.below(sources_.size())];
  read_from(graph_, event, source);
  return source;
}

/// After which write the store `event` stands in co.
Position Sampled::choose_place(const Event& event) {
  const core::LocationId location = event.operation.location;
  const Position newest = graph_.location(location).last;
  sources_.assign(1, newest);
  for (Position place = newest; place != none && !model_.interleaves();) {
    place = graph_[place].co_previous;
    if (!model_.admits(graph_, event.thread, event.operation, place)) break;
    if (graph_.update_of(location, place) == none && stays_consistent(model_, graph_, event, place))
      sources_.push_back(place);
  }
  no_choice_ = no_choice_ && sources_.size() == 1;
  return sources_[random_.below(sources_.size())];
}

/// Runs `thread`, whose event was just delivered, until its next operation is pending.
void Sampled::run_on(ThreadId thread) {
  const runtime::Thread& state = execution_.thread(thread);
  if (state.status == runtime::ThreadStatus::ready || state.status == runtime::ThreadStatus::delivered)
    execution_.advance(thread);
  if (state.status == runtime::ThreadStatus::pending && state.pending.kind == OperationKind::fault) faulted_ = thread;
}

void Sampled::finish_leaf() {
  const Leaf kind = leaf_of(execution_, graph_, options_.max_events);
  (counts_as_execution(kind) ? counts_.executions : counts_.blocked)++;
  if (counts_as_execution(kind)) coverage_.add(graph_);
  observer_.leaf(kind, graph_);
}

/// Runs the first execution again, with everything different that no harness may depend on.
void Sampled::verify_repeatable() {
  ExecutionGraph again(graph_.stride());
  execution_.use(again);
  execution_.start(true);
  run_on(0);
  for (Position at = 0; at < graph_.size(); ++at) {
    const Event& before = graph_[at];
    const Operation& now = execution_.thread(before.thread).pending;
    if (execution_.thread(before.thread).status != runtime::ThreadStatus::pending ||
        !same_operation(before.operation, now))
      does_not_repeat(before.thread, before.operation, now);
    Event event = before;
    event.operation = now;
    if (now.kind == OperationKind::store) event.value = now.operand;
    const bool enabled = now.kind != OperationKind::update || read_from(again, event, event.source);
    if (!enabled || event.writes != before.writes) does_not_repeat(before.thread, before.operation, now);
    Position place = before.co_previous;
    while (place >= at) place = graph_[place].co_previous;
    again.add(event, place);
    model_.added(again);
    execution_.deliver(event.thread, delivery_of(again, at), at);
    run_on(event.thread);
  }
  execution_.use(graph_);
  faulted_ = core::no_thread;
}

std::string Sampled::partial_coverage() const {
  if (no_choice_) return {};
  const std::string promise = strategy_->promise();
  return "A sample, not all executions: " + coverage_.text() + "; --search=" + options_.search +
         " --seed=" + std::to_string(options_.seed) + " makes the same again" + (promise.empty() ? "" : ". " + promise);
}

}  // namespace heddle::search
