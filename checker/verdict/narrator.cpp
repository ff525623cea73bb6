#include "checker/verdict/narrator.hpp"

#include <string_view>

#include "checker/search/replay.hpp"

namespace heddle::verdict {

std::string Narrator::thread_at(ThreadId id) {
  if (id == 0) return "main";
  const SourceLine started = line(execution_.spawned_at(id));
  return started.line == 0 ? thread(id) : thread(id) + " (" + to_string(started) + ")";
}

std::string Narrator::name(LocationId id) {
  const core::Primitive* primitive = execution_.primitive_of(id);
  const std::string kind = primitive == nullptr ? "object" : primitive->name();
  const core::Site made_at{execution_.made_at(id)};
  const std::string declared = lines_.declared_name(made_at);
  // Objects made at one place (of an array, in a loop) are told apart by their number.
  unsigned before = 0;
  unsigned all = 0;
  for (LocationId other = 1; other < execution_.location_count(); ++other) {
    if (execution_.primitive_of(other) != primitive || !(core::Site{execution_.made_at(other)} == made_at)) continue;
    all++;
    before += other < id;
  }
  if (declared.empty()) return kind + " #" + std::to_string(before + 1);
  return all > 1 ? declared + "#" + std::to_string(before + 1) : declared;
}

std::string Narrator::object(LocationId id) {
  const core::Primitive* primitive = execution_.primitive_of(id);
  const SourceLine made = line({execution_.made_at(id)});
  const std::string called = name(id);
  const std::string kind = primitive == nullptr ? "object" : primitive->name();
  std::string text = called.starts_with(kind) ? called : kind + " " + called;
  if (made.line != 0 && !made.file.starts_with("/usr/")) text += " (" + to_string(made) + ")";
  return text;
}

std::string Narrator::plain_name(const core::Site& made_at) {
  const std::string declared = lines_.declared_name(made_at);
  if (!declared.empty()) return declared;
  const SourceLine made = line(made_at);
  return made.line == 0 || made.file.starts_with("/usr/") ? "plain data" : "the data made at " + to_string(made);
}

std::string Narrator::operation(const Operation& operation) {
  const std::string word = search::operation_word(operation);
  switch (operation.kind) {
    case OperationKind::join:
    case OperationKind::spawn:
      return word + " " + thread(static_cast<ThreadId>(operation.operand.low));
    case OperationKind::choose:
      return "choose(" + std::to_string(operation.operand.low) + ")";
    case OperationKind::begin:
      return "begins";
    case OperationKind::end:
      return "ends";
    case OperationKind::block:
      return "assume(false)";
    case OperationKind::fault:
      return "stops";
    default:
      return word + " " + name(operation.location);
  }
}

std::string Narrator::outcome(const ExecutionGraph& graph, Position at) {
  const Event& event = graph[at];
  const auto shown = [&](core::Value value) { return event.operation.primitive->show(value); };
  switch (event.operation.kind) {
    case OperationKind::load:
      return "= " + shown(graph.value_of(event.operation.location, event.source)) +
             (event.source == none ? " (initial)" : " (from " + thread(graph[event.source].thread) + ")");
    case OperationKind::store:
      return "= " + shown(event.value);
    case OperationKind::choose:
      return "= " + std::to_string(event.choice);
    case OperationKind::follow:
      return "woken by " + thread(graph[event.source].thread);
    case OperationKind::update:
      return update_outcome(graph, event);
    default:
      return "";
  }
}

std::string Narrator::update_outcome(const ExecutionGraph& graph, const Event& event) {
  const core::Primitive& primitive = *event.operation.primitive;
  const core::Value before = graph.value_of(event.operation.location, event.source);
  const std::string_view kind = primitive.name();
  if (kind == "condition variable") {
    if (!event.writes) return "nobody waits";
    if (primitive.need(event.operation) == core::Need::notify && event.choices > 1)
      return "one of those " + primitive.show(before);
    return "now " + primitive.show(event.value);
  }
  if (!event.writes) return "fails: " + primitive.show(before);
  if (kind == "mutex") return "";
  return primitive.show(before) + " -> " + primitive.show(event.value);
}

}  // namespace heddle::verdict
