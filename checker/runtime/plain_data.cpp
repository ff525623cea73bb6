// Races on plain data, by happens-before: FastTrack (Flanagan and Freund, PLDI 2009) with exact sets of readers.
//
// A shadow holds the last write and every read since that no later read is ordered after. It lives inside the harness's
// object, so that checkpoints bring it back with everything else. We differ from FastTrack in that readers are always
// kept as a set (few, inline), which makes both accesses of a race exact.
#include <algorithm>

#include "checker/runtime/execution.hpp"

namespace heddle::runtime {

namespace {

/// Readers that do not fit into a Shadow; in the shadow slot.
struct Spilled {
  std::uint32_t count = 0;
  Shadow::Access reads[core::max_threads];
};

Spilled& spilled(std::uint32_t number) {
  return reinterpret_cast<Spilled*>(AddressSpace::instance().heap(AddressSpace::shadow_slot))[number - 1];
}

}  // namespace

Position Execution::events_of(const Thread& thread, ThreadId id) const {
  if (thread.last_event == none) return 0;
  const graph::Event& last = (*graph_)[thread.last_event];
  return last.thread == id ? last.index + 1 : 0;
}

void Execution::add_spilled_reader(Shadow& shadow, const Shadow::Access& access) {
  if (shadow.more_readers == 0) {
    shadow.more_readers = static_cast<std::uint32_t>(shadow_used_ / sizeof(Spilled)) + 1;
    shadow_used_ += sizeof(Spilled);
    spilled(shadow.more_readers) = Spilled{};
  }
  Spilled& more = spilled(shadow.more_readers);
  const auto end = more.reads + more.count;
  const auto mine = std::find_if(more.reads, end, [&](const Shadow::Access& a) { return a.thread == access.thread; });
  if (mine == end) more.count++;
  *mine = access;
}

void Execution::begin_plain(Shadow& shadow, const Site& made_at) {
  // Who is given the object without synchronization has a race with whoever made it. A search over states has no
  // clocks.
  if (keeper_ != nullptr) return;
  shadow.write = {place_number(made_at), static_cast<std::int16_t>(events_of(current_thread(), current_)), current_, 0};
  if (journal_ != nullptr) note_made(&shadow, "var", made_at, 0);
}

void Execution::stop_race(const Fault& race, ThreadId other, const Site& other_site, bool other_write) {
  Fault fault = race;
  fault.other_site = other_site;
  fault.other_thread = other;
  fault.other_write = other_write;
  stop(fault);
}

/// Of `race` are known: the access of the calling thread, and the object.
void Execution::require_no_race(const Shadow& shadow, const Fault& race) {
  const Thread& thread = current_thread();
  const core::Counter* clock = thread.last_event == none ? nullptr : graph_->happens(thread.last_event);
  const auto require_ordered = [&](const Shadow::Access& access, bool write) {
    if (access.place == 0 || access.thread == current_ || (clock != nullptr && clock[access.thread] > access.count))
      return;
    if (access.place >= places_.size() || access.thread >= born_) stop(object_is_gone("var", race.site));
    stop_race(race, access.thread, place(access.place), write);
  };
  require_ordered(shadow.write, true);
  if (!race.write) return;
  for (const Shadow::Access& read : shadow.reads) require_ordered(read, false);
  if (shadow.more_readers == 0) return;
  const Spilled& more = spilled(shadow.more_readers);
  for (std::uint32_t i = 0; i < more.count; ++i) require_ordered(more.reads[i], false);
}

/// The location that an atomic_ref has made of the data; stops where that cannot be, as something else is there.
LocationId Execution::referred_location(const Shadow& shadow, const Site& site) {
  if (shadow.mark >= locations_.size() || locations_[shadow.mark].referred == 0) stop(object_is_gone("var", site));
  return shadow.mark;
}

void Execution::plain_access(Shadow& shadow, bool write, const Site& object, const Site& site, PlainValue value) {
  if (has_processes_)
    require_own(&shadow, {.message = write ? "write" : "read", .site = site, .object = object, .address = &shadow});
  if (keeper_ != nullptr) return keeper_->plain_access(current_, &shadow, write);
  if (journal_ != nullptr) journal_->plain_access(current_, {write, &shadow, object, site, value}, call_chain());
  const Fault race{.kind = FindingKind::data_race, .site = site, .object = object, .address = &shadow, .write = write};
  require_no_race(shadow, race);
  if (shadow.mark != 0) {
    const Position use = not_before(referred_location(shadow, site), !write);
    if (use != none) stop_race(race, (*graph_)[use].thread, (*graph_)[use].operation.site, (*graph_)[use].writes);
  }
  const Thread& thread = current_thread();
  const core::Counter* clock = thread.last_event == none ? nullptr : graph_->happens(thread.last_event);
  const Shadow::Access access{place_number(site), static_cast<std::int16_t>(events_of(thread, current_)), current_, 0};
  if (write) {
    if (shadow.more_readers != 0) spilled(shadow.more_readers).count = 0;
    std::fill(std::begin(shadow.reads), std::end(shadow.reads), Shadow::Access{});
    shadow.write = access;
    return;
  }
  for (Shadow::Access& read : shadow.reads) {
    const bool ordered =
        read.place == 0 || read.thread == current_ || (clock != nullptr && clock[read.thread] > read.count);
    if (!ordered) continue;  // a read that is ordered before this one is covered by it
    read = access;
    return;
  }
  add_spilled_reader(shadow, access);
}

void Execution::end_plain(Shadow& shadow, const Site& made_at, const Site& site) {
  if (has_processes_)
    require_own(&shadow, {.message = "destruction", .site = site, .object = made_at, .address = &shadow});
  if (keeper_ != nullptr) {
    keeper_->plain_access(current_, &shadow, true);
    shadow.mark = destroyed_mark;
    return;
  }
  const Thread& thread = current_thread();
  const core::Counter* clock = thread.last_event == none ? nullptr : graph_->happens(thread.last_event);
  const auto must_come_before = [&](const Shadow::Access& access) {
    if (access.place == 0 || access.thread == current_ || (clock != nullptr && clock[access.thread] > access.count))
      return;
    Fault fault{.kind = FindingKind::use_after_free, .site = site, .object = made_at, .address = &shadow};
    fault.message = "var destroyed while another thread may still use it";
    fault.other_site = place(access.place);
    fault.other_thread = access.thread;
    stop(fault);
  };
  if (shadow.mark != 0) {
    const Position use = not_before(referred_location(shadow, site));
    if (use != none)
      must_come_before({place_number((*graph_)[use].operation.site), static_cast<std::int16_t>((*graph_)[use].index),
                        (*graph_)[use].thread, 0});
  }
  must_come_before(shadow.write);
  for (const Shadow::Access& read : shadow.reads) must_come_before(read);
  if (shadow.more_readers != 0) {
    const Spilled& more = spilled(shadow.more_readers);
    std::for_each(more.reads, more.reads + more.count, must_come_before);
  }
  shadow.mark = destroyed_mark;
}

namespace {

/// Identity of a call site: it hands out the same file name pointer, or the same return address, each time.
std::size_t hash_of(const Site& site) {
  const void* what = site.location.line() != 0 ? static_cast<const void*>(site.location.file_name()) : site.caller;
  return (reinterpret_cast<std::size_t>(what) + site.location.line() * 31u + site.location.column()) *
             0x9E3779B97F4A7C15 >>
         32;
}

}  // namespace

std::uint32_t Execution::place_number(const Site& site) {
  if (place_index_.size() < 2 * places_.size() + 16) {
    place_index_.assign(std::max<std::size_t>(256, place_index_.size() * 4), 0);
    for (std::uint32_t i = 1; i < places_.size(); ++i) {
      std::size_t at = hash_of(places_[i]) % place_index_.size();
      while (place_index_[at] != 0) at = (at + 1) % place_index_.size();
      place_index_[at] = i;
    }
  }
  std::size_t at = hash_of(site) % place_index_.size();
  for (; place_index_[at] != 0; at = (at + 1) % place_index_.size()) {
    const Site& known = places_[place_index_[at]];
    if (known == site && known.location.file_name() == site.location.file_name()) return place_index_[at];
  }
  places_.push_back(site);
  place_index_[at] = static_cast<std::uint32_t>(places_.size() - 1);
  return place_index_[at];
}

}  // namespace heddle::runtime
