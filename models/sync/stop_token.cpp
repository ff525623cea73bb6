#include "models/sync/stop_token.hpp"

#include <bit>

namespace heddle::models {

namespace {

/// The state in parts.
struct Stop {
  std::uint64_t waiting;  ///< bits: the callbacks to be called
  bool requested;
  unsigned running;       ///< place + 1 of the callback that is being called; 0: none
  unsigned requested_by;  ///< thread + 1

  explicit Stop(const core::Value& state)
      : waiting(state.low),
        requested((state.high & 1) != 0),
        running(static_cast<unsigned>(state.high >> 8 & 0xFF)),
        requested_by(static_cast<unsigned>(state.high >> 16 & 0xFF)) {}
  core::Value value() const {
    return {waiting, (requested ? 1u : 0u) | std::uint64_t{running} << 8 | std::uint64_t{requested_by} << 16};
  }
  /// How many callbacks may be called next.
  std::uint32_t choices() const { return waiting == 0 ? 1 : static_cast<std::uint32_t>(std::popcount(waiting)); }
  void call_next(std::uint32_t choice) {
    std::uint64_t candidates = waiting;
    while (choice-- != 0) candidates &= candidates - 1;
    running = waiting == 0 ? 0 : static_cast<unsigned>(std::countr_zero(candidates)) + 1;
    waiting &= ~(candidates & -candidates);
  }
  int free_place() const { return std::countr_one(waiting); }
  bool waits(std::uint64_t place) const { return (waiting >> place & 1) != 0; }
};

}  // namespace

core::Outcome StopPrimitive::apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                                   std::uint32_t choice) const {
  Stop stop(state);
  core::Outcome outcome;
  const std::uint64_t place = operation.operand.low;
  switch (operation.code) {
    case request:
      // Who is second synchronizes with nobody ([thread.stoptoken.intro] 5 names those that return true).
      outcome.writes = outcome.acquires = !stop.requested;
      if (!outcome.writes) break;
      stop.requested = true;
      stop.requested_by = thread + 1u;
      outcome.choices = stop.choices();
      stop.call_next(choice);
      break;
    case next:
      outcome.writes = true;
      outcome.choices = stop.choices();
      stop.call_next(choice);
      break;
    case add:
      // Synchronizes with the call of the callback, not with other registrations ([thread.stoptoken.intro] 5).
      outcome.writes = !stop.requested && stop.waiting != ~std::uint64_t{0};
      outcome.acquires = stop.requested;
      if (outcome.writes) stop.waiting |= std::uint64_t{1} << stop.free_place();
      break;
    case settle:
      outcome.writes = !stop.requested;
      outcome.acquires = stop.requested;
      break;
    case look:
      outcome.acquires = stop.requested;
      outcome.releases = false;
      break;
    default:
      outcome.writes = stop.waits(place);
      outcome.acquires = !outcome.writes;  // with the return of its call
      outcome.enabled = outcome.writes || stop.running != place + 1 || stop.requested_by == thread + 1u;
      outcome.releases = false;
      stop.waiting &= ~(std::uint64_t{1} << place);
      break;
  }
  outcome.next = stop.value();
  return outcome;
}

const char* StopPrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"request_stop",          "stop callback returns", "register stop callback",
                                          "destroy stop callback", "stop_requested",        "stop_requested"};
  return names[operation.code];
}

std::string StopPrimitive::show(core::Value state) const {
  const Stop stop(state);
  const auto count = std::to_string(std::popcount(stop.waiting));
  if (!stop.requested) return "no stop requested, " + count + " callbacks";
  return stop.running == 0 ? "stop requested" : "stop requested, in a callback, " + count + " to come";
}

std::vector<core::ThreadId> StopPrimitive::holders(core::Value state) const {
  const Stop stop(state);
  if (stop.running == 0) return {};
  return {static_cast<core::ThreadId>(stop.requested_by - 1)};
}

core::Outcome SourceCountPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                          std::uint32_t) const {
  return {.writes = true,
          .acquires = false,
          .releases = false,
          .next = {operation.code == add ? state.low + 1 : state.low - 1, 0}};
}

const char* SourceCountPrimitive::operation_name(const core::Operation& operation) const {
  if (operation.kind == core::OperationKind::load) return "stop_possible";
  return operation.code == add ? "copy stop_source" : "destroy stop_source";
}

core::Delivery StopState::ask(StopPrimitive::Code code, int place, const core::Site& site) const {
  return runtime::perform({.kind = core::OperationKind::update,
                           .code = code,
                           .location = state_.id(stop_primitive, {}, site_),
                           .primitive = &stop_primitive,
                           .site = site,
                           .operand = {static_cast<std::uint64_t>(place), 0}});
}

bool StopState::requested(const core::Site& site) const {
  return Stop(ask(StopPrimitive::look, 0, site).value).requested;
}

bool StopState::possible(const core::Site& site) const {
  if (requested(site)) return true;
  return runtime::perform({.kind = core::OperationKind::load,
                           .order = core::Order::acquire,
                           .location = sources_.id(source_count_primitive, {1, 0}, site_),
                           .primitive = &source_count_primitive,
                           .site = site})
             .value.low != 0;
}

bool StopState::settle(const core::Site& site) { return Stop(ask(StopPrimitive::settle, 0, site).value).requested; }

bool StopState::request(const core::Site& site) {
  core::Delivery delivery = ask(StopPrimitive::request, 0, site);
  if (!delivery.wrote) return false;
  while (true) {
    Stop stop(delivery.value);
    stop.call_next(delivery.choice);
    if (stop.running == 0) break;
    callbacks_[stop.running - 1]->call();
    delivery = ask(StopPrimitive::next, 0, site);
  }
  return true;
}

int StopState::add(StopCallback& callback, const core::Site& site) {
  const core::Delivery delivery = ask(StopPrimitive::add, 0, site);
  const Stop stop(delivery.value);
  if (stop.requested) return no_place;
  if (!delivery.wrote) runtime::misuse("more than 64 stop_callbacks wait for one stop_source", site);
  callbacks_[stop.free_place()] = &callback;
  return stop.free_place();
}

void StopState::remove(int place, const core::Site& site) { ask(StopPrimitive::remove, place, site); }

void StopState::ask_sources(SourceCountPrimitive::Code code, const core::Site& site) {
  runtime::perform({.kind = core::OperationKind::update,
                    .code = code,
                    .location = sources_.id(source_count_primitive, {1, 0}, site_),
                    .primitive = &source_count_primitive,
                    .site = site});
}

void StopState::add_source(const core::Site& site) { ask_sources(SourceCountPrimitive::add, site); }
void StopState::remove_source(const core::Site& site) { ask_sources(SourceCountPrimitive::remove, site); }

}  // namespace heddle::models
