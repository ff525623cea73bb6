// Identifiers and values that every layer shares.
#pragma once

#include <cstdint>

namespace heddle::core {

/// Number of a harness thread within an execution; 0 is the thread that runs the harness function.
using ThreadId = std::uint8_t;
inline constexpr unsigned max_threads = 96;
inline constexpr ThreadId no_thread = 255;

/// Place of an event in the order in which a graph's events were added.
using Position = std::int32_t;
/// "No event"; as the source of a read: the initial value of the location.
inline constexpr Position none = -1;

/// Dense number of an atomic variable or sync object, stable over all executions of a check; 0 is no location.
using LocationId = std::uint32_t;

/// What a location holds: up to 16 bytes of a trivially copyable type, what stands for more, or the state of a sync
/// object.
struct Value {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const Value&) const = default;
};

}  // namespace heddle::core
