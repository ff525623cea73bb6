#include "checker/analysis/lock_order.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/analysis/drawing.hpp"
#include "checker/analysis/lock_graph.hpp"
#include "checker/analysis/wording.hpp"

namespace heddle::analysis {
namespace {

/// The edges of one cycle, beginning with the lowest thread.
using Cycle = std::vector<const LockEdge*>;

Cycle rotated(const std::vector<LockEdge>& edges, const LockCycle& indices) {
  Cycle cycle;
  for (std::size_t index : indices) cycle.push_back(&edges[index]);
  const auto lowest = std::min_element(cycle.begin(), cycle.end(), [](const LockEdge* one, const LockEdge* other) {
    return one->thread < other->thread;
  });
  std::rotate(cycle.begin(), lowest, cycle.end());
  return cycle;
}

std::vector<std::string> brief_names(const Cycle& cycle) {
  std::vector<std::string> all(cycle.size());
  std::vector<std::string> brief(cycle.size());
  for (std::size_t n = 0; n < cycle.size(); ++n) all[n] = cycle[n]->outer.name;
  for (std::size_t n = 0; n < cycle.size(); ++n) brief[n] = brief_name(all[n], all);
  return brief;
}

std::string message(const Cycle& cycle, const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t n = 0; n < cycle.size(); ++n) {
    if (n > 0) text += ", ";
    text += fmt::format("{} takes {} then {} ({})", cycle[n]->thread_name, names[n], names[(n + 1) % cycle.size()],
                        both_places(cycle[n]->outer.site, cycle[n]->inner.site));
  }
  return text;
}

std::string explanation(const Cycle& cycle, const std::vector<std::string>& names) {
  std::string who;
  std::vector<std::string> holding;
  for (std::size_t n = 0; n < cycle.size(); ++n) {
    const LockEdge& edge = *cycle[n];
    add_sentence(who,
                 fmt::format("{} takes {} at {} and, while it holds that, {} at {}.", edge.thread_name, edge.outer.name,
                             to_string(edge.outer.site), edge.inner.name, to_string(edge.inner.site)));
    holding.push_back(fmt::format("{} holds {}", edge.thread_name, names[n]));
  }
  const std::string waits = cycle.size() == 2 ? "each waits for the other" : "each waits for the next";
  const std::string danger = fmt::format("If {} at the same moment, {} for ever.", listed(holding), waits);
  const std::string excluded =
      "No lock that they all hold excludes that, and no start, join or other synchronisation puts one before the "
      "other. "
      "Where it did not happen, only the course of this harness prevented it (a value that was read, a choice), and a "
      "change elsewhere can bring it about.";
  std::vector<std::string> locks = names;
  std::sort(locks.begin(), locks.end());
  const std::string cure = fmt::format(
      "What would cure it: Let every thread take {} in the same order, or all at once with std::scoped_lock, which "
      "cannot "
      "deadlock.",
      listed(locks));
  return paragraphs({who, danger + ' ' + excluded, cure});
}

std::string drawing_of(const Cycle& cycle) {
  Drawing drawing("lock order");
  for (const LockEdge* edge : cycle) drawing.ellipse(fmt::format("lock {}", edge->outer.id.lock), edge->outer.name);
  for (const LockEdge* edge : cycle) {
    drawing.edge(fmt::format("lock {}", edge->outer.id.lock), fmt::format("lock {}", edge->inner.id.lock),
                 fmt::format("{}\n{}", edge->thread_name, both_places(edge->outer.site, edge->inner.site)),
                 Stroke::fault);
  }
  return drawing.text();
}

}  // namespace

LockOrder::LockOrder() : graph_(std::make_unique<Graph>()) {}
LockOrder::~LockOrder() = default;
LockOrder::LockOrder(LockOrder&&) noexcept = default;
LockOrder& LockOrder::operator=(LockOrder&&) noexcept = default;

bool LockOrder::wants(unsigned thread, HeldLock taken, std::span<const HeldLock> held) const {
  return graph_->wants(thread, taken, held);
}

void LockOrder::examine(std::span<const Acquisition> execution) { graph_->examine(execution); }

bool LockOrder::acyclic() const { return graph_->acyclic(); }

std::vector<Inversion> LockOrder::inversions(std::size_t limit) const {
  std::vector<Inversion> inversions;
  for (const LockCycle& indices : graph_->cycles(limit)) {
    const Cycle cycle = rotated(graph_->edges(), indices);
    const std::vector<std::string> names = brief_names(cycle);
    Inversion inversion;
    inversion.message = message(cycle, names);
    inversion.explanation = explanation(cycle, names);
    for (const LockEdge* edge : cycle) inversion.threads.push_back(edge->thread);
    std::sort(inversion.threads.begin(), inversion.threads.end());
    for (const LockEdge* edge : cycle) add_once(inversion.locations, edge->inner.site);
    for (const LockEdge* edge : cycle) add_once(inversion.locations, edge->outer.site);
    inversion.dot = drawing_of(cycle);
    inversions.push_back(std::move(inversion));
  }
  return inversions;
}

}  // namespace heddle::analysis
