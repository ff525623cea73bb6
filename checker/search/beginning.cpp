#include "checker/search/beginning.hpp"

namespace heddle::search {

namespace {

/// Whether `event`, of a location of which operations commute, really is one of those: it writes, and did not find what
/// some may find too late.
bool may_commute(const ExecutionGraph& graph, const Event& event) {
  return event.reads && event.writes &&
         !event.operation.primitive->is_singular(graph.value_of(event.operation.location, event.source));
}

}  // namespace

std::uint64_t hash_in(const ExecutionGraph& graph, const Event& event, unsigned index, Position place) {
  const auto name = [&](Position at) { return at == none ? no_name : name_of(graph[at].thread, graph[at].index); };
  const std::uint64_t own = name_of(event.thread, index);
  if (!event.commutes) return hash_of(event, own, name(event.source), event.writes ? name(place) : no_name);
  const core::Primitive& primitive = *event.operation.primitive;
  const bool may = may_commute(graph, event);
  std::uint64_t before = 0;
  for (Position w = event.source; w != none; w = graph[w].co_previous) {
    const bool commute = may && primitive.commute(event.operation, graph[w].operation) && may_commute(graph, graph[w]);
    if (!commute) before += mixed(name(w));
  }
  // Those in the same phase of a barrier commute.
  if (event.reads) before += primitive.learns(event.operation, graph.value_of(event.operation.location, event.source));
  return hash_of(event, own, before, no_name);
}

}  // namespace heddle::search
