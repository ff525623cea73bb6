// The beginning of a trace as a value: what searches over interleavings remember, so that what comes of it is searched
// once, however it came about; and what searches that sample have seen before.
#pragma once

#include "checker/search/random.hpp"
#include "checker/search/step.hpp"

namespace heddle::search {

/// A set of events with what each comes after on its location, whatever their order: the sum of their hashes.
struct Beginning {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const Beginning&) const = default;

  void add(std::uint64_t hash) {
    low += hash;
    high += mixed(hash ^ 0x9E3779B97F4A7C15U);
  }
  Beginning& operator+=(const Beginning& other) {
    low += other.low;
    high += other.high;
    return *this;
  }

  struct Hash {
    std::size_t operator()(const Beginning& beginning) const { return beginning.low; }
  };
};

/// An event's name: its thread, and its number among that thread's events.
constexpr std::uint64_t name_of(ThreadId thread, unsigned index) { return (std::uint64_t{thread} << 32U) + index + 1; }
inline constexpr std::uint64_t no_name = 0;

/// The hash of `event`, which is called `name`, reads `source`, and stands in co after `place` where it writes.
inline std::uint64_t hash_of(const Event& event, std::uint64_t name, std::uint64_t source, std::uint64_t place) {
  std::uint64_t hash = 0;
  const auto take = [&hash](std::uint64_t word) { hash = mixed(hash + word + 1); };
  take(name);
  take((std::uint64_t{event.operation.location} << 16U) + (std::uint64_t{event.operation.code} << 8U) +
       static_cast<std::uint64_t>(event.operation.kind));
  take(source);
  take(event.writes ? place : no_name);
  take((std::uint64_t{event.epoch} << 32U) + event.choice);
  return hash;
}

/// The hash of `event`, the `index`-th of its thread, which is in `graph` or to be added to it, in co after `place`
/// where it writes. Of operations that commute the order is left out. O(writes of the location) for those, else O(1).
std::uint64_t hash_in(const ExecutionGraph& graph, const Event& event, unsigned index, Position place);

}  // namespace heddle::search
