// All candidate executions of a small program, filtered by the axioms of a memory model.
//
// Nothing is clever here: each read is given each write that there is, in every order in which threads can be run so
// that a read comes after what it reads (no model here lets a value come out of thin air); then the writes of each
// object are put into each order; and of these candidates the consistent ones are kept.
#pragma once

#include <map>
#include <string>

#include "oracle/brute_force.hpp"

namespace heddle::oracle {

/// The traces of a program under each memory model, by its name.
using TracesOfModels = std::map<std::string, Traces>;

/// Fills in the traces under each model named in `traces`. False where there are more than `most_candidates`. Programs
/// may have atomics, fences, mutexes, semaphores, plain data, choices, spawns and joins.
bool axiomatic(const Program& program, std::size_t most_candidates, TracesOfModels& traces);

}  // namespace heddle::oracle
