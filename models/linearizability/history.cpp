#include <algorithm>

#include "checker/analysis/linearizability.hpp"
#include "checker/analysis/timeline.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/runtime/interposition.hpp"
#include "models/linearizability/linearizable.hpp"

namespace heddle::models {

using analysis::Call;
using analysis::Calls;
using analysis::Point;
using core::none;
using core::Position;
using core::ThreadId;
using graph::ExecutionGraph;

namespace {

/// Memory that is allocated meanwhile is not the harness's.
class InEngine {
 public:
  InEngine() { runtime::set_inside_harness(false); }
  ~InEngine() { runtime::set_inside_harness(true); }
  InEngine(const InEngine&) = delete;
  InEngine& operator=(const InEngine&) = delete;
};

std::string name_of(ThreadId thread) { return thread == 0 ? "main" : "T" + std::to_string(thread); }

/// A recorded call and whose it is.
struct Recorded {
  const CallRecord* record;
  ThreadId thread;
};

/// Where the events of each thread are in the graph.
class Events {
 public:
  explicit Events(const runtime::Execution& execution) : execution_(execution), graph_(execution.graph()) {
    of_thread_.resize(graph_.thread_count());
    for (Position at = 0; at < graph_.size(); ++at) of_thread_[graph_[at].thread].push_back(at);
  }

  /// none where the thread has no such event.
  Position at(ThreadId thread, Position index) const {
    const std::vector<Position>& mine = of_thread_[thread];
    return index < 0 || index >= static_cast<Position>(mine.size()) ? none : mine[static_cast<std::size_t>(index)];
  }

  /// Whether `thread`, having made `count` events, comes in every execution of the trace after `other` has made more
  /// than `others` events.
  bool comes_after(ThreadId thread, Position count, ThreadId other, Position others) const {
    const Position before = last_of(thread, count);
    if (before == none) return false;
    return (execution_.interleaves() ? graph_.order(before) : graph_.happens(before))[other] > others;
  }

  /// Whether the end of `call` happens before what the running thread does now.
  bool happened(const Recorded& call) const {
    const ThreadId thread = execution_.current();
    if (call.thread == thread) return true;
    const Position before = last_of(thread, execution_.event_count(thread));
    return call.record->ended && before != none && graph_.happens(before)[call.thread] > call.record->returned_after;
  }

 private:
  /// The last event before `thread` has made `count` of its own, its spawn where it has made none; or none.
  Position last_of(ThreadId thread, Position count) const {
    const Position last = at(thread, count - 1);
    return last != none ? last : graph_.thread(thread).spawn;
  }

  const runtime::Execution& execution_;
  const ExecutionGraph& graph_;
  std::vector<std::vector<Position>> of_thread_;
};

class Judgement final : public analysis::SequentialObject {
 public:
  Judgement(std::vector<Recorded> calls, History::Specification& specification)
      : calls_(std::move(calls)), specification_(specification) {}

  std::optional<unsigned> after(unsigned state, unsigned call) override {
    return specification_.after(state, *calls_[call].record);
  }

  /// What is known of the order of invocations and returns.
  std::vector<Call> known(const Events& events) const {
    std::vector<Call> result;
    for (unsigned i = 0; i < calls_.size(); ++i) {
      const CallRecord& record = *calls_[i].record;
      Call call{.returned = record.returned,
                .before_invocation = before(events, i, record.invoked_after),
                .before_return = before(events, i, record.returned_after)};
      call.before_return.invoked |= Calls{1} << i;
      result.push_back(call);
    }
    return result;
  }

  /// The events to run in the order of `points`, so that the schedule shows the same history.
  std::vector<std::pair<Position, Position>> in_order(const Events& events, const std::vector<Point>& points) const {
    std::vector<std::pair<Position, Position>> pairs;
    for (std::size_t late = 0; late < points.size(); ++late) {
      if (points[late].is_return) continue;
      const Recorded& invoked = calls_[points[late].call];
      const Position second = events.at(invoked.thread, invoked.record->invoked_after);
      for (std::size_t early = 0; early < late && second != none; ++early) {
        const Recorded& returned = calls_[points[early].call];
        if (!points[early].is_return || returned.thread == invoked.thread) continue;
        const Position first = events.at(returned.thread, returned.record->returned_after - 1);
        if (first != none) pairs.emplace_back(first, second);
      }
    }
    return pairs;
  }

  std::string text_of(unsigned call) const {
    const CallRecord& record = *calls_[call].record;
    return record.call() + (record.returned ? record.answer() : "");
  }
  const Recorded& operator[](unsigned call) const { return calls_[call]; }

  std::string drawing(const std::vector<Point>& points) const {
    std::vector<std::string> lanes;
    std::vector<analysis::Bar> bars;
    for (unsigned i = 0; i < calls_.size(); ++i) {
      if (i == 0 || calls_[i].thread != calls_[i - 1].thread) lanes.push_back(name_of(calls_[i].thread));
      bars.push_back({lanes.size() - 1, text_of(i)});
    }
    return analysis::timeline(lanes, bars, points);
  }

 private:
  /// The points that come in every execution before `call`'s thread has made `count` events.
  analysis::Points before(const Events& events, unsigned call, Position count) const {
    analysis::Points points;
    for (unsigned i = 0; i < calls_.size(); ++i) {
      const Recorded& other = calls_[i];
      const bool same = other.thread == calls_[call].thread;
      const auto earlier = [&](Position others) {
        return same ? i < call : events.comes_after(calls_[call].thread, count, other.thread, others);
      };
      if (earlier(other.record->invoked_after)) points.invoked |= Calls{1} << i;
      if (other.record->returned && earlier(other.record->returned_after)) points.returned |= Calls{1} << i;
    }
    return points;
  }

  std::vector<Recorded> calls_;  ///< of one thread after the other, each in its order
  History::Specification& specification_;
};

std::string explanation_of(const Judgement& judgement, const analysis::Unexplained& unexplained,
                           History::Specification& specification, bool real_time) {
  const auto call_and_thread = [&](unsigned call) {
    return judgement.text_of(call) + " of " + name_of(judgement[call].thread);
  };
  std::string text = judgement.drawing(unexplained.points) + "\n";
  if (unexplained.longest.empty()) {
    text += "No call can come first";
  } else {
    text += "The most calls that can be put in order, from the first: ";
    for (const unsigned call : unexplained.longest) text += call_and_thread(call) + ", ";
    text.resize(text.size() - 2);
    if (const std::string state = specification.describe(unexplained.state); !state.empty())
      text += ", which leaves " + state;
    text += ". None of those that may come next answered what the specification does then";
  }
  text += ":\n";
  for (const unsigned call : unexplained.next)
    text += "  " + call_and_thread(call) + ", and not " +
            specification.would_answer(unexplained.state, *judgement[call].record) + "\n";
  text += real_time ? "\nCalls whose bars overlap may be put in either order, others only in the order shown."
                    : "\nA call is put before another where its return happens before the other's invocation; the "
                      "bars show one execution, in which others of them may not overlap either.";
  return text;
}

}  // namespace

History::History(const source_location& site) : site_(site) {
  if (!runtime::inside_check()) runtime::outside_check("linearizable", site);
}

History::~History() {
  for (CallRecord* newest : newest_) {
    while (newest != nullptr) {
      const std::unique_ptr<CallRecord> record(newest);
      newest = record->before;
    }
  }
  // Who calls after its end must find this: volatile, or it would be a dead store.
  *const_cast<volatile std::uint32_t*>(&mark_) = runtime::destroyed_mark;
}

void History::invoked(std::unique_ptr<CallRecord> record) {
  if (mark_ >= runtime::first_mark) runtime::dead_object(mark_, this, "linearizable", {});
  const runtime::Execution& execution = *runtime::Execution::active();
  const ThreadId thread = execution.current();
  record->site = core::Site(__builtin_return_address(0));
  record->invoked_after = record->returned_after = execution.event_count(thread);
  record->before = newest_[thread];
  newest_[thread] = record.release();
}

void History::ended(CallRecord& record, bool returned) {
  const runtime::Execution& execution = *runtime::Execution::active();
  record.returned_after = execution.event_count(execution.current());
  record.returned = returned;
  record.ended = true;
}

void History::judge(Specification& specification) const {
  if (runtime::Execution::active()->keeps_states())
    runtime::Execution::active()->refuse(
        "heddle::linearizable asks how an execution came about, which --search=liveness does not know: use "
        "--search=exhaustive");
  std::optional<runtime::Fault> fault;
  {
    const InEngine in_engine;
    fault = find_fault(specification);
  }
  if (fault) runtime::Execution::active()->stop(std::move(*fault));
}

std::optional<runtime::Fault> History::find_fault(Specification& specification) const {
  std::vector<Recorded> calls;
  for (unsigned t = 0; t < newest_.size(); ++t) {
    const std::size_t first = calls.size();
    for (const CallRecord* record = newest_[t]; record != nullptr; record = record->before)
      calls.push_back({record, static_cast<ThreadId>(t)});
    std::reverse(calls.begin() + static_cast<std::ptrdiff_t>(first), calls.end());
  }
  const std::size_t count = calls.size();
  if (count == 0) return std::nullopt;
  if (count > analysis::most_calls)
    return runtime::Fault{.kind = FindingKind::misuse,
                          .message = "heddle::linearizable watches up to 64 calls; make the history shorter",
                          .site = {site_}};
  const runtime::Execution& execution = *runtime::Execution::active();
  const bool real_time = execution.interleaves();
  const Events events(execution);
  Judgement judgement(std::move(calls), specification);
  for (unsigned i = 0; i < count; ++i)
    if (!events.happened(judgement[i]))
      return runtime::Fault{.kind = FindingKind::use_after_free,
                            .message = "linearizable destroyed while another thread may still use it",
                            .site = {site_},
                            .other_site = judgement[i].record->site,
                            .other_thread = judgement[i].thread};
  const std::vector<Call> known = judgement.known(events);
  const auto unexplained = real_time ? analysis::find_unexplained(known, judgement)
                                     : analysis::find_unexplained_by_knowledge(known, judgement);
  if (!unexplained) return std::nullopt;
  runtime::Fault fault{.kind = FindingKind::not_linearizable,
                       .message = "no order of the calls explains what they answered",
                       .site = judgement[unexplained->next.front()].record->site};
  fault.explanation = explanation_of(judgement, *unexplained, specification, real_time);
  if (real_time) fault.in_order = judgement.in_order(events, unexplained->points);
  for (unsigned i = 0; i < count; ++i)
    if (fault.threads.empty() || fault.threads.back() != judgement[i].thread)
      fault.threads.push_back(judgement[i].thread);
  return fault;
}

}  // namespace heddle::models
