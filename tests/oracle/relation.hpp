// Binary relations over at most 32 events, as the axioms of memory models are written with them.
#pragma once

#include <array>
#include <cstdint>

namespace heddle::oracle {

inline constexpr unsigned most_events = 32;
using EventSet = std::uint32_t;  ///< a bit for each event

/// A row of bits for each event: those that it leads to.
class Relation {
 public:
  bool holds(unsigned from, unsigned to) const { return (rows_[from] >> to & 1) != 0; }
  void add(unsigned from, unsigned to) { rows_[from] |= EventSet{1} << to; }
  EventSet row(unsigned from) const { return rows_[from]; }

  static Relation identity(EventSet set) {
    Relation result;
    for (unsigned e = 0; e < most_events; ++e) result.rows_[e] = set & (EventSet{1} << e);
    return result;
  }

  friend Relation operator|(Relation a, const Relation& b) {
    for (unsigned e = 0; e < most_events; ++e) a.rows_[e] |= b.rows_[e];
    return a;
  }
  friend Relation operator&(Relation a, const Relation& b) {
    for (unsigned e = 0; e < most_events; ++e) a.rows_[e] &= b.rows_[e];
    return a;
  }
  friend Relation operator-(Relation a, const Relation& b) {
    for (unsigned e = 0; e < most_events; ++e) a.rows_[e] &= ~b.rows_[e];
    return a;
  }
  /// a; b
  friend Relation operator*(const Relation& a, const Relation& b) {
    Relation result;
    for (unsigned e = 0; e < most_events; ++e)
      for (EventSet left = a.rows_[e]; left != 0; left &= left - 1)
        result.rows_[e] |= b.rows_[static_cast<unsigned>(__builtin_ctz(left))];
    return result;
  }
  Relation inverse() const {
    Relation result;
    for (unsigned e = 0; e < most_events; ++e)
      for (EventSet left = rows_[e]; left != 0; left &= left - 1)
        result.add(static_cast<unsigned>(__builtin_ctz(left)), e);
    return result;
  }
  /// r?
  Relation or_same() const { return *this | identity(~EventSet{0}); }
  /// r+
  Relation closure() const {
    Relation result = *this;
    for (unsigned k = 0; k < most_events; ++k)
      for (unsigned e = 0; e < most_events; ++e)
        if (result.holds(e, k)) result.rows_[e] |= result.rows_[k];
    return result;
  }
  bool irreflexive() const {
    for (unsigned e = 0; e < most_events; ++e)
      if (holds(e, e)) return false;
    return true;
  }
  bool acyclic() const { return closure().irreflexive(); }

 private:
  std::array<EventSet, most_events> rows_{};
};

}  // namespace heddle::oracle
