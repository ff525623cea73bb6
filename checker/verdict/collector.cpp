#include "checker/verdict/collector.hpp"

#include <algorithm>

#include "checker/core/error.hpp"
#include "checker/search/replay.hpp"
#include "checker/verdict/explain.hpp"
#include "checker/verdict/interruption.hpp"
#include "checker/verdict/retell.hpp"

namespace heddle::verdict {

Collector::Collector(const Options& options, const graph::MemoryModel& model, runtime::Execution& execution)
    : options_(options), model_(model), execution_(execution), narrator_(execution, lines_) {}

void Collector::leaf(search::Leaf kind, const ExecutionGraph& graph) {
  if (search::counts_as_execution(kind)) ++executions_;
  if (lock_order_wanted_) examine_lock_order(graph);
  if (kind == search::Leaf::deadlock) stands_still(FindingKind::deadlock, graph);
  if (kind == search::Leaf::livelock) stands_still(FindingKind::livelock, graph);
  if (kind == search::Leaf::complete) {
    if (const auto fault = execution_.memory_fault(options_.leaks == Leaks::error); fault && is_new(fault->message))
      found(fault->kind, *fault, graph, whole(graph));
  }
  check_bounds(executions_ % 16 == 0);
  if (on_leaf_) on_leaf_();
}

void Collector::check_bounds(bool look_at_clock) {
  if (options_.max_executions != 0 && executions_ >= options_.max_executions && !stop_) {
    bound_ = Bound::executions;
    stop_ = true;
  }
  if (stop_requested()) {
    bound_ = Bound::interrupted;
    stop_ = true;
  }
  if (options_.timeout_seconds > 0 && look_at_clock &&
      std::chrono::steady_clock::now() - start_ > std::chrono::duration<double>(options_.timeout_seconds)) {
    bound_ = Bound::timeout;
    stop_ = true;
  }
}

/// What tells places apart. A line of the harness may be in line at several addresses; to look them up takes a program
/// of its own, so only where more than one finding is asked for.
std::string Collector::identity_of(const core::Site& site, const runtime::CallChain& from) {
  const source_location& place = site.location;
  if (place.line() != 0) return std::string(place.file_name()) + ':' + std::to_string(place.line());
  const SourceLine line = options_.keep_going ? lines_.line(lines_.in_harness(site, from)) : SourceLine{};
  if (line.line != 0) return to_string(line);
  std::string text;
  if (site.caller != nullptr) text = std::to_string(reinterpret_cast<std::uintptr_t>(site.caller));
  for (const void* caller : from) text += ',' + std::to_string(reinterpret_cast<std::uintptr_t>(caller));
  return text;
}

void Collector::fault(const ExecutionGraph& graph) {
  const runtime::Fault& fault = execution_.fault();
  std::string identity = std::string(to_string(fault.kind)) + identity_of(fault.site, fault.from) + fault.message;
  if (fault.other_site) identity += identity_of(*fault.other_site, {});
  if (!is_new(identity)) return;
  const Position last = graph.size() - 1;
  Part part = leading_to(graph, last);
  if (fault.kind == FindingKind::data_race) {
    // What the other thread did up to its access belongs to it.
    const ThreadId other = fault.other_thread;
    const Position last_of_other = graph.thread(other).last;
    for (Position at = 0; last_of_other != none && at < last; ++at)
      if (graph.within(at, graph.causal(last_of_other))) part.kept[static_cast<std::size_t>(at)] = true;
  } else if (fault.kind != FindingKind::assertion) {
    part.kept.assign(part.kept.size(), true);  // what others did between two of their operations may matter
  }
  part.in_order = fault.in_order;
  found(fault.kind, fault, graph, part);
}

void Collector::found(FindingKind kind, const runtime::Fault& fault, const ExecutionGraph& graph, const Part& part) {
  Part as_found = whole(graph);
  as_found.as_found = true;
  if (any_order()) {
    as_found.last = part.last;
    as_found.in_order = part.in_order;
  }
  std::vector<ScheduleStep> steps = schedule_of(graph, as_found);
  found_.push_back({kind, fault, any_order() ? schedule_of(graph, part) : steps, steps});
  if (!options_.keep_going) stop_ = true;
}

void Collector::stands_still(FindingKind kind, const ExecutionGraph& graph) {
  std::string identity(to_string(kind));
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    const runtime::Thread& thread = execution_.thread(static_cast<ThreadId>(t));
    if (thread.status == runtime::ThreadStatus::pending) identity += identity_of(thread.pending.site, {});
  }
  if (is_new(identity)) found(kind, {}, graph, whole(graph));
}

void Collector::cycle(const ExecutionGraph& graph, Position begin, bool starves) {
  ++executions_;
  std::string identity = "cycle";
  for (Position at = begin; at < graph.size(); ++at)
    identity += std::to_string(graph[at].thread) + identity_of(graph[at].operation.site, {}) + ';';
  if (starves && is_new(identity)) {
    found(FindingKind::livelock, {}, graph, whole(graph));
    found_.back().cycle = static_cast<std::size_t>(graph.size() - begin);
  }
  check_bounds(executions_ % 16 == 0);
  if (on_leaf_) on_leaf_();
}

std::vector<Finding> Collector::findings() {
  std::vector<Finding> findings;
  for (const Found& found : found_) {
    if (std::optional<Finding> finding = explain(found)) findings.push_back(std::move(*finding));
  }
  return findings;
}

std::optional<Finding> Collector::explain(const Found& found) {
  const Teller teller{options_, model_, execution_, lines_, narrator_};
  const auto attempt = [&](const std::vector<ScheduleStep>& steps) {
    return found.cycle != 0 ? retell_cycle(teller, steps, found.cycle) : retell(teller, found.kind, steps);
  };
  try {
    if (auto finding = attempt(found.steps)) return finding;
  } catch (const Error&) {
    // Something that is no operation made a difference: only the order in which it was found will do.
  }
  std::string why;
  try {
    if (auto finding = attempt(found.as_found)) return finding;
  } catch (const Error& error) {
    why = std::string(" (") + error.what() + ")";
  }
  throw Error("the harness is not deterministic: a " + std::string(to_string(found.kind)) + " (" + found.fault.message +
              ") did not come back when its schedule was run again" + why +
              ". A harness may not depend on time, random numbers, addresses or uninitialised memory");
}

// --- lock order ----------------------------------------------------------------------------------------------------

namespace {

/// The acquisitions that `thread` holds after event `at`, oldest first.
std::vector<Position> held_after(const ExecutionGraph& graph, Position at) {
  std::vector<Position> held;
  const ThreadId thread = graph[at].thread;
  unsigned missing = graph[at].locks_held;
  std::vector<LocationId> given_back;
  for (; missing > 0 && at != none && graph[at].thread == thread; at = graph[at].po_previous) {
    const Event& event = graph[at];
    const bool first = event.po_previous == none || graph[event.po_previous].thread != thread;
    const unsigned before = first ? 0 : graph[event.po_previous].locks_held;
    if (event.locks_held < before) given_back.push_back(event.operation.location);
    if (event.locks_held <= before) continue;
    const auto back = std::find(given_back.begin(), given_back.end(), event.operation.location);
    if (back != given_back.end()) {
      given_back.erase(back);
      continue;
    }
    held.push_back(at);
    --missing;
  }
  std::reverse(held.begin(), held.end());
  return held;
}

/// What the thread of event `at`, a lock, held when it asked for it, oldest first. Of several locks taken at once each
/// is asked for when none of them is held.
std::vector<Position> held_before(const ExecutionGraph& graph, Position at) {
  if (graph[at].operation.several > 1)
    while (graph[at].operation.several != 1) at = graph[at].po_previous;
  const Position before = graph[at].po_previous;
  return before == none ? std::vector<Position>{} : held_after(graph, before);
}

/// Clocks of what comes first however locks are handed over: program order, start, join, and reads of what is no lock.
std::vector<std::vector<core::Counter>> must_order(const ExecutionGraph& graph) {
  std::vector<std::vector<core::Counter>> clocks(static_cast<std::size_t>(graph.size()),
                                                 std::vector<core::Counter>(graph.stride()));
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    auto& clock = clocks[static_cast<std::size_t>(at)];
    const auto join = [&](Position before) {
      core::join_clock(clock.data(), clocks[static_cast<std::size_t>(before)].data(), graph.stride());
    };
    if (event.po_previous != none) join(event.po_previous);
    const bool is_lock =
        event.operation.primitive != nullptr && std::string_view(event.operation.primitive->name()).ends_with("mutex");
    if (event.commutes && !is_lock)
      graph.visit_before(at, join);
    else if (event.source != none && !is_lock)
      join(event.source);
    clock[event.thread] = static_cast<core::Counter>(event.index + 1);
  }
  return clocks;
}

}  // namespace

void Collector::nested_lock(const ExecutionGraph& graph) {
  if (options_.lock_order == LockOrder::off || lock_order_wanted_) return;
  const Position at = graph.size() - 1;
  const Event& event = graph[at];
  const bool first = event.po_previous == none || graph[event.po_previous].thread != event.thread;
  if (first || event.locks_held <= graph[event.po_previous].locks_held) return;
  const std::vector<Position> held = held_before(graph, at);
  std::vector<analysis::HeldLock> ids;
  for (const Position h : held)
    ids.push_back({graph[h].operation.location, execution_.place_number(graph[h].operation.site)});
  lock_order_wanted_ =
      lock_order_.wants(event.thread, {event.operation.location, execution_.place_number(event.operation.site)}, ids);
}

void Collector::examine_lock_order(const ExecutionGraph& graph) {
  lock_order_wanted_ = false;
  const auto begin = std::chrono::steady_clock::now();
  const auto clocks = must_order(graph);
  const auto taking = [&](Position at) {
    const Event& event = graph[at];
    return analysis::Taking{{event.operation.location, execution_.place_number(event.operation.site)},
                            narrator_.object(event.operation.location),
                            narrator_.line(event.operation.site),
                            clocks[static_cast<std::size_t>(at)]};
  };
  std::vector<analysis::Acquisition> acquisitions;
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    if (event.operation.kind != OperationKind::update || event.locks_held < 2 ||
        event.locks_held <= graph[event.po_previous].locks_held || search::operation_word(event.operation) != "lock")
      continue;
    analysis::Acquisition acquisition{event.thread, Narrator::thread(event.thread), taking(at), {}};
    for (const Position h : held_before(graph, at)) acquisition.held.push_back(taking(h));
    acquisitions.push_back(std::move(acquisition));
  }
  lock_order_.examine(acquisitions);
  analysis_time_ += std::chrono::steady_clock::now() - begin;
}

std::vector<Finding> Collector::inversions() {
  std::vector<Finding> findings;
  for (const analysis::Inversion& inversion : lock_order_.inversions()) {
    const bool happened =
        std::any_of(found_.begin(), found_.end(), [](const Found& f) { return f.kind == FindingKind::deadlock; });
    if (happened) break;  // a deadlock that did happen says it better
    Finding finding;
    finding.kind = FindingKind::lock_order;
    finding.message = inversion.message;
    finding.explanation = inversion.explanation;
    finding.threads = inversion.threads;
    finding.locations = inversion.locations;
    finding.dot = inversion.dot;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace heddle::verdict
