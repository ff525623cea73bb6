// The seed of the random programs that no run has met before.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace heddle::oracle {

/// HEDDLE_ORACLE_SEED where it is given; else another one in each process, which is printed so that it can be given.
inline std::uint64_t fresh_seed() {
  static const std::uint64_t seed = [] {
    if (const char* given = std::getenv("HEDDLE_ORACLE_SEED")) return std::uint64_t{std::strtoull(given, nullptr, 10)};
    const std::uint64_t value = std::random_device{}();
    std::cout << "oracle: the fresh seed is " << value << std::endl;
    return value;
  }();
  return seed;
}

}  // namespace heddle::oracle
