// The memory models' axioms, written down as their papers have them, over bit matrices.
#pragma once

#include <string>
#include <vector>

#include "oracle/program.hpp"
#include "oracle/relation.hpp"
#include "oracle/trace.hpp"

namespace heddle::oracle {

/// An event of a candidate execution. Sync objects have flags where atomics have an order.
struct CandidateEvent {
  unsigned thread = 0;
  Step step = Step::load;
  bool begins = false;  ///< the thread begins: no step of a trace
  Kind kind = Kind::none;
  std::uint8_t object = 0;
  bool reads = false;
  bool writes = false;
  Ordering order = Ordering::relaxed;
  bool is_atomic = false;  ///< `order` counts: an access of an atomic, or a fence
  bool acquires = false;   ///< of a sync object
  bool releases = false;
  int detail = -1;
  int read_value = 0;
  int written_value = 0;
  int source = -1;  ///< the event read from or waited for; -1: the initial value
};

/// Events in an order in which each comes after its source, and after its thread's event before.
struct Candidate {
  std::vector<CandidateEvent> events;
  std::vector<std::vector<int>> coherence;  ///< for each object that is written: its writes in order
  std::vector<std::vector<PlainAccess>> plain_accesses;
};

/// What the models judge.
class Relations {
 public:
  Relations(const Candidate& candidate, bool with_orders);

  /// To be called before `consistent`: for each object that is written, its writes in order.
  void set_coherence(const std::vector<std::vector<int>>& coherence);

  bool consistent(const std::string& model) const;
  Relation hb;

 private:
  bool rc11(bool with_fences) const;
  bool tso() const;
  EventSet all(auto condition) const;

  const Candidate& candidate_;
  Relation sb, asw, rf, mo, rb, same_location;
  EventSet reads = 0, writes = 0, seq_cst = 0, fences = 0;
};

/// Whether two accesses to the same plain data, of which one writes, are not ordered by `hb`.
bool has_race(const Candidate& candidate, const Relation& hb);

Trace trace_of(const Candidate& candidate, std::size_t threads);

}  // namespace heddle::oracle
