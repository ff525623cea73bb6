// Vector clocks: for each thread, how many of its events are below an event in some order.
//
// A clock is a row of `stride` 16-bit counters, stride a multiple of 8, so that a join of 8 threads is one SIMD
// instruction on every x86-64 and arm64. Clocks live in arrays owned by the graph; these functions work on rows.
#pragma once

#include <cstdint>
#include <cstring>

namespace heddle::core {

using Counter = std::int16_t;
inline constexpr unsigned clock_lane = 8;                  ///< counters per SIMD step
inline constexpr unsigned max_events_per_thread = 32'000;  ///< a counter's room, with a margin

using ClockLane = Counter __attribute__((vector_size(16)));

inline ClockLane load_lane(const Counter* from) {
  ClockLane lane;
  std::memcpy(&lane, from, sizeof lane);
  return lane;
}

inline void store_lane(Counter* into, ClockLane lane) { std::memcpy(into, &lane, sizeof lane); }

/// The pointwise maximum.
inline ClockLane joined(ClockLane a, ClockLane b) { return a > b ? a : b; }

inline void copy_clock(Counter* into, const Counter* from, unsigned stride) {
  for (unsigned i = 0; i < stride; i += clock_lane) std::memcpy(into + i, from + i, sizeof(ClockLane));
}

/// into := the pointwise maximum of both.
inline void join_clock(Counter* into, const Counter* from, unsigned stride) {
  for (unsigned i = 0; i < stride; i += clock_lane)
    store_lane(into + i, joined(load_lane(into + i), load_lane(from + i)));
}

/// Whether every counter of `low` is at most that of `high`.
inline bool clock_below(const Counter* low, const Counter* high, unsigned stride) {
  for (unsigned i = 0; i < stride; i += clock_lane) {
    const ClockLane above = load_lane(low + i) > load_lane(high + i);
    std::uint64_t bits[2];
    std::memcpy(bits, &above, sizeof bits);
    if ((bits[0] | bits[1]) != 0) return false;
  }
  return true;
}

}  // namespace heddle::core
