#include "checker/verdict/explain_cycle.hpp"

#include <algorithm>

#include "checker/verdict/execution_drawing.hpp"
#include "checker/verdict/explain.hpp"

namespace heddle::verdict {

namespace {

constexpr std::size_t most_deeds = 8;  ///< of a thread in one round, as they are told

/// "T1", "T1 and T2", "main, T1 and T2"
std::string listed(const std::vector<ThreadId>& threads) {
  std::string text;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    if (i != 0) text += i + 1 == threads.size() ? " and " : ", ";
    text += Narrator::thread(threads[i]);
  }
  return text;
}

std::string at(const SourceLine& place) { return place.line == 0 ? "" : " (" + to_string(place) + ")"; }

/// What `thread` does in the cycle, one line; empty where it does nothing.
std::string deeds(const std::vector<Step>& cycle, ThreadId thread) {
  std::string text;
  std::size_t count = 0;
  for (const Step& step : cycle) {
    if (step.thread != thread || ++count > most_deeds) continue;
    text +=
        (text.empty() ? "" : ", ") + step.operation + (step.outcome.empty() ? "" : " " + step.outcome) + at(step.site);
  }
  if (count > most_deeds) text += ", and " + std::to_string(count - most_deeds) + " more";
  return text;
}

std::string waiting(const search::Replay& replay, const runtime::Execution& execution, ThreadId thread,
                    Narrator& narrator) {
  const Operation& operation = execution.thread(thread).pending;
  const ExecutionGraph& graph = replay.graph();
  const bool can = search::can_move(graph, thread, operation);
  std::string text = (can ? "does not move, though it could: " : "waits: ") + narrator.operation(operation) +
                     at(narrator.line(replay.pending_site(thread)));
  if (operation.primitive == nullptr || can) return text;
  const core::Value state = graph.value_of(operation.location, graph.location(operation.location).last);
  return text + ", " + operation.primitive->show(state);
}

/// What rules the cycle out, and what does not.
const char* about_fairness(const search::Replay& replay, bool by_model) {
  if (by_model) return "It is what the scheduler model does; no fairness beyond its rules was asked for.";
  if (replay.strongly_fair())
    return "No fair scheduler ends it: whoever can move somewhere in a round does move in it (strong fairness).";
  return "It needs a scheduler that is weakly fair only: somebody who can move at some steps of a round, though not at "
         "all "
         "of them, is passed over each time. A strongly fair scheduler (--fairness=strong) rules it out.";
}

/// Who does what in the round.
struct Round {
  std::vector<ThreadId> moving;
  std::vector<ThreadId> progressing;
  std::vector<ThreadId> without;  ///< who should make progress and makes none
  std::string told;               ///< a line for each thread
};

Round look_at(const search::Replay& replay, const runtime::Execution& execution, const std::vector<Step>& steps,
              Narrator& narrator) {
  Round round;
  const auto first = replay.rows().begin() + static_cast<std::ptrdiff_t>(replay.round_begin());
  for (unsigned t = 0; t < execution.thread_count(); ++t) {
    const auto id = static_cast<ThreadId>(t);
    const runtime::Thread& thread = execution.thread(id);
    if (thread.status != runtime::ThreadStatus::pending) continue;
    const std::string done = deeds(steps, id);
    round.told +=
        "  " + Narrator::thread(id) + ": " + (done.empty() ? waiting(replay, execution, id, narrator) : done) + "\n";
    if (!done.empty()) round.moving.push_back(id);
    const bool progress = std::any_of(first, replay.rows().end(),
                                      [&](const search::Row& row) { return row.thread == id && row.progress; });
    if (progress)
      round.progressing.push_back(id);
    else if (!done.empty() || !execution.waits_for_end(id))
      round.without.push_back(id);
  }
  return round;
}

std::string message_of(const Round& round) {
  if (round.progressing.empty())
    return listed(round.moving) + (round.moving.size() == 1 ? " goes" : " go") +
           " round for ever, and nobody makes progress";
  return listed(round.without) + (round.without.size() == 1 ? " is" : " are") +
         " starved: no progress for ever, while " + listed(round.progressing) +
         (round.progressing.size() == 1 ? " makes" : " make") + " some";
}

}  // namespace

std::optional<Finding> explain_cycle(const search::Replay& replay, const runtime::Execution& execution, bool by_model,
                                     Narrator& narrator) {
  Finding finding;
  finding.steps = steps_of(replay, narrator);
  finding.cycle = steps_since(replay, replay.round_begin());
  const std::vector<Step> steps(finding.steps.end() - static_cast<std::ptrdiff_t>(finding.cycle), finding.steps.end());
  const Round round = look_at(replay, execution, steps, narrator);
  if (round.without.empty()) return std::nullopt;
  finding.kind = round.progressing.empty() ? FindingKind::livelock : FindingKind::starvation;
  for (unsigned t = 0; t < execution.thread_count(); ++t)
    finding.thread_names.push_back(narrator.thread_at(static_cast<ThreadId>(t)));
  for (const ThreadId thread : finding.kind == FindingKind::livelock ? round.moving : round.without) {
    finding.threads.push_back(thread);
    const auto step = std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return s.thread == thread; });
    finding.locations.push_back(step != steps.end() ? step->site : narrator.line(replay.pending_site(thread)));
  }
  finding.message = message_of(round);
  finding.explanation = "In each round, after which everything is as it was before:\n" + round.told + "\n" +
                        about_fairness(replay, by_model) +
                        " Progress is a call of heddle::progress(), or the end of a thread.";
  finding.graph = draw_execution(replay, finding);
  return finding;
}

}  // namespace heddle::verdict
