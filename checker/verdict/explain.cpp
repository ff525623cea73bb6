#include "checker/verdict/explain.hpp"

#include <algorithm>
#include <map>

#include "checker/analysis/deadlock.hpp"
#include "checker/analysis/race.hpp"
#include "checker/analysis/wording.hpp"
#include "checker/search/several.hpp"
#include "checker/verdict/execution_drawing.hpp"
#include "checker/verdict/weak_memory.hpp"

namespace heddle::verdict {

namespace {

/// The locks that `thread` holds after the events of the graph up to `end`.
std::vector<analysis::Guard> guards_of(const ExecutionGraph& graph, ThreadId thread, Position end, Narrator& narrator) {
  std::vector<Position> held;
  for (Position at = 0; at < end; ++at) {
    const Event& event = graph[at];
    if (event.thread != thread || event.operation.kind != OperationKind::update || !event.writes) continue;
    const unsigned before = event.po_previous == none || graph[event.po_previous].thread != thread
                                ? 0
                                : graph[event.po_previous].locks_held;
    if (event.locks_held > before) held.push_back(at);
    if (event.locks_held < before)
      std::erase_if(held, [&](Position h) { return graph[h].operation.location == event.operation.location; });
  }
  std::vector<analysis::Guard> guards;
  for (const Position at : held)
    guards.push_back({narrator.object(graph[at].operation.location), narrator.line(graph[at].operation.site)});
  return guards;
}

/// Where `holder` took the object last.
analysis::Holder holder_of(const ExecutionGraph& graph, LocationId location, ThreadId holder, Narrator& narrator) {
  Position taken = graph.location(location).last;
  while (taken != none && graph[taken].thread != holder) taken = graph[taken].co_previous;  // others may share it
  while (taken != none && graph[taken].co_previous != none && graph[graph[taken].co_previous].thread == holder)
    taken = graph[taken].co_previous;
  if (taken == none) return {.thread = holder, .operation = "", .since = {}};
  return {.thread = holder,
          .operation = narrator.operation(graph[taken].operation),
          .since = narrator.line(graph[taken].operation.site)};
}

/// How many writes come before the state that is `source`, in the order of the location.
unsigned age_of(const ExecutionGraph& graph, Position source) {
  unsigned age = 0;
  for (; source != none; source = graph[source].co_previous) age++;
  return age;
}

/// The notifications of a condition variable that might have helped `waiter`, which waits since its last write to it:
/// those that woke another thread while it waited, or else those that came since its wait before, and found nobody.
/// What came earlier it has answered already.
std::vector<analysis::Notification> useless_notifications(const ExecutionGraph& graph, LocationId location,
                                                          ThreadId waiter, Narrator& narrator) {
  unsigned began = 0;   // age of the state that this wait made
  unsigned before = 0;  // age of the state that ended its wait before
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    if (event.operation.location != location || event.thread != waiter) continue;
    if (event.operation.kind == OperationKind::follow) before = age_of(graph, event.source);
    if (event.operation.kind == OperationKind::update && event.writes) began = age_of(graph, at);
  }
  std::vector<analysis::Notification> lost;
  std::vector<analysis::Notification> elsewhere;
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    if (event.operation.location != location || event.thread == waiter ||
        event.operation.kind != OperationKind::update || !search::operation_word(event.operation).starts_with("notify"))
      continue;
    const unsigned found = age_of(graph, event.source);
    analysis::Notification notification{
        event.thread, narrator.operation(event.operation), narrator.line(event.operation.site), {}};
    for (Position r = event.first_reader; r != none; r = graph[r].next_reader)
      if (graph[r].operation.kind == OperationKind::follow) notification.woke.push_back(graph[r].thread);
    if (found >= began && !notification.woke.empty())
      elsewhere.push_back(std::move(notification));
    else if (!event.writes && found >= before && found < began)
      lost.push_back(std::move(notification));
  }
  return elsewhere.empty() ? lost : elsewhere;
}

/// The threads that have lowered the count at `location` more often than they have raised it.
std::vector<analysis::Holder> keepers_of(const ExecutionGraph& graph, LocationId location, Narrator& narrator) {
  std::map<ThreadId, std::vector<Position>> kept;
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    if (event.operation.location != location || !event.writes) continue;
    std::vector<Position>& own = kept[event.thread];
    if (event.value.low < graph.value_of(location, event.source).low)
      own.push_back(at);
    else if (!own.empty())
      own.pop_back();
  }
  std::vector<analysis::Holder> keepers;
  for (const auto& [thread, events] : kept) {
    if (events.empty()) continue;
    const Operation& last = graph[events.back()].operation;
    keepers.push_back({thread, narrator.operation(last), narrator.line(last.site)});
  }
  return keepers;
}

analysis::Need need_of(core::Need need) {
  switch (need) {
    case core::Need::release:
      return analysis::Need::release;
    case core::Need::notify:
      return analysis::Need::notify;
    case core::Need::post:
      return analysis::Need::post;
    case core::Need::end_of_thread:
      return analysis::Need::end_of_thread;
  }
  return analysis::Need::release;
}

analysis::Waiting waiting_of(const search::Replay& replay, ThreadId thread, const search::GivenBack& given_back,
                             Narrator& narrator) {
  const ExecutionGraph& graph = replay.graph();
  const Operation operation = given_back.waits_for(thread);
  analysis::Waiting waiting{.thread = thread,
                            .operation = narrator.operation(operation),
                            .object = {},
                            .site = narrator.line(replay.pending_site(thread)),
                            .holders = {},
                            .waking = {},
                            .could_wake = {},
                            .history = {}};
  const bool joins = operation.kind == OperationKind::join;
  waiting.need = joins ? analysis::Need::end_of_thread : need_of(operation.primitive->need(operation));
  if (waiting.need == analysis::Need::end_of_thread) {
    waiting.could_wake = {joins ? static_cast<unsigned>(operation.operand.low)
                                : operation.primitive->awaited(operation)};
    return waiting;
  }
  const LocationId location = operation.location;
  waiting.object = narrator.object(location);
  waiting.waking = operation.primitive->waking(operation);
  for (const ThreadId holder : operation.primitive->holders(given_back.value(location)))
    waiting.holders.push_back(holder_of(graph, location, holder, narrator));
  if (waiting.need == analysis::Need::notify)
    waiting.history = useless_notifications(graph, location, thread, narrator);
  if (waiting.need == analysis::Need::post && waiting.waking.empty())  // what is waited for is a count
    waiting.keepers = keepers_of(graph, location, narrator);
  return waiting;
}

Finding finding_with_steps(const search::Replay& replay, FindingKind kind, Narrator& narrator) {
  Finding finding;
  finding.kind = kind;
  finding.steps = steps_of(replay, narrator);
  for (unsigned t = 0; t < replay.graph().thread_count(); ++t)
    finding.thread_names.push_back(narrator.thread_at(static_cast<ThreadId>(t)));
  return finding;
}

Step step_of(const search::Replay& replay, const search::Row& row, Narrator& narrator) {
  if (row.progress)
    return {.thread = row.thread, .operation = "progress", .outcome = {}, .site = narrator.line(row.site)};
  if (row.event == none) {
    return {.thread = row.thread,
            .operation = (row.write ? "write " : "read ") + narrator.plain_name(row.made, row.object),
            .outcome = row.value.empty() ? "" : "= " + row.value,
            .site = narrator.line(row.site)};
  }
  const Event& event = replay.graph()[row.event];
  return {.thread = row.thread,
          .operation = narrator.operation(event.operation),
          .outcome = narrator.outcome(replay.graph(), row.event),
          .site = event.operation.kind == OperationKind::end ? SourceLine{} : narrator.line(event.operation.site)};
}

void mark_fault(std::vector<Step>& steps, unsigned thread) {
  const auto last = std::find_if(steps.rbegin(), steps.rend(), [&](const Step& step) { return step.thread == thread; });
  if (last != steps.rend()) last->fault = true;
}

}  // namespace

std::size_t steps_since(const search::Replay& replay, std::size_t first_row) {
  return static_cast<std::size_t>(std::count_if(replay.rows().begin() + static_cast<std::ptrdiff_t>(first_row),
                                                replay.rows().end(),
                                                [&](const search::Row& row) { return replay.is_shown(row); }));
}

std::vector<Step> steps_of(const search::Replay& replay, Narrator& narrator) {
  std::vector<Step> steps;
  for (const search::Row& row : replay.rows())
    if (replay.is_shown(row)) steps.push_back(step_of(replay, row, narrator));
  return steps;
}

namespace {

/// Marks the step of row `number` of the replay.
void mark_row(const search::Replay& replay, std::vector<Step>& steps, std::size_t number) {
  const auto& rows = replay.rows();
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(number);
  const auto before = std::count_if(rows.begin(), end, [&](const search::Row& row) { return replay.is_shown(row); });
  steps[static_cast<std::size_t>(before)].fault = true;
}

/// Both accesses, what each thread held, and what it did in between.
Finding explain_race(const search::Replay& replay, ThreadId thread, const runtime::Fault& fault, Narrator& narrator) {
  Finding finding = finding_with_steps(replay, FindingKind::data_race, narrator);
  const ExecutionGraph& graph = replay.graph();
  const auto access = [&](ThreadId id, bool write, const core::Site& site, Position end) {
    return analysis::Access{id,
                            Narrator::thread(id),
                            write,
                            narrator.line(replay.in_harness(site)),
                            narrator.plain_at(fault.address, fault.object.value_or(core::Site{})),
                            guards_of(graph, id, end, narrator)};
  };
  const core::Site other_site = fault.other_site.value_or(core::Site{});
  Position made = 0;  // so many events
  Position made_before_first = 0;
  for (const search::Row& row : replay.rows()) {
    if (row.event != none) made = row.event + 1;
    if (row.event == none && row.thread == fault.other_thread && row.site == replay.in_harness(other_site))
      made_before_first = made;
  }
  analysis::UnorderedPair pair{.first = access(fault.other_thread, fault.other_write, other_site, made_before_first),
                               .second = access(thread, fault.write, fault.site, graph.size()),
                               .after_first = {},
                               .before_second = {},
                               .last_order = {}};
  bool after_access = false;
  for (const search::Row& row : replay.rows()) {
    if (row.event == none) {
      after_access = after_access || (row.thread == fault.other_thread && row.site == replay.in_harness(other_site));
      continue;
    }
    const Event& event = graph[row.event];
    const OperationKind kind = event.operation.kind;
    if (kind == OperationKind::fault || kind == OperationKind::begin || kind == OperationKind::end ||
        kind == OperationKind::choose)
      continue;
    const analysis::Synchronisation synchronisation{row.thread, Narrator::thread(row.thread),
                                                    narrator.operation(event.operation),
                                                    narrator.line(event.operation.site)};
    if (row.thread == fault.other_thread && after_access) pair.after_first.push_back(synchronisation);
    if (row.thread == thread) pair.before_second.push_back(synchronisation);
    if (kind == OperationKind::spawn && row.thread == fault.other_thread && event.operation.operand.low == thread)
      pair.last_order = synchronisation;
  }
  const analysis::Race race = analysis::explain_race(pair);
  finding.message = race.message;
  finding.explanation = race.explanation;
  finding.threads = race.threads;
  finding.locations = race.locations;
  const auto& rows = replay.rows();
  std::size_t last_access = rows.size();  // the one that was stopped
  while (last_access > 0 && (rows[--last_access].event != none || rows[last_access].thread != thread)) {
  }
  for (std::size_t row = last_access; row-- > 0;) {
    if (rows[row].event != none || rows[row].thread != fault.other_thread || rows[row].write != fault.other_write ||
        rows[row].made != rows[last_access].made || !(rows[row].object == rows[last_access].object))
      continue;
    mark_row(replay, finding.steps, row);
    break;
  }
  mark_row(replay, finding.steps, last_access);
  return finding;
}

const char* advice_for_isolation(bool by_pointer) {
  if (by_pointer)
    return "Processes share no memory, and a copy of a pointer leads to the same memory as the pointer does; so does a "
           "copy of what holds one: a shared_ptr, a future, a stop_source. Give a process a copy of what the pointer "
           "leads to, send that through a pipe or a queue, or put what both use into a heddle::shared_memory.";
  return "Processes share no memory: what stands in the memory of one is out of reach for all others. Give a process "
         "what it needs by value ([=]), send it through a pipe or a queue, or put what both use into a "
         "heddle::shared_memory.";
}

std::string advice_for(const runtime::Fault& fault, const Narrator& narrator) {
  switch (fault.kind) {
    case FindingKind::assertion:
      return "The schedule below leads there. Read it from the top: each row is one operation, in the column of its "
             "thread; "
             "no other thread runs between two rows.";
    case FindingKind::use_after_free:
      return "Some thread still uses the object while, or after, another one ends its life. Whoever destroys it must "
             "first "
             "wait for the others: join them, or let the last user destroy it (a shared_ptr, a reference count).";
    case FindingKind::double_free:
      if (fault.memory.empty())
        return "What is freed here is the address of a variable, or lies inside a block, or points nowhere. Free just "
               "what new or malloc has returned.";
      return "Two owners free the same memory. Make one of them the owner (unique_ptr), or count the owners "
             "(shared_ptr).";
    case FindingKind::uncaught_exception:
      return "No handler on this thread's stack takes the exception: std::terminate would end the program here.";
    case FindingKind::isolation:
      return advice_for_isolation(!fault.memory.empty() || narrator.is_on_heap(fault.location, fault.address));
    case FindingKind::no_progress:
      return "The thread computes, sleeps or loops without asking for anything that other threads could see, so no "
             "schedule "
             "can end it. A loop that waits must load an atomic or take a lock in each round.";
    case FindingKind::crash:
      return "The thread was stopped here. To see its stack and its data, replay the schedule with --gdb.";
    default:
      return "";
  }
}

/// "mutex m (queue.cpp:12)": what a fault concerns; empty where that is not known.
std::string object_of(const runtime::Fault& fault, Narrator& narrator) {
  if (fault.location != 0) return narrator.object(fault.location);
  if (std::string known = narrator.object_at(fault.address); !known.empty()) return known;
  if (!fault.object || fault.object->location.line() == 0) return "";
  return narrator.plain_at(fault.address, *fault.object) + " (" + to_string(narrator.line(*fault.object)) + ")";
}

/// Where the memory at fault was allocated, and freed: sentences, and places for the excerpt.
std::string tell_memory(const search::Replay& replay, const runtime::Fault& fault, Narrator& narrator,
                        std::vector<SourceLine>& places) {
  constexpr std::size_t most = 4;
  std::string text;
  const auto tell = [&](const char* what, const runtime::MemoryBlock& block, const runtime::CallChain* from) {
    if (from == nullptr) return;
    const SourceLine place = narrator.line_in_harness({}, *from);
    if (place.line == 0) return;
    text += (text.empty() ? "" : " ") + analysis::of_bytes(block.bytes) + what + to_string(place) + ".";
    places.push_back(place);
  };
  std::size_t told = 0;
  for (const runtime::MemoryBlock& block : fault.memory) {
    if (++told > most) break;
    tell(" allocated at ", block, replay.allocation_of(block.address));
    if (fault.kind != FindingKind::leak) tell(" freed at ", block, replay.release_of(block.address));
  }
  if (fault.memory.size() > most) text += " And so on.";
  return text.empty() ? "" : text + "\n\n";
}

/// A fault that brings its explanation with it.
Finding explained(const search::Replay& replay, const runtime::Fault& fault, Narrator& narrator) {
  Finding finding = finding_with_steps(replay, fault.kind, narrator);
  const SourceLine site = narrator.line_in_harness(fault.site, fault.from);
  finding.message = fault.message;
  finding.explanation = fault.explanation;
  finding.threads.assign(fault.threads.begin(), fault.threads.end());
  finding.locations = {site};
  const ThreadId thread = replay.graph()[replay.graph().size() - 1].thread;
  finding.steps.push_back({.thread = thread, .operation = fault.message, .outcome = {}, .site = site, .fault = true});
  return finding;
}

Finding explain_fault(const search::Replay& replay, const runtime::Fault& fault, Narrator& narrator) {
  const ExecutionGraph& graph = replay.graph();
  const ThreadId thread = graph[graph.size() - 1].thread;
  if (fault.kind == FindingKind::data_race) return explain_race(replay, thread, fault, narrator);
  if (!fault.explanation.empty()) return explained(replay, fault, narrator);
  Finding finding = finding_with_steps(replay, fault.kind, narrator);
  SourceLine site = narrator.line_in_harness(fault.site, fault.from);
  if (site.line == 0 && (site = narrator.start_of(thread)).line != 0)
    finding.explanation = "Which line that is the debug information does not say; this is where the thread begins.\n\n";
  const std::string detail = fault.detail.empty() ? "" : " (" + fault.detail + ")";
  const std::string object = object_of(fault, narrator);
  finding.message = Narrator::thread(thread) + ": " + fault.message + detail;
  if (!object.empty()) finding.message += ": " + object.substr(0, object.rfind(" ("));
  finding.threads = {thread};
  finding.threads.insert(finding.threads.end(), fault.threads.begin(), fault.threads.end());
  finding.locations = {site};
  if (const auto place = object.rfind(" ("); place != std::string::npos)
    finding.explanation += "The object is " + object.substr(0, place) + ", made at " +
                           object.substr(place + 2, object.size() - place - 3) + ".\n\n";
  finding.explanation += tell_memory(replay, fault, narrator, finding.locations);
  if (fault.other_site) {
    finding.locations.push_back(narrator.line(replay.in_harness(*fault.other_site)));
    finding.threads.push_back(fault.other_thread);
    finding.explanation += "The other thread is " + Narrator::thread(fault.other_thread) + ", at " +
                           to_string(narrator.line(replay.in_harness(*fault.other_site))) +
                           "; nothing orders the two.\n\n";
  } else if (fault.other_thread != core::no_thread) {
    finding.threads.push_back(fault.other_thread);
    finding.explanation += "It is held by " + Narrator::thread(fault.other_thread) + ".\n\n";
  }
  std::sort(finding.threads.begin(), finding.threads.end());
  finding.threads.erase(std::unique(finding.threads.begin(), finding.threads.end()), finding.threads.end());
  finding.explanation += advice_for(fault, narrator);
  while (finding.explanation.ends_with('\n')) finding.explanation.pop_back();
  // The assertion itself is no operation: it gets a row of its own.
  finding.steps.push_back(
      {.thread = thread, .operation = fault.message + detail, .outcome = {}, .site = site, .fault = true});
  return finding;
}

/// Of the threads that take several locks at once and have got some of them.
std::string tell_several(const search::Replay& replay, const runtime::Execution& execution, Narrator& narrator) {
  std::string text;
  for (unsigned t = 0; t < execution.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const Operation& pending = execution.thread(id).pending;
    if (execution.thread(id).status != runtime::ThreadStatus::pending || pending.several < 2) continue;
    const core::SeveralLocks& all = core::several_of(pending);
    std::string got;
    for (std::uint32_t n = 0; n + 1 < pending.several; ++n)
      got += (got.empty() ? "" : " and ") + narrator.name(all.locks[n].location);
    text += narrator.thread_at(id) + " takes several locks at once at " +
            to_string(narrator.line(replay.pending_site(id))) + "; it has taken " + got +
            ", and would give back what it took rather than keep it while it waits. ";
  }
  return text;
}

Finding explain_deadlock(const search::Replay& replay, const runtime::Execution& execution, Narrator& narrator) {
  Finding finding = finding_with_steps(replay, FindingKind::deadlock, narrator);
  analysis::Standstill standstill;
  const search::GivenBack given_back(execution, search::newest_values(replay.graph()));
  for (unsigned t = 0; t < execution.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    standstill.thread_names.push_back(Narrator::thread(id));
    const runtime::Thread& thread = execution.thread(id);
    if (thread.status == runtime::ThreadStatus::pending)
      standstill.waiting.push_back(waiting_of(replay, id, given_back, narrator));
    else if (thread.status == runtime::ThreadStatus::returned)
      standstill.ended.push_back(t);
    if (thread.died) standstill.died.push_back(t);
  }
  for (const analysis::Waiting& waiting : standstill.waiting)
    finding.steps.push_back(
        {.thread = waiting.thread, .operation = waiting.operation, .outcome = "waits for ever", .site = waiting.site});
  const analysis::Deadlock deadlock = analysis::explain_deadlock(standstill);
  finding.message = deadlock.message;
  finding.explanation = tell_several(replay, execution, narrator) + deadlock.explanation;
  finding.threads = deadlock.threads;
  finding.locations = deadlock.locations;
  finding.dot = deadlock.dot;
  for (const unsigned thread : finding.threads) mark_fault(finding.steps, thread);
  return finding;
}

Finding explain_livelock(const search::Replay& replay, const runtime::Execution& execution, Narrator& narrator) {
  Finding finding = finding_with_steps(replay, FindingKind::livelock, narrator);
  const ExecutionGraph& graph = replay.graph();
  for (unsigned t = 0; t < execution.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const runtime::Thread& thread = execution.thread(id);
    if (!thread.came_back()) continue;
    std::string reads;
    Position at = graph.thread(id).last;
    for (unsigned i = 0; i < thread.rounds.back; ++i, at = graph[at].po_previous) {
      const Event& event = graph[at];
      if (!event.reads) continue;
      const core::Value value = graph.value_of(event.operation.location, event.source);
      reads = narrator.name(event.operation.location) + " = " + event.operation.primitive->show(value) +
              (reads.empty() ? "" : ", ") + reads;
    }
    const SourceLine line = narrator.line(replay.pending_site(id));
    finding.message += (finding.message.empty() ? "" : "; ") + Narrator::thread(id) +
                       " waits in a loop that nobody ends: it reads " + reads;
    finding.explanation += narrator.thread_at(id) + " goes round the loop at " + to_string(line) + ", reads " + reads +
                           ", which are the newest values, and is then just where it was before. ";
    finding.threads.push_back(t);
    finding.locations.push_back(line);
    finding.steps.push_back(
        {.thread = t, .operation = narrator.operation(thread.pending), .outcome = "and so on, for ever", .site = line});
  }
  finding.explanation += "Every other thread has ended or waits too, so nobody is left to write another value.";
  for (const unsigned thread : finding.threads) mark_fault(finding.steps, thread);
  return finding;
}

/// What is only seen at the end of an execution.
Finding explain_memory(const search::Replay& replay, const runtime::Fault& fault, Narrator& narrator) {
  Finding finding = finding_with_steps(replay, fault.kind, narrator);
  finding.message = fault.message;
  finding.explanation = tell_memory(replay, fault, narrator, finding.locations);
  finding.explanation +=
      fault.kind == FindingKind::leak
          ? "When every thread had ended, nothing led to this memory any more, neither from a global nor from "
            "other memory that is still reachable. In this schedule its owner was lost, or never freed it."
          : "The write itself was a plain one, and was not seen; replay the schedule under a debugger and watch the "
            "address.";
  return finding;
}

std::optional<Finding> judge_end(const search::Replay& replay, const runtime::Execution& execution,
                                 const Options& options, Narrator& narrator) {
  const ExecutionGraph& graph = replay.graph();
  if (graph.size() != 0 && graph[graph.size() - 1].operation.kind == OperationKind::fault)
    return explain_fault(replay, execution.fault(), narrator);
  bool waits = false;
  bool unfinished = false;
  bool round = false;
  const search::GivenBack given_back(execution, search::newest_values(graph));
  for (unsigned t = 0; t < execution.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const runtime::Thread& thread = execution.thread(id);
    const bool pending = thread.status == runtime::ThreadStatus::pending;
    const bool in_loop = thread.came_back();
    if (pending && thread.pending.several == 0 && !in_loop && search::can_move(graph, id, thread.pending))
      return std::nullopt;                                         // it ends before the fault
    if (pending && given_back.can_go_on(id)) return std::nullopt;  // this is none
    if (pending && execution.is_left_behind(id)) continue;
    unfinished = unfinished || thread.status != runtime::ThreadStatus::returned;
    if (!pending) continue;
    waits = true;
    round = round || thread.came_back();
  }
  if (round) return explain_livelock(replay, execution, narrator);
  if (waits) return explain_deadlock(replay, execution, narrator);
  if (unfinished) return std::nullopt;
  if (const auto fault = execution.memory_fault(options.leaks == Leaks::error))
    return explain_memory(replay, *fault, narrator);
  return std::nullopt;
}

}  // namespace

std::optional<Finding> judge(const search::Replay& replay, const runtime::Execution& execution, const Options& options,
                             Narrator& narrator) {
  std::optional<Finding> finding = judge_end(replay, execution, options, narrator);
  if (!finding) return finding;
  const ThreadId racing =
      finding->kind == FindingKind::data_race ? replay.graph()[replay.graph().size() - 1].thread : core::no_thread;
  finding->explanation = tell_weak_memory(replay, racing, narrator) + finding->explanation;
  while (finding->explanation.ends_with('\n')) finding->explanation.pop_back();
  finding->graph = draw_execution(replay, *finding);
  return finding;
}

}  // namespace heddle::verdict
