#include "checker/verdict/execution_drawing.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <utility>

#include "checker/analysis/drawing.hpp"
#include "checker/verdict/explain.hpp"
#include "checker/verdict/weak_memory.hpp"

namespace heddle::verdict {

namespace {

using analysis::dot_quoted;

enum Relation : unsigned { rf, hb, co, fr };
struct Look {
  const char* name;
  const char* colour;
  const char* meaning;
};
constexpr Look looks[] = {{"rf", "#1a7f37", "is read by"},
                          {"hb", "#0969da", "happens before, by synchronizing"},
                          {"co", "#9a6700", "is overwritten by"},
                          {"fr", "#8250df", "has read what is overwritten by"}};
constexpr std::size_t no_node = static_cast<std::size_t>(-1);

class ExecutionDrawing {
 public:
  ExecutionDrawing(const search::Replay& replay, const Finding& finding)
      : graph_(replay.graph()), finding_(finding), older_(finding.steps.size()) {
    place_events(replay);
    for (Position at = 0; at < graph_.size(); ++at) add_relations(at);
  }

  std::string text() {
    text_ = fmt::format("digraph {} {{\n", dot_quoted("execution"));
    line("label={}; labelloc=t; fontname=\"sans-serif\"; newrank=true; nodesep=0.5; ranksep=0.3;",
         dot_quoted(std::string(to_string(finding_.kind)) + ": " + finding_.message));
    line("node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", fontsize=11];");
    line("edge [fontname=\"sans-serif\", fontsize=10];");
    columns();
    for (const auto& [ends, relations] : edges_) edge(ends.first, ends.second, relations);
    legend();
    return text_ + "}\n";
  }

 private:
  template <class... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    text_ += "  ";
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
    text_ += '\n';
  }

  /// An event that is not shown stands for what its thread shows next.
  void place_events(const search::Replay& replay) {
    node_of_.assign(static_cast<std::size_t>(graph_.size()), no_node);
    std::map<unsigned, std::vector<Position>> waiting;
    std::size_t step = 0;
    for (const search::Row& row : replay.rows()) {
      std::vector<Position>& hidden = waiting[row.thread];
      if (row.event != none) hidden.push_back(row.event);
      if (!replay.is_shown(row)) continue;
      for (const Position at : hidden) node_of_[static_cast<std::size_t>(at)] = step;
      hidden.clear();
      if (row.event != none) older_[step] = passed_over(graph_, row.event) != none;
      ++step;
    }
  }

  void relate(Position from, Position to, Relation relation) {
    if (from == none || to == none || graph_[from].thread == graph_[to].thread) return;
    const std::size_t first = node_of_[static_cast<std::size_t>(from)];
    const std::size_t second = node_of_[static_cast<std::size_t>(to)];
    if (first != no_node && second != no_node) edges_[{first, second}] |= 1U << relation;
  }

  void add_relations(Position at) {
    const Event& event = graph_[at];
    if (event.commutes) {
      relate_commuting(at);
      return synchronizes(at);
    }
    if (event.reads) relate(event.source, at, rf);
    const bool handed_on = event.writes && event.co_next != none && graph_[event.co_next].reads;  // rf says it
    if (event.writes && !handed_on) relate(at, event.co_next, co);
    if (event.reads && !event.writes) relate(at, graph_.co_after(event.operation.location, event.source), fr);
    synchronizes(at);
  }

  /// What `at` comes after on its object, but for what comes before another such event.
  void relate_commuting(Position at) {
    std::vector<Position> before;
    graph_.visit_before(at, [&](Position other) { before.push_back(other); });
    for (const Position one : before) {
      bool follows = false;
      for (const Position other : before)
        follows = follows || (other != one && graph_.within(one, graph_.causal(other)));
      if (!follows) relate(one, at, graph_[at].reads ? rf : hb);
    }
  }

  /// The newest events of other threads that happen newly before `at`, but for those that happen before another of
  /// them.
  void synchronizes(Position at) {
    const Event& event = graph_[at];
    const bool first = event.po_previous == none || graph_[event.po_previous].thread != event.thread;
    const core::Counter* const before = first ? nullptr : graph_.happens(event.po_previous);
    std::vector<Position> newest;
    for (Position other = 0; other < at; ++other) {
      const Event& candidate = graph_[other];
      const bool last_known = graph_.happens(at)[candidate.thread] == candidate.index + 1;
      if (candidate.thread != event.thread && last_known &&
          (before == nullptr || before[candidate.thread] <= candidate.index))
        newest.push_back(other);
    }
    for (const Position one : newest) {
      bool follows = false;
      for (const Position other : newest)
        follows = follows || (other != one && graph_.within(one, graph_.happens(other)));
      if (!follows) relate(one, at, hb);
    }
  }

  /// A thread's name, with the file it was started in and not the folders.
  static std::string head(const std::string& name) {
    const std::size_t open = name.find('(');
    const std::size_t slash = name.rfind('/');
    return open == std::string::npos || slash == std::string::npos || slash < open
               ? name
               : name.substr(0, open + 1) + name.substr(slash + 1);
  }

  void columns() {
    const std::size_t threads = finding_.thread_names.size();
    std::vector<std::string> last(threads);
    for (std::size_t t = 0; t < threads; ++t) {
      last[t] = fmt::format("t{}", t);
      line("t{} [label={}, group={}, shape=plain, fontsize=13];", t, dot_quoted(head(finding_.thread_names[t])), t);
      if (t != 0) line("t{} -> t{} [style=invis];", t - 1, t);
    }
    std::string heads;
    for (const std::string& head : last) heads += head + "; ";
    line("{{ rank=same; {}legend; }}", heads);
    if (threads != 0) line("t{} -> legend [style=invis];", threads - 1);
    for (std::size_t i = 0; i < finding_.steps.size(); ++i) {
      const Step& step = finding_.steps[i];
      if (step.thread >= threads) continue;
      node(i, step);
      line("{} -> s{} [color=gray50, weight=20{}];", last[step.thread], i,
           last[step.thread].starts_with('t') ? ", arrowhead=none, style=dotted" : "");
      last[step.thread] = fmt::format("s{}", i);
    }
  }

  void node(std::size_t number, const Step& step) {
    std::string label = step.operation + (step.outcome.empty() ? "" : " " + step.outcome);
    if (older_[number]) label += "\nolder than the newest";
    if (step.site.line != 0)
      label += "\n" + step.site.file.substr(step.site.file.rfind('/') + 1) + ":" + std::to_string(step.site.line);
    line("s{} [label={}, group={}{}{}];", number, dot_quoted(label), step.thread,
         step.fault ? ", color=red, penwidth=2" : "", older_[number] ? ", fillcolor=\"#ffe8b0\"" : "");
  }

  void edge(std::size_t from, std::size_t to, unsigned relations) {
    std::string names;
    std::string colours;
    for (const Relation each : {rf, hb, co, fr}) {
      if ((relations >> each & 1U) == 0) continue;
      names += (names.empty() ? "" : " ") + std::string(looks[each].name);
      colours += (colours.empty() ? "" : ":") + std::string(looks[each].colour);
    }
    const bool downwards = (relations & (1U << rf | 1U << hb)) != 0;
    line("s{} -> s{} [label=\"{}\", color=\"{}\", fontcolor=\"{}\"{}{}];", from, to, names, colours,
         colours.substr(0, colours.find(':')), downwards ? "" : ", constraint=false, style=dashed",
         relations == 1U << hb ? ", style=bold" : "");
  }

  void legend() {
    std::string rows =
        "<tr><td><font color=\"gray50\">po</font></td><td align=\"left\">comes before, in its thread</td></tr>";
    for (const Look& look : looks)
      rows += fmt::format("<tr><td><font color=\"{}\">{}</font></td><td align=\"left\">{}</td></tr>", look.colour,
                          look.name, look.meaning);
    line("legend [shape=plain, label=<<table border=\"1\" cellborder=\"0\" cellspacing=\"0\">{}</table>>];", rows);
  }

  const ExecutionGraph& graph_;
  const Finding& finding_;
  std::vector<std::size_t> node_of_;  ///< of an event: the number of the step that shows it
  std::vector<bool> older_;           ///< of a step: it passes over a newer write
  std::map<std::pair<std::size_t, std::size_t>, unsigned> edges_;  ///< between steps: bits of Relation
  std::string text_;
};

}  // namespace

std::string draw_execution(const search::Replay& replay, const Finding& finding) {
  return ExecutionDrawing(replay, finding).text();
}

}  // namespace heddle::verdict
