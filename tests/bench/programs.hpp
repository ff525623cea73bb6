// The benchmark programs: standard ones of the field, with the number of traces that each has.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace heddle::bench {

struct Program {
  std::string name;  ///< "readers(18)"
  std::function<void()> harness;
  std::uint64_t traces;    ///< by the formula beside it in programs.cpp
  double peer;             ///< traces per second of GenMC 0.11 (prodcons: of Nidhugg), as docs/comparison.md has it
  std::string model = {};  ///< the memory model that `traces` is for; empty: any
};

const std::vector<Program>& programs();

/// A program of endless threads, for the liveness search.
struct EndlessProgram {
  std::string name;
  std::function<void()> harness;
  std::uint64_t states;  ///< by the formula beside it in programs.cpp
};

const std::vector<EndlessProgram>& endless_programs();

}  // namespace heddle::bench
