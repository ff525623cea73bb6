#include "checker/runtime/referred.hpp"

#include <algorithm>
#include <cstring>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/interposition.hpp"

namespace heddle::runtime {

std::size_t ReferredObjects::number_of(const PlainObject& object, const Moment& moment, bool elsewhere) {
  const auto noted = elsewhere ? noted_.find(moment) : noted_.end();
  const std::size_t number = noted != noted_.end() ? noted->second : number_at_address(object);
  if (number >= known_.size()) known_.resize(number + 1);
  if (notes_) noted_[moment] = number;
  return number;
}

std::size_t ReferredObjects::number_at_address(const PlainObject& object) {
  const auto [entry, added] =
      numbers_by_object_.try_emplace({object.address, object.type->primitive}, locations_.size());
  if (!added) return entry->second;
  const std::size_t number = entry->second;
  locations_.emplace_back();
  overlaps_.emplace_back();
  const auto* const begin = static_cast<const char*>(object.address);
  const auto* const end = begin + object.type->bytes;
  places_.emplace_back(begin, end);
  for (std::size_t i = 0; i < number; ++i) {
    if (places_[i].second <= begin || end <= places_[i].first) continue;
    overlaps_[i].push_back(number);
    overlaps_[number].push_back(i);
  }
  return number;
}

LocationId& ReferredObjects::location(std::size_t number, std::uint32_t renewals) {
  std::vector<LocationId>& all = locations_[number];
  if (renewals >= all.size()) all.resize(renewals + 1);
  return all[renewals];
}

void ReferredObjects::start(bool elsewhere) {
  known_.clear();
  notes_ = !elsewhere;
  if (!elsewhere) noted_.clear();
}

void ReferredObjects::take(const void* from, std::size_t count) {
  known_.resize(count);
  if (count != 0) std::memcpy(static_cast<void*>(known_.data()), from, bytes());
}

// --- the execution's side --------------------------------------------------------------------------------------------

namespace {

/// Whether the object lies in memory that was given back: that is filled with a mark.
bool looks_freed(const PlainObject& object) {
  if (!AddressSpace::instance().contains(object.address) || object.type->bytes < sizeof freed_mark) return false;
  const auto* const bytes = static_cast<const unsigned char*>(object.address);
  return std::all_of(bytes, bytes + object.type->bytes, [](unsigned char byte) { return byte == (freed_mark & 0xFF); });
}

Fault freed(const Site& site) {
  return {.kind = FindingKind::use_after_free,
          .message = "an atomic_ref refers to an object whose memory was freed",
          .site = site};
}

}  // namespace

/// What anybody did at `location` so far and what does not happen before the calling thread's present: the newest such
/// event, or none.
Position Execution::not_before(LocationId location, bool writes_only) const {
  const Position last = threads_[current_].last_event;
  const core::Counter* const clock = last == none ? nullptr : graph_->happens(last);
  const auto is_after = [&](Position at) {
    const graph::Event& event = (*graph_)[at];
    return at <= last && event.thread != current_ && !(clock != nullptr && clock[event.thread] > event.index);
  };
  Position found = none;
  const auto look_at_readers = [&](Position source) {
    for (Position at = graph_->readers_of(location, source); at != none; at = (*graph_)[at].next_reader)
      if (is_after(at) && (!writes_only || (*graph_)[at].writes)) found = std::max(found, at);
  };
  look_at_readers(none);
  for (Position at = graph_->location(location).last; at != none; at = (*graph_)[at].co_previous) {
    if (is_after(at)) found = std::max(found, at);
    look_at_readers(at);
  }
  return found;
}

void Execution::stop_referring(const char* what, LocationId location, Position other, const Site& site) {
  Fault fault{.kind = FindingKind::misuse, .message = what, .site = site, .location = location};
  if (other != none) {
    fault.other_site = (*graph_)[other].operation.site;
    fault.other_thread = (*graph_)[other].thread;
  }
  stop(fault);
}

LocationId Execution::new_referred_location(const PlainObject& object, std::size_t number,
                                            const source_location& site) {
  const auto id = static_cast<LocationId>(locations_.size());
  locations_.push_back({object.type->primitive, site, static_cast<std::uint32_t>(number + 1)});
  locations_.push_back({object.type->waiters, site});
  return id;
}

LocationId Execution::refer(const PlainObject& object, const Site& site) {
  if (looks_freed(object)) stop(freed(site));
  const Thread& asking = current_thread();
  const ReferredObjects::Moment moment{current_, events_of(asking, current_), current_thread().references++};
  const std::size_t number = referred_.number_of(object, moment, perturbed_);
  if (keeper_ != nullptr) return refer_in_state(object, number, site.location);
  for (const std::size_t other : referred_.overlaps(number)) {
    const LocationId location = other < referred_.size() ? referred_[other].location : 0;
    if (const Position use = location == 0 ? none : not_before(location); use != none)
      stop_referring("an atomic_ref refers to bytes of an object to which another one of another type refers", location,
                     use, site);
  }
  Referred& known = referred_[number];
  if (known.location != 0 && known.object.value == object.value && known.object.address == object.address)
    return known.location;
  if (known.location != 0) {
    if (const Position use = not_before(known.location); use != none)
      stop_referring(
          "an object was changed other than through its atomic_refs, and not after all that was done through them",
          known.location, use, site);
    known.renewals++;
  }
  LocationId& location = referred_.location(number, known.renewals);
  if (location == 0) location = new_referred_location(object, number, site.location);
  graph_->set_initial(location, object.value);
  graph_->set_initial(location + 1, {});
  known.object = object;
  known.location = location;
  if (journal_ != nullptr) {
    note_made(object.address, "atomic_ref", site, location);
    note_made(object.address, "atomic_ref wait", site, location + 1);
  }
  return location;
}

LocationId Execution::locate(const void* object, const ReferredType& type) {
  const Thread& asking = current_thread();
  const ReferredObjects::Moment moment{current_, events_of(asking, current_), current_thread().references++};
  LocationId& location =
      referred_.location(referred_.number_of({.address = object, .type = &type}, moment, perturbed_), 0);
  if (location == 0) {
    location = static_cast<LocationId>(locations_.size());
    locations_.push_back({type.primitive, {}});
  }
  if (keeper_ != nullptr)
    keeper_->location_adopted(location, {});
  else
    graph_->set_initial(location, {});
  if (journal_ != nullptr) note_made(object, type.primitive->name(), {}, location);
  return location;
}

/// In a search over states the value of the location is part of the state, and the object's bytes are too.
LocationId Execution::refer_in_state(const PlainObject& object, std::size_t number, const source_location& site) {
  LocationId& location = referred_.location(number, 0);
  if (location == 0) location = new_referred_location(object, number, site);
  referred_[number].object = object;
  referred_[number].location = location;
  keeper_->location_adopted(location, object.value);
  keeper_->location_adopted(location + 1, {});
  if (!(keeper_->location_value(location) == object.value)) keeper_->location_made(location, object.value);
  return location;
}

/// An operation on `location` is about to be asked for.
void Execution::require_unchanged(LocationId location, const Site& site, std::size_t number) {
  const Referred& referred = referred_[number];
  const bool renewed = referred.location != location;
  const Value known = keeper_ != nullptr ? keeper_->location_value(location) : referred.object.value;
  if (!renewed && referred.object.now() == known) return;
  set_inside_harness(false);
  if (looks_freed(referred.object)) stop(freed(site));
  if (referred.object.shadow != nullptr && keeper_ == nullptr)
    require_no_race(*referred.object.shadow, race_at(number, site, true));
  stop_referring(
      "an object was changed other than through its atomic_refs while one referred to it, or has ended before it",
      referred.location, none, site);
}

Fault Execution::race_at(std::size_t number, const Site& site, bool write) const {
  return {.kind = FindingKind::data_race,
          .site = site,
          .object = Site{referred_[number].object.made_at},
          .address = referred_[number].object.shadow,
          .write = write};
}

/// The operation that the calling thread has asked for has happened. The object is to hold the newest value.
void Execution::settle_referred(std::size_t number) {
  Referred& referred = referred_[number];
  if (keeper_ != nullptr) return put(referred, keeper_->location_value(referred.location));
  // Everything up to the calling thread's last event has been run, and nothing else.
  const Position at = current_thread().last_event;
  const graph::Event& event = (*graph_)[at];
  if (event.writes) {
    Position later = event.co_next;
    while (later != none && later > at) later = (*graph_)[later].co_next;
    if (later == none) put(referred, event.value);
  }
  if (referred.object.shadow == nullptr) return;
  referred.object.shadow->mark = referred.location;
  require_no_race(*referred.object.shadow, race_at(number, current_thread().pending.site, event.writes));
}

void Execution::put(Referred& referred, const Value& value) {
  referred.object.value = value;
  void* const object = const_cast<void*>(referred.object.address);
  if (referred.object.type->bytes > sizeof value)
    put_bytes(value, object);
  else
    std::memcpy(object, &value, referred.object.type->bytes);
}

/// The memory from `begin` on is given back.
void Execution::require_not_referred(const void* begin, std::size_t bytes, const Site& site) const {
  const auto* const from = static_cast<const char*>(begin);
  for (std::size_t i = 0; i < referred_.size(); ++i) {
    const Referred& referred = referred_[i];
    const auto* const object = static_cast<const char*>(referred.object.address);
    if (referred.location == 0 || object < from || object >= from + bytes) continue;
    const Position use = not_before(referred.location);
    if (use == none) continue;
    Fault fault{.kind = FindingKind::use_after_free, .site = site, .location = referred.location};
    fault.message = "memory freed while another thread may still use an atomic_ref to it";
    fault.other_site = (*graph_)[use].operation.site;
    fault.other_thread = (*graph_)[use].thread;
    Execution::active()->stop(fault);
  }
}

/// Memory that no longer holds the value is left alone: something else may be there by now.
HiddenReferred::HiddenReferred(const ReferredObjects& objects) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const PlainObject& object = objects[i].object;
    if (objects[i].location == 0 || !(object.now() == object.value)) continue;
    hidden_.emplace_back(object, std::string(static_cast<const char*>(object.address), object.type->bytes));
    std::memset(const_cast<void*>(object.address), 0x9E, object.type->bytes);
  }
}
HiddenReferred::~HiddenReferred() {
  for (auto i = hidden_.rbegin(); i != hidden_.rend(); ++i)
    std::memcpy(const_cast<void*>(i->first.address), i->second.data(), i->second.size());
}

// --- what harness code asks ------------------------------------------------------------------------------------------

LocationId refer(const void* object, const ReferredType& type, Shadow* shadow, const source_location& made_at,
                 const source_location& site) {
  if (!inside_check()) outside_check("atomic_ref", site);
  Execution& execution = *Execution::active();
  set_inside_harness(false);
  const LocationId location =
      execution.refer({object, &type, shadow, made_at, type.read(object)}, {site}) | execution.owner_mark(object);
  set_inside_harness(true);
  return location;
}

LocationId locate(const void* object, const ReferredType& type) {
  Execution& execution = *Execution::active();
  set_inside_harness(false);
  const LocationId location = execution.locate(object, type) | execution.owner_mark(object);
  set_inside_harness(true);
  return location;
}

}  // namespace heddle::runtime
