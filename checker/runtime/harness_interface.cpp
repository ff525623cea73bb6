#include "checker/runtime/harness_interface.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "checker/core/error.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/runtime/heap.hpp"
#include "checker/runtime/interposition.hpp"
#include "checker/runtime/processes.hpp"
#include "checker/runtime/source_lines.hpp"

namespace heddle::runtime {

namespace {

/// Engine code that a harness thread has called into: allocation and clocks are the system's meanwhile.
class InEngine {
 public:
  InEngine() { set_inside_harness(false); }
  ~InEngine() { set_inside_harness(true); }
  InEngine(const InEngine&) = delete;
  InEngine& operator=(const InEngine&) = delete;
};

std::string with_article(const std::string& noun) {
  return (std::string_view("aeiou").find(noun.front()) != std::string_view::npos ? "an " : "a ") + noun;
}

std::string at(const source_location& site) {
  return std::string(site.file_name()) + ":" + std::to_string(site.line());
}

}  // namespace

extern "C" [[gnu::used]] const Delivery* heddle_perform_with(const Operation& operation, const char* registers,
                                                             const void* caller) {
  if (!inside_check()) [[unlikely]] {
    const char* name = operation.primitive != nullptr ? operation.primitive->operation_name(operation) : "an operation";
    outside_check(name, operation.site);
  }
  return &Execution::active()->perform_in_process(operation, {registers, caller});
}

namespace {

/// The line of the harness from which the call comes that `site` belongs to.
std::string line_in_harness(const Site& site) {
  SourceLines lines;
  return to_string(lines.line(lines.in_harness(site, call_chain())));
}

}  // namespace

void outside_check(const char* operation, const Site& site) {
  const std::string what = line_in_harness(site) + ": " + operation + " was called ";
  const std::string where = "; heddle's classes work inside HEDDLE_TEST or heddle::check only";
  if (in_static_initialisation()) {  // nobody could catch an exception there
    std::fprintf(stderr, "heddle: %sbefore main, by the initialiser of a global%s\n", what.c_str(), where.c_str());
    _exit(2);
  }
  throw Error(what + "outside a check" + where);
}

LocationId make_location(const void* object, const Primitive& primitive, Value initial,
                         const source_location& site) noexcept {
  if (!inside_check()) return 0;
  InEngine in_engine;
  Execution& execution = *Execution::active();
  return execution.make_location(object, primitive, initial, site) | execution.owner_mark(object);
}

Value stand_in(const void* object, std::size_t bytes) {
  if (Execution::active() == nullptr) return {};
  const bool inside = inside_check();
  set_inside_harness(false);
  const Value value = Execution::active()->large_values().stand_in(object, bytes);
  set_inside_harness(inside);
  return value;
}

void put_bytes(const Value& value, void* object) {
  const std::string& bytes = Execution::active()->large_values().bytes_of(value);
  std::memcpy(object, bytes.data(), bytes.size());
}

std::string show_bytes(const Value& value) {
  const std::string& bytes = Execution::active()->large_values().bytes_of(value);
  constexpr std::size_t most_shown = 4 * sizeof(std::uint64_t);
  std::string text;
  for (std::size_t at = 0; at < std::min(bytes.size(), most_shown); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
    text += fmt::format("{}{:#x}", at == 0 ? "{" : ", ", word);
  }
  return text + (bytes.size() > most_shown ? ", ...}" : "}");
}

void set_priority(int priority) {
  if (inside_check()) Execution::active()->set_priority(priority);
}

void mark_progress(const source_location& site) {
  if (!inside_check()) return;
  InEngine in_engine;
  Execution::active()->mark_progress({site});
}

namespace {
Operation request_storage;
}  // namespace

Operation* const the_request = &request_storage;

LocationId adopt_location(const void* object, const Primitive& primitive, Value initial, source_location site) {
  if (!inside_check()) outside_check(primitive.name(), {});  // `site` is where it was made
  InEngine in_engine;
  return Execution::active()->adopt_location(object, primitive, initial, site);
}

void dead_object(std::uint32_t mark, const void* object, const char* kind, Site site) {
  if (!inside_check()) outside_check(kind, site);
  set_inside_harness(false);
  // The object's own bytes no longer say what it was.
  if (const MadeObject* made = Execution::active()->made_at_address(object)) kind = made->kind;
  const char* how = mark == freed_mark ? " whose memory was freed" : " whose lifetime has ended";
  Fault fault{.kind = FindingKind::use_after_free, .message = "operation on " + with_article(kind) + how, .site = site};
  if (site.caller == nullptr) fault.site.caller = __builtin_return_address(0);
  fault.address = object;
  Execution::active()->stop(fault);
}

void end_location(const void* object, LocationId location, const Primitive& primitive, const source_location& made_at) {
  if (!inside_check()) return;
  InEngine in_engine;
  Execution& execution = *Execution::active();
  const Site here(__builtin_return_address(0));
  if (execution.watches_processes())
    execution.require_own(object, {.message = "destruction", .site = here, .location = unmarked(location)});
  execution.end_location(unmarked(location), primitive, {made_at}, here);
}

void end_plain(Shadow& shadow, const source_location& made_at) {
  if (!inside_check()) return;
  if (shadow.mark >= first_mark) dead_object(shadow.mark, &shadow, "var", {});
  InEngine in_engine;
  Execution::active()->end_plain(shadow, {made_at}, Site(__builtin_return_address(0)));
}

void begin_plain(Shadow& shadow, const source_location& made_at) noexcept {
  if (!inside_check()) return;
  InEngine in_engine;
  Execution::active()->begin_plain(shadow, {made_at});
}

void plain_access(Shadow& shadow, bool write, const source_location& object, const source_location& site,
                  PlainValue value) {
  if (!inside_check()) return;  // set up before the check, or looked at after it: no other thread is there
  const Site here{site, __builtin_return_address(0)};
  Execution& execution = *Execution::active();
  if (execution.current_thread().interrupt != nullptr && execution.interrupts(shadow, write)) [[unlikely]]
    interruption_point(here);
  if (shadow.mark >= first_mark) dead_object(shadow.mark, &shadow, "var", site);
  InEngine in_engine;
  execution.plain_access(shadow, write, {object}, here, value);
}

void assertion_failed(const char* expression, const std::string& values, const source_location& site) {
  if (!inside_check()) throw Error(at(site) + ": HEDDLE_ASSERT(" + expression + ") failed outside a check");
  set_inside_harness(false);
  Execution::active()->stop(Fault{.kind = FindingKind::assertion,
                                  .message = std::string("assertion failed: ") + expression,
                                  .detail = values,
                                  .site = {site}});
}

void misuse(const char* message, const Site& site) {
  if (!inside_check()) outside_check(message, site);
  set_inside_harness(false);
  const bool known = site.location.line() != 0 || site.caller != nullptr;
  const Operation& asked = Execution::active()->current_thread().pending;
  Fault fault{.kind = FindingKind::misuse, .message = message, .site = known ? site : asked.site};
  // Where the thread has just asked for something there, that concerns the object.
  if (known && asked.primitive != nullptr && asked.site == site) fault.location = asked.location;
  Execution::active()->stop(fault);
}

void require_waits_in_time(LocationId location, const Primitive& primitive, const Site& site, const WaitTooLate& said) {
  InEngine in_engine;
  Execution::active()->require_waits_in_time(unmarked(location), primitive, site, said);
}

ThreadId spawn(void (*entry)(void*), void* argument, const source_location& site) {
  if (!inside_check()) outside_check("thread", site);
  Operation operation{.kind = OperationKind::spawn, .site = {site, __builtin_return_address(0)}};
  {
    InEngine in_engine;
    operation.operand.low = Execution::active()->next_child();
  }
  if (operation.operand.low == core::no_thread) too_many_threads(site);
  operation.expected.low = reinterpret_cast<std::uint64_t>(entry);
  operation.expected.high = reinterpret_cast<std::uint64_t>(argument);
  perform(operation);
  return static_cast<ThreadId>(operation.operand.low);
}

void give_up(const source_location& site) {
  perform(Operation{.kind = OperationKind::block, .site = {site}});
  __builtin_unreachable();
}

void too_many_threads(const source_location& site) {
  Execution& execution = *Execution::active();
  static_assert(core::max_threads == 96);  // the main one is one of them
  if (execution.limit().empty()) {
    const InEngine in_engine;
    execution.reach_limit("more than 95 threads are started in one execution, at " + line_in_harness(site) +
                          ": what comes of that is not covered");
  }
  give_up(site);
}

void detach(ThreadId thread) noexcept {
  if (inside_check()) Execution::active()->detach(thread);
}

ThreadId current_thread() noexcept { return inside_check() ? Execution::active()->current() : core::no_thread; }

bool take_spurious_wakeup(const Site& site) {
  if (!inside_check()) outside_check("wait", site);
  return Execution::active()->take_spurious_wakeup(site);
}

bool may_fail_spuriously() { return inside_check() && Execution::active()->may_fail_spuriously(); }
void failed_spuriously() { Execution::active()->failed_spuriously(); }

Timeouts timeouts() { return Execution::active()->timeouts(); }

std::uint64_t time_passed() { return Execution::active()->current_thread().time; }

void pass_time(std::uint64_t nanoseconds) {
  // In a search over states only looks at a clock make time pass: a loop that sleeps comes back to its state.
  if (Execution::active()->keeps_states()) return;
  Execution::pass_time(Execution::active()->current_thread(), nanoseconds);
}

// --- the execution's side ------------------------------------------------------------------------------------------

LocationId Execution::make_location(const void* object, const Primitive& primitive, Value initial,
                                    const source_location& site) {
  if (keeper_ != nullptr) {
    // Numbered by where it is and what it is, so that a loop that makes an object in each round comes back to its
    // state.
    const auto key = std::make_tuple(object, &primitive, site.line(), site.column());
    const auto [entry, added] = placed_.try_emplace(key, static_cast<LocationId>(locations_.size()));
    if (added) locations_.push_back({&primitive, site});
    keeper_->location_made(entry->second, initial);
    return entry->second;
  }
  Thread& thread = current_thread();
  std::vector<LocationId>& mine = made_locations_[current_];
  if (thread.locations == mine.size()) {
    mine.push_back(static_cast<LocationId>(locations_.size()));
    locations_.emplace_back();
  }
  const LocationId id = mine[thread.locations++];
  locations_[id] = {&primitive, site};
  graph_->set_initial(id, initial, current_, events_of(thread, current_));
  if (journal_ != nullptr) note_made(object, primitive.name(), {site}, id);
  return id;
}

LocationId Execution::adopt_location(const void* object, const Primitive& primitive, Value initial,
                                     const source_location& site) {
  const auto [entry, added] = adopted_.try_emplace(object, static_cast<LocationId>(locations_.size()));
  if (added) locations_.push_back({&primitive, site});
  if (keeper_ != nullptr)
    keeper_->location_adopted(entry->second, initial);
  else
    graph_->set_initial(entry->second, initial);
  if (journal_ != nullptr) note_made(object, primitive.name(), {site}, entry->second);
  return entry->second;
}

void Execution::note_made(const void* object, const char* kind, const Site& site, LocationId location) {
  const auto known = [&](const MadeObject& made) { return location != 0 && made.location == location; };
  if (std::any_of(made_.begin(), made_.end(), known)) return;  // a global that is used again
  made_.push_back({object, kind, site, call_chain(), location});
  made_version_++;
}

const MadeObject* Execution::made_at_address(const void* address) const {
  const auto found =
      std::find_if(made_.rbegin(), made_.rend(), [&](const MadeObject& made) { return made.address == address; });
  return found == made_.rend() ? nullptr : &*found;
}

void Execution::set_priority(int priority) {
  said_.priority = priority;
  if (keeper_ != nullptr) keeper_->set_priority(current_, priority);
}

void Execution::mark_progress(const Site& site) {
  said_.progress = true;
  if (keeper_ != nullptr) keeper_->progress(current_);
  if (journal_ != nullptr) journal_->progress(current_, site, call_chain());
}

ThreadId Execution::next_child() {
  Thread& thread = current_thread();
  std::vector<ThreadId>& mine = children_[current_];
  if (thread.children == mine.size()) {
    if (threads_numbered_ == core::max_threads) return core::no_thread;
    mine.push_back(threads_numbered_++);
  }
  return mine[thread.children++];
}

void Execution::end_location(LocationId id, const Primitive& primitive, const Site& made_at, const Site& site) {
  const Value state =
      keeper_ != nullptr ? keeper_->location_value(id) : graph_->value_of(id, graph_->location(id).last);
  const bool unwinding = exception_state_[1] != nullptr;  // then the exception is what went wrong
  if (primitive.in_use(state) && !unwinding) {
    Fault fault{.kind = FindingKind::misuse, .site = site, .object = made_at, .location = id};
    fault.message = std::string(primitive.name()) + " destroyed while it is held or waited on";
    if (const auto holders = primitive.holders(state); !holders.empty()) fault.other_thread = holders.front();
    stop(fault);
  }
  if (nobody_else_) return;
  const auto still_used_by = [&](ThreadId thread, const Site& use) {
    Fault fault{.kind = FindingKind::use_after_free, .site = site, .object = made_at, .location = id};
    fault.message = std::string(primitive.name()) + " destroyed while another thread may still use it";
    fault.other_site = use;
    fault.other_thread = thread;
    stop(fault);
  };
  bool others_wait = false;
  for (unsigned t = 0; t < born_; ++t) {
    if (t == current_ || threads_[t].status != ThreadStatus::pending) continue;
    others_wait = true;
    const Operation& waiting = threads_[t].pending;
    if (waiting.location == id && waiting.primitive == &primitive && !primitive.outlives(waiting))
      still_used_by(static_cast<ThreadId>(t), waiting.site);
  }
  if (keeper_ != nullptr) return keeper_->location_ended(id);
  const graph::LocationState& location = graph_->location(id);
  const Thread& me = current_thread();
  const core::Counter* clock = me.last_event == none ? nullptr : graph_->happens(me.last_event);
  bool all_before = clock != nullptr;  // every event of everybody else: most objects die when all is joined
  for (unsigned t = 0; all_before && t < graph_->thread_count(); ++t)
    all_before = t == current_ || clock[t] >= graph_->thread(static_cast<ThreadId>(t)).count;
  nobody_else_ = all_before && !others_wait;
  if (all_before) return;
  const auto must_come_before = [&](const graph::Event& event) {
    if (event.thread == current_ || (clock != nullptr && clock[event.thread] > event.index)) return;
    if (!primitive.outlives(event.operation)) still_used_by(event.thread, event.operation.site);
  };
  const auto readers_must = [&](Position source) {
    for (Position at = graph_->readers_of(id, source); at != none; at = (*graph_)[at].next_reader)
      must_come_before((*graph_)[at]);
  };
  readers_must(none);
  for (Position at = location.last; at != none; at = (*graph_)[at].co_previous) {
    must_come_before((*graph_)[at]);
    readers_must(at);
  }
}

bool Execution::take_spurious_wakeup(const Site& site) {
  Thread& thread = current_thread();
  if (thread.spurious >= options_.spurious_wakeups) return false;
  Operation choice{.kind = OperationKind::choose, .code = core::spurious_wakeup, .site = site};
  choice.operand.low = 2;
  if (perform(choice).choice == 0) return false;
  thread.spurious++;
  return true;
}

}  // namespace heddle::runtime
