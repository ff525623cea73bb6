// Random numbers that are the same everywhere for the same seed.
#pragma once

#include <cmath>
#include <cstdint>

namespace heddle::search {

/// Spreads every bit of `bits` over all of the result: SplitMix64's finalizer (Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", OOPSLA 2014).
constexpr std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31U);
}

/// SplitMix64. The standard's engines are portable, but its distributions are not. It remembers what it has given out.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() { return mixed(state_ += 0x9E3779B97F4A7C15U); }
  /// Evenly from [0, count); `count` is not 0.
  std::uint64_t below(std::uint64_t count) {
    if (count == 1) return 0;
    const std::uint64_t uneven = -count % count;  // so many numbers at the bottom would favour some results
    std::uint64_t bits = next();
    while (bits < uneven) bits = next();
    bits_ += std::log2(static_cast<double>(count));
    choices_ = mixed(choices_ + bits % count + 1);
    return bits % count;
  }

  /// The binary logarithm of one over the probability of all that `below` has answered.
  double bits() const { return bits_; }
  /// A hash of all that `below` has answered.
  std::uint64_t choices() const { return choices_; }

 private:
  std::uint64_t state_;
  double bits_ = 0;
  std::uint64_t choices_ = 0;
};

}  // namespace heddle::search
