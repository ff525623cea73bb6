#include "checker/search/bounded.hpp"

#include <algorithm>
#include <charconv>

#include "checker/core/error.hpp"
#include "checker/search/leaf.hpp"
#include "checker/search/repeatable.hpp"
#include "checker/search/time.hpp"

namespace heddle::search {

namespace {

constexpr std::size_t most_beginnings = 8'000'000;  ///< about a gigabyte
constexpr unsigned most_preemptions = 1'000;

}  // namespace

PreemptionBound::PreemptionBound(const std::string& text) : automatic(text == "auto") {
  if (automatic) return;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), first);
  if (failure != std::errc{} || end != text.data() + text.size() || first > most_preemptions)
    throw Error("option --preemption-bound: '" + text.substr(0, 40) + "' is neither a number from 0 to " +
                std::to_string(most_preemptions) + " nor auto");
}

Bounded::Bounded(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution,
                 Observer& observer)
    : options_(options), model_(model), execution_(execution), observer_(observer), bound_(options.preemption_bound) {
  graph_.set_has_orders(!model.interleaves());
}

void Bounded::run() {
  execution_.use(graph_);
  execution_.start();
  run_on(0);
  const std::size_t beginning = execution_.save();
  const ThreadId faulted_at_once = faulted_;
  for (preemptions_ = bound_.first;; ++preemptions_) {
    execution_.restore(beginning);
    faulted_ = faulted_at_once;
    left_out_.clear();
    explore(preemptions_);
    if (observer_.wants_to_stop() || full_) break;
    visited_ = preemptions_;
    complete_ = nothing_left_out();
    if (complete_ || !bound_.automatic || preemptions_ == most_preemptions) break;
  }
  execution_.forget(beginning);
}

/// All executions with so many preemptions, from the beginning.
void Bounded::explore(unsigned preemptions) {
  now_ = {};
  std::vector<Alternative> ways = alternatives(0, preemptions);
  if (ways.empty()) return finish_leaf();  // the main thread waits at once
  nodes_.push_back({0, execution_.save(), std::move(ways)});
  bool in_step = true;
  while (!nodes_.empty()) {
    Node& node = nodes_.back();
    const bool done = node.alternatives.empty() || observer_.wants_to_stop() || full_;
    if (done) {
      execution_.forget(node.checkpoint);
      nodes_.pop_back();
      in_step = false;
      continue;
    }
    const Alternative next = node.alternatives.back();
    node.alternatives.pop_back();
    const auto before = most_left_.find(with_thread(next));
    if (before != most_left_.end() && before->second > next.left) continue;
    if (!in_step) {
      while (graph_.size() > node.size) graph_.pop();
      execution_.restore(node.checkpoint);
      faulted_ = core::no_thread;
    }
    in_step = follow(next);
  }
  graph_.pop_all();
}

/// Takes `next`, and what follows where there is one way only; says whether a new node was come to.
bool Bounded::follow(Alternative next) {
  while (take(next)) {
    std::vector<Alternative> ways = alternatives(next.way.event.thread, next.left);
    if (ways.empty()) {
      finish_leaf();
      return false;
    }
    if (ways.size() > 1) {
      nodes_.push_back({graph_.size(), execution_.save(), std::move(ways)});
      return true;
    }
    next = ways.front();
  }
  return false;
}

/// What may happen next where `current` has moved last, the most natural one last. Notes what would take more
/// preemptions than are left.
std::vector<Bounded::Alternative> Bounded::alternatives(ThreadId current, unsigned left) {
  std::vector<Alternative> result;
  const auto add = [&](ThreadId thread, bool preempts) {
    for (const Way& way : ways_of(graph_, model_, thread, execution_.thread(thread).pending)) {
      const Beginning beginning = with(way);
      if (preempts && left == 0)
        left_out_.insert(beginning);
      else
        result.push_back({way, beginning, left - (preempts ? 1U : 0U)});
    }
  };
  if (faulted_ != core::no_thread) {
    add(faulted_, false);
    return result;
  }
  const auto can_go = [&](ThreadId id) {
    const runtime::Thread& thread = execution_.thread(id);
    if (thread.status != runtime::ThreadStatus::pending || !can_move(graph_, id, thread.pending)) return false;
    if (graph_.thread(id).count < options_.max_events) return true;
    cut_at_ = thread.pending.site;
    return false;
  };
  const bool goes_on = can_go(current);
  if (goes_on) add(current, false);
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    if (id != current && can_go(id)) add(id, goes_on);
  }
  const bool standstill = result.empty() && leaf_of(execution_, graph_, options_.max_events) == Leaf::deadlock;
  if (standstill && pass_time(execution_, graph_)) return alternatives(current, left);
  std::reverse(result.begin(), result.end());
  return result;
}

/// What is remembered: with whom the execution goes on matters too, since to leave that thread is a preemption.
Beginning Bounded::with_thread(const Alternative& alternative) {
  return {alternative.beginning.low + mixed(alternative.way.event.thread + 1U), alternative.beginning.high};
}

/// Adds the event; says whether what follows is to be searched. It is not where that was done before, or is not wanted.
bool Bounded::take(const Alternative& alternative) {
  const auto& [way, beginning, left] = alternative;
  const ThreadId thread = way.event.thread;
  now_ = beginning;
  std::uint16_t& most = most_left_[with_thread(alternative)];
  if (most > left) return false;
  most = static_cast<std::uint16_t>(left + 1);
  const bool is_new = met_.insert(now_).second;
  if (is_new && met_.size() % 4096 == 0) observer_.still_searching();
  full_ = full_ || met_.size() >= most_beginnings;
  const Position at = graph_.add(way.event, way.event.writes ? way.place : none);
  counts_.events++;
  counts_.states = met_.size();
  model_.added(graph_);
  execution_.deliver(thread, delivery_of(graph_, at), at);
  if (way.event.operation.kind == OperationKind::fault) {
    faulted_ = core::no_thread;
    if (is_new) observer_.fault(graph_);
    if (observer_.wants_to_stop()) {
      finish_leaf();
      return false;
    }
  } else if (is_new && way.event.locks_held > 1) {
    observer_.nested_lock(graph_);
  }
  run_on(thread);
  return true;
}

void Bounded::run_on(ThreadId thread) {
  execution_.advance_if_able(thread);
  const runtime::Thread& state = execution_.thread(thread);
  if (state.status == runtime::ThreadStatus::pending && state.pending.kind == OperationKind::fault) faulted_ = thread;
}

void Bounded::finish_leaf() {
  if (!leaves_.insert(now_).second) return;
  const Leaf kind = leaf_of(execution_, graph_, options_.max_events);
  (counts_as_execution(kind) ? counts_.executions : counts_.blocked)++;
  observer_.leaf(kind, graph_);
  if (leaves_.size() != 1) return;
  require_repeatable(graph_, model_, execution_);
  faulted_ = core::no_thread;
}

/// The graph's beginning with one event more.
Beginning Bounded::with(const Way& way) {
  const Event& event = way.event;
  Beginning result = now_;
  if (model_.interleaves()) {  // whatever is in co comes before the event
    result.add(hash_in(graph_, event, graph_.thread(event.thread).count, way.place));
    return result;
  }
  result = {};
  graph_.add(event, event.writes ? way.place : none);
  for (Position at = 0; at < graph_.size(); ++at)
    result.add(hash_in(graph_, graph_[at], graph_[at].index, graph_[at].co_previous));
  graph_.pop();
  return result;
}

bool Bounded::nothing_left_out() const {
  return std::all_of(left_out_.begin(), left_out_.end(), [&](const Beginning& b) { return met_.contains(b); });
}

std::string Bounded::partial_coverage() const {
  if (complete_) return {};
  const auto up_to = [](unsigned bound) {
    return "executions with up to " + std::to_string(bound) + (bound == 1 ? " preemption" : " preemptions");
  };
  std::string text =
      visited_ ? "All " + up_to(*visited_) + " were visited" : "Some " + up_to(preemptions_) + " were visited";
  text += visited_ && *visited_ != preemptions_ ? ", some with one more, and others left out" : ", and others left out";
  if (full_) text += "; there were too many beginnings of executions to remember";
  return text;
}

}  // namespace heddle::search
