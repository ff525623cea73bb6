#include "oracle/axioms.hpp"

#include <algorithm>

namespace heddle::oracle {

namespace {

bool at_least_acquire(Ordering o) { return o == Ordering::acquire || o == Ordering::acq_rel || o == Ordering::seq_cst; }
bool at_least_release(Ordering o) { return o == Ordering::release || o == Ordering::acq_rel || o == Ordering::seq_cst; }

bool is_access(const CandidateEvent& e) { return e.reads || e.writes; }

}  // namespace

EventSet Relations::all(auto condition) const {
  EventSet set = 0;
  for (std::size_t e = 0; e < candidate_.events.size(); ++e)
    if (condition(candidate_.events[e])) set |= EventSet{1} << e;
  return set;
}

Relations::Relations(const Candidate& candidate, bool with_orders) : candidate_(candidate) {
  const auto& events = candidate.events;
  const auto size = static_cast<unsigned>(events.size());
  for (unsigned a = 0; a < size; ++a) {
    for (unsigned b = 0; b < size; ++b) {
      if (a < b && events[a].thread == events[b].thread) sb.add(a, b);
      if (a != b && is_access(events[a]) && is_access(events[b]) && events[a].kind == events[b].kind &&
          events[a].object == events[b].object)
        same_location.add(a, b);
      if (events[a].step == Step::spawn && events[b].begins &&
          static_cast<unsigned>(events[a].detail) == events[b].thread)
        asw.add(a, b);
    }
    if (events[a].source < 0) continue;
    (events[a].step == Step::join ? asw : rf).add(static_cast<unsigned>(events[a].source), a);
  }
  const auto is_fence = [](const CandidateEvent& e) { return e.step == Step::fence; };
  reads = all([](const CandidateEvent& e) { return e.reads; });
  writes = all([](const CandidateEvent& e) { return e.writes; });
  fences = all(is_fence);
  seq_cst = all([](const CandidateEvent& e) { return e.is_atomic && e.order == Ordering::seq_cst; });
  const EventSet atomic = with_orders ? all([](const CandidateEvent& e) { return e.is_atomic; }) : 0;
  const EventSet acquire = all([&](const CandidateEvent& e) {
    if (!e.is_atomic) return e.acquires;
    return with_orders ? at_least_acquire(e.order) : e.reads;
  });
  const EventSet release = all([&](const CandidateEvent& e) {
    if (!e.is_atomic) return e.releases;
    return with_orders ? at_least_release(e.order) : e.writes;
  });
  const auto only = [](EventSet set) { return Relation::identity(set); };
  // rs = [W]; (rf; rmw)*, an rmw being one event here; sw = [rel]; ([F]; sb)?; rs; rf; [R]; (sb; [F])?; [acq]
  const Relation rs = only(writes) * (rf * only(writes)).closure().or_same();
  const Relation before = (only(atomic & fences) * sb * only(atomic & writes)).or_same();
  const Relation after = (only(atomic & reads) * sb * only(atomic & fences)).or_same();
  const Relation sw = only(release) * before * rs * rf * only(reads) * after * only(acquire);
  hb = (sb | asw | sw).closure();
}

void Relations::set_coherence(const std::vector<std::vector<int>>& coherence) {
  const auto& events = candidate_.events;
  const auto size = static_cast<unsigned>(events.size());
  mo = {};
  for (const auto& order : coherence)
    for (std::size_t i = 0; i < order.size(); ++i)
      for (std::size_t j = i + 1; j < order.size(); ++j)
        mo.add(static_cast<unsigned>(order[i]), static_cast<unsigned>(order[j]));
  // rb = rf^-1; mo \ id, where what reads the initial value comes before every write.
  rb = rf.inverse() * mo;
  for (unsigned r = 0; r < size; ++r)
    if (events[r].reads && events[r].source < 0)
      for (unsigned w = 0; w < size; ++w)
        if (same_location.holds(r, w) && events[w].writes) rb.add(r, w);
  rb = rb - Relation::identity(~EventSet{0});
}

bool Relations::consistent(const std::string& model) const {
  // Atomicity: rmw ∩ (rb; mo) = ∅. That sb ∪ rf is acyclic was seen to when the candidate was made.
  if (!(rb * mo).irreflexive()) return false;
  if (model == "sc") return (sb | asw | rf | mo | rb).acyclic();
  if (model == "tso") return tso();
  return rc11(model == "rc11");
}

/// Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing Sequential Consistency in C/C++11", PLDI 2017, definition 1.
bool Relations::rc11(bool with_fences) const {
  const Relation eco = (rf | mo | rb).closure();
  // hb; eco? is irreflexive. An update is one event here: between its read and its write in the paper hb is its own.
  if (!(hb * eco.or_same()).irreflexive() || !eco.irreflexive()) return false;
  const auto only = [](EventSet set) { return Relation::identity(set); };
  const EventSet accesses = seq_cst & ~fences;
  const EventSet fsc = with_fences ? seq_cst & fences : 0;
  const Relation sb_elsewhere = sb - same_location;
  const Relation scb = sb | sb_elsewhere * hb * sb_elsewhere | (hb & same_location) | mo | rb;
  const Relation psc_base =
      (only(accesses | fsc) | only(fsc) * hb.or_same()) * scb * (only(accesses | fsc) | hb.or_same() * only(fsc));
  const Relation psc_fence = only(fsc) * (hb | hb * eco * hb) * only(fsc);
  return (psc_base | psc_fence).acyclic();
}

/// x86-TSO, as in Alglave, Maranget, Tautschnig, "Herding Cats", TOPLAS 2014: coherence, and ghb.
bool Relations::tso() const {
  if (!((sb & same_location) | rf | mo | rb).acyclic()) return false;
  const auto only = [](EventSet set) { return Relation::identity(set); };
  const auto plain = [](const CandidateEvent& e, bool writes) {
    return e.is_atomic && is_access(e) && e.writes == writes && e.reads != writes &&
           (e.step == Step::load || (e.step == Step::store && e.order != Ordering::seq_cst));
  };
  const EventSet loads = all([&](const CandidateEvent& e) { return plain(e, false); });
  const EventSet stores = all([&](const CandidateEvent& e) { return plain(e, true); });
  const EventSet nothing = all([](const CandidateEvent& e) {
    return e.step == Step::choose || (e.step == Step::fence && e.order != Ordering::seq_cst);
  });
  const EventSet full = ~(loads | stores | nothing);
  const Relation ppo = only(~nothing) * (sb - only(stores) * sb * only(loads)) * only(~nothing);
  const Relation fenced = sb * only(full) * sb;
  const Relation rfe = rf - sb;
  return (ppo | fenced | rfe | asw | mo | rb).acyclic();
}

bool has_race(const Candidate& candidate, const Relation& hb) {
  // An access stands after so many of its thread's events: its thread's event before it is what it comes after.
  struct Place {
    PlainAccess access;
    int before = -1, after = -1;  ///< the events around it
  };
  std::vector<Place> places;
  std::vector<std::size_t> threads;
  for (std::size_t t = 0; t < candidate.plain_accesses.size(); ++t) {
    std::vector<int> mine;
    for (std::size_t e = 0; e < candidate.events.size(); ++e)
      if (candidate.events[e].thread == t) mine.push_back(static_cast<int>(e));
    for (const PlainAccess& access : candidate.plain_accesses[t]) {
      Place place{.access = access};
      if (access.after > 0) place.before = mine[access.after - 1u];
      if (access.after < mine.size()) place.after = mine[access.after];
      places.push_back(place);
      threads.push_back(t);
    }
  }
  const auto ordered = [&](const Place& a, const Place& b) {
    return a.after >= 0 && b.before >= 0 &&
           (a.after == b.before || hb.holds(static_cast<unsigned>(a.after), static_cast<unsigned>(b.before)));
  };
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = i + 1; j < places.size(); ++j) {
      const Place& a = places[i];
      const Place& b = places[j];
      if (threads[i] == threads[j] || a.access.variable != b.access.variable || !(a.access.write || b.access.write))
        continue;
      if (!ordered(a, b) && !ordered(b, a)) return true;
    }
  }
  return false;
}

Trace trace_of(const Candidate& candidate, std::size_t threads) {
  Trace trace;
  trace.threads.resize(threads);
  std::vector<EventName> names;
  for (const CandidateEvent& e : candidate.events) {
    const auto& mine = trace.threads[e.thread];
    names.push_back({static_cast<std::int8_t>(e.thread), static_cast<std::int8_t>(mine.size())});
    if (e.begins) continue;
    TraceEvent event{.step = e.step, .kind = e.kind, .object = e.object, .reads = e.reads, .writes = e.writes};
    event.detail = static_cast<std::int8_t>(e.detail);
    if (e.reads && e.kind == Kind::atomic) event.value = static_cast<std::int16_t>(e.read_value);
    if (e.source >= 0) event.source = names[static_cast<std::size_t>(e.source)];
    trace.threads[e.thread].push_back(event);
  }
  for (const auto& order : candidate.coherence)
    for (std::size_t i = 1; i < order.size(); ++i) {
      const EventName name = names[static_cast<std::size_t>(order[i])];
      trace.threads[static_cast<std::size_t>(name.thread)][static_cast<std::size_t>(name.index)].previous =
          names[static_cast<std::size_t>(order[i - 1])];
    }
  return trace;
}

}  // namespace heddle::oracle
