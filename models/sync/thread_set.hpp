// A set of threads in 96 bits of a value, which leaves 32 bits, `rest`, to the object that keeps it.
#pragma once

#include <bit>
#include <string>

#include "checker/core/types.hpp"

namespace heddle::models {

struct ThreadSet {
  static_assert(core::max_threads <= 96);

  core::Value bits = {};

  bool has(unsigned thread) const { return ((thread < 64 ? bits.low >> thread : bits.high >> (thread - 64)) & 1) != 0; }
  void set(unsigned thread, bool in) {
    std::uint64_t& word = thread < 64 ? bits.low : bits.high;
    const std::uint64_t bit = std::uint64_t{1} << (thread % 64);
    word = in ? word | bit : word & ~bit;
  }
  unsigned size() const { return static_cast<unsigned>(std::popcount(bits.low) + std::popcount(bits.high & low_half)); }
  bool empty() const { return bits.low == 0 && (bits.high & low_half) == 0; }
  /// The n-th thread of the set, which has more than n.
  unsigned nth(std::uint32_t n) const {
    for (unsigned thread = 0;; ++thread)
      if (has(thread) && n-- == 0) return thread;
  }

  std::uint64_t rest() const { return bits.high >> 32; }
  void set_rest(std::uint64_t value) { bits.high = (bits.high & low_half) | value << 32; }

  /// " main T3"
  std::string names() const {
    std::string text;
    for (unsigned thread = 0; thread < core::max_threads; ++thread)
      if (has(thread)) text += thread == 0 ? std::string(" main") : " T" + std::to_string(thread);
    return text;
  }

 private:
  static constexpr std::uint64_t low_half = 0xFFFF'FFFF;
};

}  // namespace heddle::models
