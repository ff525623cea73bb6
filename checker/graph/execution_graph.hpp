// The execution graph: what has happened in one execution, and in which order it must have happened.
//
// Events are kept in the order in which they were added, which is always a linear extension of program order and
// reads-from; events are added and taken away at the end only. Relations are intrusive lists over positions:
//   po  program order            Event::po_previous, po_next
//   rf  reads-from               Event::source, and the list of a write's readers
//   co  coherence/object order   Event::co_previous, co_next
// Of a location whose operations may commute (Event::commutes) co is just the order in which they were added; what
// matters of it is which events come before an event that they do not commute with (visit_before).
// Each event has four vector clocks (checker/core/clock.hpp), each including the event itself:
//   causal   po and rf: the event's causal prefix (what a revisit keeps)
//   happens  happens-before of the C++ standard: po and synchronizes-with (what makes a race)
//   release  what a reader of this write that acquires synchronizes with (release sequences included)
//   order    the memory model's own order (under SC: po, rf, co, fr); kept by models/memory
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "checker/core/clock.hpp"
#include "checker/core/contract.hpp"
#include "checker/core/operation.hpp"

namespace heddle::graph {

using core::Counter;
using core::LocationId;
using core::none;
using core::Operation;
using core::OperationKind;
using core::Position;
using core::ThreadId;
using core::Value;

/// How far down a search has looked for reads that a write may revisit.
struct RevisitCursor {
  Position at = none;             ///< the read found last; 0: there is none left; none: nobody has looked yet
  Position outside = 0;           ///< how many events below are not in the write's causal prefix
  std::uint64_t overwritten = 0;  ///< a set of locations (modulo 64): what that prefix writes from there on
};

struct Event {
  Operation operation;
  Value value;                  ///< written by this event, where it writes
  Position source = none;       ///< the write read, or the event waited for; none: the initial value
  Position po_previous = none;  ///< the thread's event before, or the spawn of the thread
  Position po_next = none;
  Position co_previous = none;  ///< of a write: the one before it in co; none: it is the first
  Position co_next = none;
  Position first_reader = none;  ///< events whose source this is, newest first
  Position next_reader = none;
  std::uint64_t time = 0;  ///< its thread's clock then, in nanoseconds: not below that of what it comes after
  std::uint32_t choice = 0;
  std::uint32_t choices = 1;
  std::uint16_t index = 0;  ///< how many events of its thread come before it
  ThreadId thread = 0;
  std::uint8_t locks_held = 0;  ///< by its thread, after it
  bool reads = false;           ///< reads its location (has rf and fr edges)
  bool writes = false;          ///< writes its location (is in co)
  bool acquires = true;
  bool releases = true;
  bool continues = true;                          ///< a release sequence, where it reads and writes
  bool keeps = false;                             ///< writes what was there, and releases nothing by it
  core::Order order = core::Order::by_primitive;  ///< as the memory model takes it, and as the outcome makes it
  bool newest = true;               ///< when it was added, it read, or was, the newest write of its location
  bool late = false;                ///< its source was added after it: a write revisited it
  bool fixed = false;               ///< the search keeps its source and its place in co as they are
  bool revisits = true;             ///< as a write, it may revisit older reads
  bool retried = false;             ///< added at a deadlock, at an earlier place
  bool infeasible = false;          ///< breaks the atomicity of another update; only there to revisit that one
  bool commutes = false;            ///< operations on its location may commute: it depends on those that do not with it
  std::uint16_t seq_cst_count = 0;  ///< how many of the events up to here are seq_cst: accesses and fences
  std::uint16_t weak_count = 0;     ///< how many of them are weaker than sequential consistency: see is_weak
  std::uint16_t epoch = 0;          ///< how often time had passed before it (pass_time)
  Position release_fence = none;    ///< the thread's newest fence that releases, this one included
  RevisitCursor cursor;             ///< how far the search has looked for reads that this write may revisit
};

/// What the graph knows of a location.
struct LocationState {
  Value initial;
  ThreadId maker = core::no_thread;  ///< the thread that made it, and how many events it had then
  Position made_after = 0;
  Position first = none;  ///< first and last write in co
  Position last = none;
  Position initial_readers = none;  ///< events that read the initial value, newest first
};

/// What the graph knows of a thread.
struct ThreadState {
  Position first = none;    ///< its first event
  Position last = none;     ///< its last event; its spawn where it has none yet
  Position spawn = none;    ///< none for the main thread
  std::uint16_t count = 0;  ///< how many events it has
  Position end = none;
  bool born = false;
};

class ExecutionGraph {
 public:
  explicit ExecutionGraph(unsigned stride = core::clock_lane) : stride_(stride), threads_(1) {
    threads_[0].born = true;
  }

  // --- events ---
  Position size() const { return size_; }
  const Event& operator[](Position at) const { return events_[static_cast<std::size_t>(at)]; }
  Event& operator[](Position at) { return events_[static_cast<std::size_t>(at)]; }
  Event& top() { return (*this)[size_ - 1]; }

  /// Adds `event` (operation, thread, source, reads, writes, value … filled in) as its thread's next, after
  /// `co_previous` in co where it writes, and computes its clocks except `order`. O(threads).
  Position add(const Event& event, Position co_previous = none);
  /// Adds `event`, which is infeasible and commutes, as if it came before `missed` and whatever depends on these.
  void add_before(const Event& event, std::vector<Position> missed);
  /// Of the last event, where that was added so.
  const std::vector<Position>& missed() const { return missed_; }
  /// Takes the last event away again, with all its edges and what it raised. O(threads), and O(raised).
  void pop();
  /// Takes all of them away, and the time that has passed.
  void pop_all();

  // --- threads and locations ---
  unsigned thread_count() const { return static_cast<unsigned>(threads_.size()); }
  const ThreadState& thread(ThreadId id) const { return threads_[id]; }
  void ensure_thread(ThreadId id);
  unsigned location_count() const { return static_cast<unsigned>(locations_.size()); }
  const LocationState& location(LocationId id) const { return locations_[id]; }
  void set_initial(LocationId id, Value value, ThreadId maker = core::no_thread, Position made_after = 0);
  /// The value that a read of `source` gets.
  Value value_of(LocationId location, Position source) const {
    return source == none ? locations_[location].initial : (*this)[source].value;
  }
  /// The write after `source` in co; `source` may be the initial value.
  Position co_after(LocationId location, Position source) const {
    return source == none ? locations_[location].first : (*this)[source].co_next;
  }
  Position readers_of(LocationId location, Position source) const {
    return source == none ? locations_[location].initial_readers : (*this)[source].first_reader;
  }
  /// The update that reads `source` and writes, or none: at most one does (atomicity).
  Position update_of(LocationId location, Position source) const;

  // --- operations that commute ---
  /// Whether events of `primitive` commute where it says so, and not just follow each other in co.
  bool has_commuting(const core::Primitive& primitive) const {
    return primitive.has_commuting &&
           (ordered_ == nullptr || std::find(ordered_->begin(), ordered_->end(), &primitive) == ordered_->end());
  }
  /// Primitives of which no operations commute here, whatever they say.
  void set_ordered(const std::vector<const core::Primitive*>* ordered) { ordered_ = ordered; }
  /// Whether the order of two events of one location, of which operations commute, makes a difference.
  static bool conflict(const Event& a, const Event& b) {
    if (!a.reads || !b.reads) return true;  // a thread that follows the states
    return (a.writes || b.writes) && !a.operation.primitive->commute(a.operation, b.operation);
  }
  /// Calls `visit` with the writes that `at`, which commutes, comes after in the order of its location: newest first.
  /// Of an event that follows, these are all up to the state that lets it go on. O(writes of the location).
  template <class Visit>
  void visit_before(Position at, Visit visit) const {
    const Event& event = (*this)[at];
    for (Position w = event.source; w != none; w = (*this)[w].co_previous)
      if (conflict((*this)[w], event) && !(event.infeasible && is_missed(w))) visit(w);
  }
  /// Calls `visit` with the events that come after `at`, which commutes, in the order of its location.
  template <class Visit>
  void visit_after(Position at, Visit visit) const {
    const Event& event = (*this)[at];
    if (!event.reads) return;
    Position w = event.writes ? at : co_after(event.operation.location, event.source);
    for (; w != none; w = (*this)[w].co_next) {
      if (w != at && conflict((*this)[w], event)) visit(w);
      for (Position r = event.writes ? (*this)[w].first_reader : none; r != none; r = (*this)[r].next_reader)
        if (!(*this)[r].writes && conflict((*this)[r], event)) visit(r);
    }
  }

  // --- time ---
  /// No thread can move: time goes on to `now`, in nanoseconds. Every event from here on comes after all that are
  /// there, in the causal order and in that of the memory model; it need not happen after them. Undone by pop of the
  /// newest event that is there.
  void pass_time(std::uint64_t now);
  /// Undoes the last pass_time, where nothing was added since.
  void take_back_time() { passed_.pop_back(); }
  /// How often time has passed.
  unsigned epoch() const { return static_cast<unsigned>(passed_.size()); }
  /// Whether time passed when the graph had `size` events.
  bool begins_epoch(Position size) const {
    return !passed_.empty() &&
           std::any_of(passed_.begin(), passed_.end(), [size](const Passed& passed) { return passed.at == size; });
  }
  /// The present time; 0 while none has passed.
  std::uint64_t now() const { return passed_.empty() ? 0 : passed_.back().now; }

  // --- clocks ---
  unsigned stride() const { return stride_; }
  const Counter* causal(Position at) const { return row(at); }
  const Counter* happens(Position at) const { return row(at) + stride_; }
  const Counter* release(Position at) const { return row(at) + 2 * stride_; }
  const Counter* order(Position at) const { return row(at) + 3 * stride_; }
  Counter* order(Position at) { return clocks_.data() + (static_cast<std::size_t>(at) * 4 + 3) * stride_; }
  /// Whether event `at` is counted in `clock`.
  bool within(Position at, const Counter* clock) const { return clock[(*this)[at].thread] > (*this)[at].index; }

  /// Joins `clock` into the order clock of `at`, remembering the old one until the top event is popped.
  void raise_order(Position at, const Counter* clock);

  /// Whether operations are taken with the memory orders given; else as if each were seq_cst.
  bool has_orders() const { return has_orders_; }
  void set_has_orders(bool has_orders) { has_orders_ = has_orders; }

  // --- copies ---
  /// Becomes `other` as it was when it had `size` events.
  void assign_prefix(const ExecutionGraph& other, Position size);
  void clear();
  /// Bytes held.
  std::size_t memory() const;

 private:
  /// Time passed when there were `at` events, `before` of them of each thread.
  struct Passed {
    Position at;
    std::uint64_t now;
    std::array<Counter, core::max_threads + core::clock_lane> before;
  };
  struct Raised {
    Position event;  ///< whose order clock was raised …
    Position by;     ///< … when this event was added
  };

  const Counter* row(Position at) const { return clocks_.data() + static_cast<std::size_t>(at) * 4 * stride_; }
  void grow_stride(unsigned threads);
  void make_room(Position events);
  void compute_clocks(Position at);
  void compute_commuting(Position at);
  /// Calls `visit` with the writes whose releases `at`, which reads, finds: its source; of what it comes after, where
  /// it commutes, the newest, back to who ends the release sequence before.
  template <class Visit>
  void visit_release_sequence(Position at, Visit visit) const {
    if (!(*this)[at].commutes) return visit((*this)[at].source);
    bool in_sequence = true;
    visit_before(at, [&](Position before) {
      if (in_sequence) visit(before);
      in_sequence = in_sequence && (*this)[before].continues;
    });
  }
  bool is_missed(Position write) const;
  void link(Position at, Position co_previous);
  void unlink(Position at);
  void undo_raises(Position by);

  bool is_weak(const Event& event) const;
  void compute_orders(Position at);
  void come_after_epoch(Position at);

  unsigned stride_;
  bool has_orders_ = false;
  Position size_ = 0;
  std::vector<Event> events_;    ///< the first size_ are in use; the others are room
  std::vector<Counter> clocks_;  ///< 4 rows of `stride_` an event
  std::vector<ThreadState> threads_;
  std::vector<LocationState> locations_;
  std::vector<Position> missed_;  ///< what the last event was added before; empty where that is not infeasible
  const std::vector<const core::Primitive*>* ordered_ = nullptr;
  std::vector<Passed> passed_;
  std::vector<Raised> raised_;
  std::vector<Counter> raised_clocks_;  ///< the old clock of each entry of raised_
};

}  // namespace heddle::graph
