#include "checker/verdict/weak_memory.hpp"

namespace heddle::verdict {

Position passed_over(const ExecutionGraph& graph, Position at) {
  const Event& event = graph[at];
  if (!event.reads && !event.writes) return none;
  Position newest = none;
  for (Position w = event.writes ? event.co_next : graph.co_after(event.operation.location, event.source); w != none;
       w = graph[w].co_next)
    if (w < at) newest = w;
  return newest;
}

namespace {

constexpr unsigned most_told = 4;

std::string at_line(const Event& event, Narrator& narrator) {
  const SourceLine line = narrator.line(event.operation.site);
  return line.line == 0 ? "" : " at " + to_string(line);
}

/// "T1's store x at a.cpp:12"
std::string of_thread(const Event& event, Narrator& narrator) {
  return Narrator::thread(event.thread) + "'s " + narrator.operation(event.operation) + at_line(event, narrator);
}

std::string tell_older(const ExecutionGraph& graph, Position at, Position newer, Narrator& narrator) {
  const Event& event = graph[at];
  std::string text = of_thread(event, narrator);
  if (event.reads)
    text += " reads an older value than the newest: " +
            event.operation.primitive->show(graph.value_of(event.operation.location, event.source)) + ", not what " +
            of_thread(graph[newer], narrator) + " has made of it.";
  else
    text += " comes before " + of_thread(graph[newer], narrator) + " in the order of stores, though it is made later.";
  if (!graph.within(newer, graph.happens(at)))
    text += " It may: the other does not happen before it, since " + Narrator::thread(graph[newer].thread) +
            " has released nothing after that which " + Narrator::thread(event.thread) + " has acquired.";
  return text + "\n\n";
}

std::string with_order(const Event& event, const char* needed) {
  const bool enough = std::string(needed) == "memory_order_release" ? event.releases : event.acquires;
  return enough ? "" : std::string(needed);
}

/// The newest read of another thread's write before the race that did not synchronize, though it could have.
std::string tell_cure(const ExecutionGraph& graph, ThreadId racing, Narrator& narrator) {
  const Position last = graph.thread(racing).last;
  for (Position at = last; at != none; --at) {
    const Event& read = graph[at];
    if (!read.reads || read.source == none || read.order == core::Order::by_primitive ||
        !graph.within(at, graph.causal(last)))
      continue;
    const Event& write = graph[read.source];
    if (write.thread == read.thread || graph.within(read.source, graph.happens(last))) continue;
    const std::string release = with_order(write, "memory_order_release");
    const std::string acquire = with_order(read, "memory_order_acquire");
    if (release.empty() && acquire.empty()) continue;
    std::string text = of_thread(read, narrator) + " reads what " + of_thread(write, narrator) +
                       " wrote, but does not synchronize with it. What comes before the one would happen before what "
                       "follows the other";
    if (!release.empty()) text += ", were the write at least " + release;
    if (!acquire.empty()) text += std::string(release.empty() ? ", were" : " and") + " the read at least " + acquire;
    return text + ".\n\n";
  }
  return "";
}

}  // namespace

std::string tell_weak_memory(const search::Replay& replay, ThreadId racing, Narrator& narrator) {
  const ExecutionGraph& graph = replay.graph();
  if (!graph.has_orders()) return "";
  std::string text;
  unsigned told = 0;
  for (Position at = 0; at < graph.size() && told < most_told; ++at) {
    const Position newer = passed_over(graph, at);
    if (newer == none) continue;
    text += tell_older(graph, at, newer, narrator);
    told++;
  }
  if (racing != core::no_thread) text += tell_cure(graph, racing, narrator);
  return text;
}

}  // namespace heddle::verdict
