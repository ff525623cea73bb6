// Total store order, as x86 has it (Owens, Sarkar, Sewell, "A Better x86 Memory Model: x86-TSO", TPHOLs 2009; in its
// axiomatic form: Alglave, Maranget, Tautschnig, "Herding Cats", TOPLAS 2014, section 4.8).
//
//   coherence   po|loc ∪ rf ∪ co ∪ fr is acyclic
//   TSO         ppo ∪ rfe ∪ co ∪ fr is acyclic
//
// rfe is rf between threads. ppo is po but for a plain store and a later plain load with no full fence between. A full
// fence is everything that empties the store buffer: an update (of a sync object too), a seq_cst store, a seq_cst
// fence, and the start or end of a thread. Weaker orders and fences cost x86 nothing, and mean nothing here.
#pragma once

#include <memory>

#include "checker/graph/memory_model.hpp"

namespace heddle::models {

std::unique_ptr<graph::MemoryModel> make_tso();

}  // namespace heddle::models
