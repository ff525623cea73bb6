#include "checker/verdict/narrator.hpp"

#include <algorithm>
#include <string_view>

#include "checker/search/replay.hpp"

namespace heddle::verdict {

std::string Narrator::thread_at(ThreadId id) {
  if (id == 0) return "main";
  const ThreadId process = execution_.thread(id).process;
  std::string about = process == id ? "process" : process != 0 ? "of process " + thread(process) : "";
  if (const SourceLine started = start_of(id); started.line != 0)
    about += (about.empty() ? "" : ", ") + to_string(started);
  return about.empty() ? thread(id) : thread(id) + " (" + about + ")";
}

NamedObject Narrator::named(const runtime::MadeObject& made) {
  const core::Site here = lines_.in_harness(made.site, made.from);
  return {made.address, made.kind, line(here), here.caller == nullptr ? here.location.column() : 0};
}

const std::vector<NamedObject>& Narrator::objects() {
  if (version_ == execution_.made_version() && known_locations_ == execution_.location_count()) return objects_;
  version_ = execution_.made_version();
  known_locations_ = execution_.location_count();
  objects_.clear();
  locations_.clear();
  for (const runtime::MadeObject& made : execution_.made()) {
    objects_.push_back(named(made));
    locations_.push_back(made.location);
  }
  // Without a replay there are the locations of all executions.
  for (LocationId id = 1; execution_.made().empty() && id < execution_.location_count(); ++id) {
    const core::Primitive* primitive = execution_.primitive_of(id);
    objects_.push_back(named({nullptr, primitive->name(), {execution_.made_at(id)}, {}, id}));
    locations_.push_back(id);
  }
  return objects_;
}

std::size_t Narrator::number_of(LocationId id) {
  objects();
  return static_cast<std::size_t>(std::find(locations_.begin(), locations_.end(), id) - locations_.begin());
}

std::string Narrator::name_of(std::size_t number) {
  const std::vector<NamedObject>& all = objects();
  if (number >= all.size()) return "object";
  std::string declared = names_.name(all, number);
  if (!declared.empty()) return declared;
  const auto alike = std::count_if(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(number),
                                   [&](const NamedObject& other) { return other.kind == all[number].kind; });
  return kind_of_object(all[number].kind) + " #" + std::to_string(alike + 1);
}

std::string Narrator::described(std::size_t number) {
  const std::vector<NamedObject>& all = objects();
  if (number >= all.size()) return "object";
  const NamedObject& object = all[number];
  const std::string called = name_of(number);
  const std::string kind = kind_of_object(object.kind);
  std::string text = called.starts_with(kind + " #") ? called : kind + " " + called;
  if (object.place.line != 0 && !object.place.file.starts_with("/usr/")) text += " (" + to_string(object.place) + ")";
  return text;
}

std::string Narrator::name(LocationId id) { return name_of(number_of(id)); }
std::string Narrator::object(LocationId id) { return described(number_of(id)); }

std::string Narrator::object_at(const void* address) {
  const runtime::MadeObject* made = execution_.made_at_address(address);
  return made == nullptr ? "" : described(static_cast<std::size_t>(made - execution_.made().data()));
}

bool Narrator::is_on_heap(LocationId id, const void* address) const {
  for (const runtime::MadeObject& made : execution_.made())
    if (id != 0 && made.location == id) address = made.address;
  const auto& space = runtime::AddressSpace::instance();
  return space.contains(address) && address >= space.heap(space.slot_of(address));
}

std::string Narrator::plain_name(std::size_t made, const core::Site& made_at) {
  std::string declared;
  if (made < objects().size())
    declared = names_.name(objects(), made);
  else
    declared = names_.name({named({nullptr, "var", made_at, {}, 0})}, 0);
  if (!declared.empty()) return declared;
  const SourceLine place = made < objects().size() ? objects()[made].place : line(made_at);
  return place.line == 0 || place.file.starts_with("/usr/") ? "plain data" : "the data made at " + to_string(place);
}

std::string Narrator::plain_at(const void* address, const core::Site& made_at) {
  const runtime::MadeObject* made = execution_.made_at_address(address);
  const auto number = made == nullptr ? execution_.made().size() : made - execution_.made().data();
  return plain_name(static_cast<std::size_t>(number), made_at);
}

namespace {

/// " (relaxed)"; nothing where it is seq_cst, which is what is meant where no order is given.
std::string order_of(const Operation& operation) {
  static constexpr const char* names[] = {"", "relaxed", "acquire", "release", "acq_rel", "seq_cst"};
  const bool usual = operation.order == core::Order::by_primitive ||
                     (operation.order == core::Order::seq_cst && operation.kind != OperationKind::fence);
  return usual ? "" : std::string(" (") + names[static_cast<int>(operation.order)] + ")";
}

}  // namespace

std::string Narrator::operation(const Operation& operation) {
  const std::string word = search::operation_word(operation);
  switch (operation.kind) {
    case OperationKind::join:
    case OperationKind::spawn:
      return word + " " + thread(static_cast<ThreadId>(operation.operand.low));
    case OperationKind::choose:
      if (operation.code == core::spurious_wakeup) return "spurious wake-up";
      if (operation.code == core::dies_here) return "its process dies";
      if (operation.code == core::limit_passes) return "the time limit passes";
      return "choose(" + std::to_string(operation.operand.low) + ")";
    case OperationKind::begin:
      return "begins";
    case OperationKind::end:
      return "ends";
    case OperationKind::block:
      return "assume(false)";
    case OperationKind::fault:
      return "stops";
    case OperationKind::fence:
      return word + order_of(operation);
    case OperationKind::sleep:
      return "sleep";
    default:
      return word + " " + name(operation.location) + order_of(operation);
  }
}

namespace {

/// In the largest unit that says it exactly.
std::string time(std::uint64_t nanoseconds) {
  static constexpr std::pair<std::uint64_t, const char*> units[] = {
      {60'000'000'000, " min"}, {1'000'000'000, " s"}, {1'000'000, " ms"}, {1'000, " us"}};
  for (const auto& [size, name] : units)
    if (nanoseconds >= size && nanoseconds % size == 0) return std::to_string(nanoseconds / size) + name;
  return std::to_string(nanoseconds) + " ns";
}

}  // namespace

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
      return event.operation.code != 0 ? "" : "= " + std::to_string(event.choice);
    case OperationKind::sleep:
      return "until " + time(event.time);
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
  if (std::string text = primitive.outcome(event.operation, before, event.writes); !text.empty()) return text;
  if (kind == "condition variable" || kind == "atomic wait") {
    if (!event.writes) return "nobody waits";
    if (primitive.need(event.operation) == core::Need::notify && event.choices > 1)
      return "one of those " + primitive.show(before);
    return "now " + primitive.show(event.value);
  }
  if (kind == "static guard")
    return event.writes ? "now " + primitive.show(event.value) : "is " + primitive.show(before);
  if (!event.writes) return "fails: " + primitive.show(before);
  if (kind == "mutex") return "";
  return primitive.show(before) + " -> " + primitive.show(event.value);
}

}  // namespace heddle::verdict
