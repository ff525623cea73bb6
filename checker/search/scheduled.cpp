#include "checker/search/scheduled.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "checker/core/contract.hpp"
#include "checker/search/leaf.hpp"
#include "checker/search/repeatable.hpp"
#include "checker/search/several.hpp"

namespace heddle::search {

using runtime::ThreadStatus;

namespace {

constexpr std::uint64_t few_events = 100;
constexpr std::size_t bytes_of_state = 96;  ///< in the set of those that were met, with those of traces and of the way

}  // namespace

Scheduled::Scheduled(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
                     Observer& observer, std::unique_ptr<runtime::Scheduler> scheduler)
    : options_(options), model_(model), execution_(execution), observer_(observer), scheduler_(std::move(scheduler)) {
  HEDDLE_EXPECTS(model.interleaves());
  execution_.loop_places().start_noting();
}

/// Depth first, a fault may be met thousands of events deep that is to be had after ten: so threads go not far at
/// first, and where that has cut some execution, and found nothing, all begins again.
void Scheduled::run() {
  most_events_ = std::min(options_.max_events, few_events);
  for (;;) {
    const bool learned = !explore();
    const bool over = observer_.wants_to_stop() || full_ || !cut_at_ || most_events_ == options_.max_events;
    if (!learned && over) return;
    if (!learned) most_events_ = options_.max_events;
    execution_.loop_places().forget_learned();
    counts_ = {};
    cut_at_.reset();
    observer_.restarted();
  }
}

/// All executions, from the beginning; false where a loop was noticed on the way: to begin again.
bool Scheduled::explore() {
  met_.clear();
  leaves_.clear();
  begin();
  go_on();
  while (!nodes_.empty() && !execution_.loop_places().learned() && !observer_.wants_to_stop() && !full_) {
    Node& node = nodes_.back();
    if (node.ways.empty()) {
      execution_.forget(node.checkpoint);
      nodes_.pop_back();
      in_step_ = false;
      continue;
    }
    const Way next = node.ways.back();
    node.ways.pop_back();
    if (!in_step_) go_back(node);
    in_step_ = false;
    take(next);
    go_on();
  }
  if (!nodes_.empty()) execution_.forget(nodes_.front().checkpoint);
  nodes_.clear();
  return !execution_.loop_places().learned();
}

void Scheduled::begin() {
  shorten(0);
  tops_.assign(1, none);
  faulted_ = core::no_thread;
  scheduling_.emplace(*scheduler_);
  execution_.use(graph_);
  execution_.start();
  static_cast<void>(execution_.take_said());
  run_on(0);
  if (const auto said = execution_.take_said(); said.priority) scheduling_->set_priority(0, *said.priority);
  scheduling_->moved(core::no_thread, present().ready());
}

/// From the present state, while there is one way only: to a node, or to an end.
void Scheduled::go_on() {
  while (!execution_.loop_places().learned() && !full_) {
    if (!enter_state()) return;
    std::vector<Way> next = ways();
    if (next.empty()) return finish_leaf();
    if (next.size() > 1) {
      std::vector<char> queue;
      scheduling_->save(queue);
      nodes_.push_back({graph_.size(), execution_.save(), std::move(next), std::move(queue), tops_});
      in_step_ = true;
      return;
    }
    take(next.front());
    if (observer_.wants_to_stop()) return;
  }
}

void Scheduled::go_back(const Node& node) {
  shorten(node.size);
  execution_.restore(node.checkpoint);
  scheduling_->load(node.queue);
  tops_ = node.tops;
  faulted_ = core::no_thread;
}

/// Takes the newest events away again, and the states behind them.
void Scheduled::shorten(Position size) {
  while (!path_.empty() && path_.back().second > size) {
    on_path_.erase(path_.back().first);
    path_.pop_back();
  }
  if (size == 0) {
    path_.clear();
    on_path_.clear();
  }
  while (graph_.size() > size) {
    events_of_[graph_.top().thread].pop_back();
    graph_.pop();
  }
  made_.resize(static_cast<std::size_t>(size));
  for (; !left_out_.empty() && left_out_.back().second > size; left_out_.pop_back())
    if (left_out_.back().first < size) made_[static_cast<std::size_t>(left_out_.back().first)].left_out = false;
}

// --- states ---

/// The trace so far, without what is left out.
Beginning Scheduled::beginning() const {
  Beginning sum;
  for (const Position top : tops_)
    if (top != none) sum += made_[static_cast<std::size_t>(top)].own;
  return sum;
}

/// What all that may follow depends on.
Beginning Scheduled::state() {
  Beginning sum = beginning();
  std::vector<char> queue;
  scheduling_->save(queue);
  const XXH128_hash_t hash = XXH3_128bits(queue.data(), queue.size());
  sum += {hash.low64, hash.high64};
  if (left_out_.empty()) return sum;
  // What a round has read orders its thread behind who wrote that, which the trace without it does not say.
  for (unsigned t = 0; t < graph_.thread_count(); ++t) {
    const Position last = graph_.thread(static_cast<ThreadId>(t)).last;
    if (last == none || graph_[last].thread != t) continue;
    const core::Counter* clock = graph_.happens(last);
    for (unsigned other = 0; other < graph_.thread_count(); ++other) {
      if (other == t || clock[other] == 0) continue;
      const Position newest = events_of_[other][clock[other] - 1u];
      sum.add(mixed(name_of(static_cast<ThreadId>(t), other)) + made_[static_cast<std::size_t>(newest)].own.low);
    }
  }
  return sum;
}

/// Whether the present state is a new one. Where it stands on the way here, an execution ends in going round for ever.
bool Scheduled::enter_state() {
  const Beginning now = state();
  if (const auto before = on_path_.find(now); before != on_path_.end() && before->second < graph_.size()) {
    close_cycle(before->second);
    return false;
  }
  if (!met_.insert(now).second) return false;
  if (met_.size() % 4096 == 0) observer_.still_searching();
  full_ = met_.size() * bytes_of_state > options_.max_memory_mib << 20U;
  counts_.states = met_.size();
  on_path_.emplace(now, graph_.size());
  path_.emplace_back(now, graph_.size());
  return true;
}

/// What may happen next, the most natural one last.
std::vector<Way> Scheduled::ways() {
  std::vector<Way> result;
  const auto add = [&](ThreadId thread) {
    const std::vector<Way> more = ways_of(graph_, model_, thread, execution_.thread(thread).pending);
    result.insert(result.end(), more.begin(), more.end());
  };
  if (faulted_ != core::no_thread) {
    add(faulted_);
    return result;
  }
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const runtime::Thread& thread = execution_.thread(id);
    if (thread.status == ThreadStatus::pending && graph_.thread(id).count >= most_events_)
      cut_at_ = thread.pending.site;
  }
  // Several locks are taken in one go, when all are free: who runs next is not for this search to choose, so that it
  // could not make up for an execution that it gives up.
  const ThreadId taking = taking_several();
  for (const ThreadId thread : taking != core::no_thread ? std::vector{taking} : scheduling_->candidates(present()))
    add(thread);
  std::reverse(result.begin(), result.end());
  return result;
}

/// The thread that has got some of several locks; no_thread where there is none.
ThreadId Scheduled::taking_several() const {
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const runtime::Thread& thread = execution_.thread(static_cast<ThreadId>(t));
    if (thread.status == ThreadStatus::pending && thread.pending.several > 1) return static_cast<ThreadId>(t);
  }
  return core::no_thread;
}

bool Scheduled::can_go(ThreadId id) const {
  const runtime::Thread& thread = execution_.thread(id);
  if (thread.status != ThreadStatus::pending || graph_.thread(id).count >= most_events_) return false;
  return thread.pending.several != 0 ? can_take_all(thread.pending, id, newest_values(graph_))
                                     : can_move(graph_, id, thread.pending);
}

Present Scheduled::present() const {
  return {execution_, [this](ThreadId thread) { return can_go(thread); },
          [this](core::LocationId location) { return graph_.value_of(location, graph_.location(location).last); }};
}

// --- events ---

/// Adds the event, and runs its thread on.
void Scheduled::take(const Way& way) {
  const ThreadId thread = way.event.thread;
  const Operation operation = way.event.operation;
  if (thread >= tops_.size()) tops_.resize(thread + 1u, none);
  if (thread >= events_of_.size()) events_of_.resize(thread + 1u);
  const Position below = tops_[thread];
  Made made;
  made.below = below;
  if (below != none) {
    made.own = made_[static_cast<std::size_t>(below)].own;
    made.index = made_[static_cast<std::size_t>(below)].index + 1;
  }
  made.own.add(hash_of(way.event, name_of(thread, made.index), name(way.event.source),
                       way.event.writes ? name(way.place) : no_name));
  const Position at = graph_.add(way.event, way.event.writes ? way.place : none);
  made_.push_back(made);
  tops_[thread] = at;
  events_of_[thread].push_back(at);
  counts_.events++;
  model_.added(graph_);
  execution_.deliver(thread, delivery_of(graph_, at), at);
  const bool fault = operation.kind == OperationKind::fault;
  if (fault) {
    faulted_ = core::no_thread;
    observer_.fault(graph_);
    if (observer_.wants_to_stop()) return finish_leaf();
  } else if (way.event.locks_held > 1) {
    observer_.nested_lock(graph_);
  }
  run_on(thread);
  const runtime::Execution::Said said = execution_.take_said();
  made_.back().progress = said.progress || operation.kind == OperationKind::end;
  if (operation.kind == OperationKind::spawn)
    scheduling_->set_priority(static_cast<ThreadId>(operation.operand.low), scheduling_->priority(thread));
  if (said.priority) scheduling_->set_priority(thread, *said.priority);
  if (execution_.thread(thread).came_back()) leave_out_round(thread);
  scheduling_->moved(thread, present().ready());
}

void Scheduled::run_on(ThreadId thread) {
  execution_.advance_if_able(thread);
  const runtime::Thread& state = execution_.thread(thread);
  if (state.status == ThreadStatus::pending && state.pending.kind == OperationKind::fault) faulted_ = thread;
}

/// `thread` stands where it stood some events ago, having changed nothing: those are no part of the trace. But they
/// stay where another thread has read from them: that what is left was an execution, too, would be hard to say.
void Scheduled::leave_out_round(ThreadId thread) {
  const unsigned length = execution_.thread(thread).rounds.back;
  Position at = tops_[thread];
  for (unsigned i = 0; i < length; ++i) {
    if (is_named_by_others(at, thread)) return;
    at = made_[static_cast<std::size_t>(at)].below;
  }
  for (unsigned i = 0; i < length; ++i) {
    Made& top = made_[static_cast<std::size_t>(tops_[thread])];
    top.left_out = true;
    top.repeats = told(graph_[tops_[thread]].source);  // not its source: there may be thousands between
    left_out_.emplace_back(tops_[thread], graph_.size());
    tops_[thread] = top.below;
  }
  execution_.forget_round(thread);
}

/// Whether another thread has read from, or written after, what event `at` of `thread` wrote, which was there already.
bool Scheduled::is_named_by_others(Position at, ThreadId thread) const {
  if (!graph_[at].writes) return false;
  for (Position later = at + 1; later < graph_.size(); ++later) {
    const Event& event = graph_[later];
    if (event.thread == thread || made_[static_cast<std::size_t>(later)].left_out) continue;
    if (told(event.source) == at || (event.writes && told(event.co_previous) == at)) return true;
  }
  return false;
}

/// The event `at`, or what it only repeats where it is left out.
Position Scheduled::told(Position at) const {
  while (at != none && made_[static_cast<std::size_t>(at)].left_out) at = made_[static_cast<std::size_t>(at)].repeats;
  return at;
}

std::uint64_t Scheduled::name(Position at) const {
  at = told(at);
  return at == none ? no_name : name_of(graph_[at].thread, made_[static_cast<std::size_t>(at)].index);
}

// --- ends ---

void Scheduled::finish_leaf() {
  if (!leaves_.insert(beginning()).second) return;
  const Leaf kind = leaf_of(execution_, graph_, most_events_);
  (counts_as_execution(kind) ? counts_.executions : counts_.blocked)++;
  observer_.leaf(kind, graph_);
  first_leaf();
}

/// The events since `begin` have led back to the state that was there.
void Scheduled::close_cycle(Position begin) {
  bool goes_on = false;
  bool starves = false;
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const runtime::Thread& thread = execution_.thread(id);
    if (thread.status != ThreadStatus::pending || execution_.is_left_behind(id)) continue;
    if (graph_.thread(id).count >= most_events_) return finish_leaf();  // it would go on, and end the cycle perhaps
    goes_on = true;
    bool moves = false;
    bool progress = false;
    for (Position at = begin; at < graph_.size(); ++at) {
      moves = moves || graph_[at].thread == id;
      progress = progress || (graph_[at].thread == id && made_[static_cast<std::size_t>(at)].progress);
    }
    starves = starves || (!progress && (moves || !execution_.waits_for_end(id)));
  }
  if (!goes_on) return finish_leaf();
  if (!leaves_.insert(beginning()).second) return;
  counts_.executions++;
  observer_.cycle(graph_, begin, starves);
  first_leaf();
}

void Scheduled::first_leaf() {
  if (leaves_.size() != 1) return;
  require_repeatable(graph_, model_, execution_);
  in_step_ = false;
  static_cast<void>(execution_.take_said());
}

std::string Scheduled::partial_coverage() const {
  return full_ ? "The bound of --max-memory=" + std::to_string(options_.max_memory_mib) +
                     " was reached: there were too many beginnings of executions to remember"
               : "";
}

}  // namespace heddle::search
