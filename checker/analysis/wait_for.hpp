// The wait-for graph: which threads wait for which, and where that ends.
//
// A vertex is a waiting thread; an edge leads to each waiting thread that holds what it waits for, or that alone could
// wake it. Whatever component no edge leaves (Tarjan's strongly connected components) waits for nobody outside itself:
// there lies a cause, and everybody else waits behind one.
#pragma once

#include <cstddef>
#include <vector>

#include "checker/analysis/deadlock.hpp"

namespace heddle::analysis {

/// Why some threads can never go on, without looking at anybody else.
struct Cause {
  enum class Kind {
    cycle,         ///< each waits for the next, the last for the first; one thread: for itself
    holder_ended,  ///< who holds the object has ended
    nobody,        ///< no thread is left that could do what is needed
  };
  Kind kind = Kind::cycle;
  std::vector<std::size_t> waiting;  ///< indices into Standstill::waiting, in the order of the cycle
};

/// The threads that `waiting` waits for by name: who holds the object, and who alone could wake it. Ascending.
std::vector<unsigned> awaited(const Waiting& waiting);

/// The causes of a standstill: cycles first, then holders that ended, then what nobody is left to do (the waits of one
/// object together). Empty only where threads still run.
std::vector<Cause> causes_of(const Standstill& standstill);

}  // namespace heddle::analysis
