#include "checker/graph/execution_graph.hpp"

#include <algorithm>

namespace heddle::graph {

void ExecutionGraph::ensure_thread(ThreadId id) {
  if (id >= threads_.size()) threads_.resize(id + 1u);
  if (id >= stride_) grow_stride(id + 1u);
}

void ExecutionGraph::set_initial(LocationId id, Value value, ThreadId maker, Position made_after) {
  if (id >= locations_.size()) locations_.resize(std::max<std::size_t>(id + 1u, locations_.size() * 2));
  locations_[id].initial = value;
  locations_[id].maker = maker;
  locations_[id].made_after = made_after;
}

Position ExecutionGraph::update_of(LocationId location, Position source) const {
  const Position next = co_after(location, source);
  return next != none && (*this)[next].reads && (*this)[next].source == source ? next : none;
}

void ExecutionGraph::make_room(Position events) {
  if (const auto needed = static_cast<std::size_t>(events); events_.size() < needed) events_.resize(needed);
  if (const std::size_t needed = events_.size() * 4 * stride_; clocks_.size() < needed) clocks_.resize(needed);
}

Position ExecutionGraph::add(const Event& event, Position co_previous) {
  const Position at = size_;
  if (static_cast<std::size_t>(at) == events_.size()) [[unlikely]] {
    const Event kept = event;  // it may be one of those that move
    make_room(std::max(64, 2 * at));
    return add(kept, co_previous);
  }
  events_[static_cast<std::size_t>(at)] = event;
  ++size_;
  link(at, co_previous);
  compute_clocks(at);
  return at;
}

void ExecutionGraph::add_before(const Event& event, std::vector<Position> missed) {
  missed_ = std::move(missed);
  add(event, event.source);
}

/// Whether `write` is one of those that the last event was added before, or depends on one.
bool ExecutionGraph::is_missed(Position write) const {
  return std::any_of(missed_.begin(), missed_.end(), [&](Position m) { return within(m, causal(write)); });
}

void ExecutionGraph::link(Position at, Position co_previous) {
  Event& event = (*this)[at];
  ThreadState& thread = threads_[event.thread];
  event.index = thread.count++;
  event.po_previous = thread.last;
  event.po_next = event.first_reader = event.next_reader = event.co_next = event.co_previous = none;
  if (event.index != 0) (*this)[thread.last].po_next = at;
  if (event.index == 0) thread.first = at;
  thread.last = at;
  event.time = event.operation.time;
  if (event.po_previous != none) event.time = std::max(event.time, (*this)[event.po_previous].time);
  const auto is_after = [&](Position before) { event.time = std::max(event.time, (*this)[before].time); };
  if (event.commutes)
    visit_before(at, is_after);
  else if (event.source != none)
    is_after(event.source);
  event.time = std::max(event.time, now());
  event.epoch = static_cast<std::uint16_t>(epoch());
  if (event.operation.kind == OperationKind::end) thread.end = at;
  if (event.operation.kind == OperationKind::spawn) {
    const auto child = static_cast<ThreadId>(event.operation.operand.low);
    ensure_thread(child);
    threads_[child] = ThreadState{.last = at, .spawn = at, .born = true};
  }
  if (event.reads || event.source != none) {
    Position& head = event.source == none ? locations_[event.operation.location].initial_readers
                                          : (*this)[event.source].first_reader;
    event.next_reader = head;
    head = at;
  }
  if (event.writes) {
    LocationState& location = locations_[event.operation.location];
    Position& before = co_previous == none ? location.first : (*this)[co_previous].co_next;
    event.co_previous = co_previous;
    event.co_next = before;
    before = at;
    if (event.co_next == none)
      location.last = at;
    else
      (*this)[event.co_next].co_previous = at;
  }
}

void ExecutionGraph::unlink(Position at) {
  const Event& event = (*this)[at];
  if (event.writes) {
    LocationState& location = locations_[event.operation.location];
    (event.co_previous == none ? location.first : (*this)[event.co_previous].co_next) = event.co_next;
    (event.co_next == none ? location.last : (*this)[event.co_next].co_previous) = event.co_previous;
  }
  if (event.reads || event.source != none) {
    (event.source == none ? locations_[event.operation.location].initial_readers : (*this)[event.source].first_reader) =
        event.next_reader;
  }
  if (event.operation.kind == OperationKind::spawn) threads_[event.operation.operand.low] = ThreadState{};
  ThreadState& thread = threads_[event.thread];
  if (event.operation.kind == OperationKind::end) thread.end = none;
  thread.last = event.po_previous;
  thread.count--;
  if (event.index != 0) (*this)[thread.last].po_next = none;
  if (event.index == 0) thread.first = none;
}

void ExecutionGraph::compute_clocks(Position at) {
  static constexpr Counter nothing[core::max_threads + core::clock_lane] = {};
  const Event& event = (*this)[at];
  if (event.commutes) return compute_commuting(at);
  Counter* const causal = clocks_.data() + static_cast<std::size_t>(at) * 4 * stride_;
  Counter* const happens = causal + stride_;
  Counter* const release = causal + 2 * stride_;
  Counter* const order = causal + 3 * stride_;
  const bool first = event.po_previous == none;
  const Counter* const before = first ? nothing : row(event.po_previous);
  const unsigned step = first ? 0 : stride_;  // from one of its clocks to the next
  const bool waits = event.source != none;
  const Counter* const source = waits ? row(event.source) : nothing;
  const Counter* const released = waits ? source + 2 * stride_ : nothing;
  const Counter* const acquired = event.acquires ? released : nothing;
  const Counter* const continued = event.reads && event.writes && event.continues ? released : nothing;
  for (unsigned i = 0; i < stride_; i += core::clock_lane) {
    core::store_lane(causal + i, core::joined(core::load_lane(before + i), core::load_lane(source + i)));
    const auto known = core::joined(core::load_lane(before + step + i), core::load_lane(acquired + i));
    core::store_lane(happens + i, known);
    const auto sequence = core::load_lane(continued + i);
    core::store_lane(release + i, event.releases ? core::joined(sequence, known) : sequence);
    core::store_lane(order + i, core::load_lane(before + 3 * step + i));
  }
  const auto own = static_cast<Counter>(event.index + 1);
  causal[event.thread] = happens[event.thread] = order[event.thread] = own;
  if (event.releases) release[event.thread] = own;
  if (!passed_.empty()) [[unlikely]]
    come_after_epoch(at);
  if (has_orders_) compute_orders(at);
}

/// The clocks of an event that commutes: as if it read from each that it comes after, and from that one alone.
void ExecutionGraph::compute_commuting(Position at) {
  const Event& event = (*this)[at];
  Counter* const causal = clocks_.data() + static_cast<std::size_t>(at) * 4 * stride_;
  Counter* const happens = causal + stride_;
  Counter* const release = causal + 2 * stride_;
  Counter* const order = causal + 3 * stride_;
  std::fill(causal, causal + 4 * stride_, Counter{0});
  if (event.po_previous != none) {
    const Counter* const before = row(event.po_previous);
    core::copy_clock(causal, before, stride_);
    core::copy_clock(happens, before + stride_, stride_);
    core::copy_clock(order, before + 3 * stride_, stride_);
  }
  causal[event.thread] = happens[event.thread] = order[event.thread] = static_cast<Counter>(event.index + 1);
  visit_before(at, [&](Position before) { core::join_clock(causal, row(before), stride_); });
  visit_release_sequence(at, [&](Position before) {
    if (event.acquires) core::join_clock(happens, row(before) + 2 * stride_, stride_);
    if (event.reads && event.writes && event.continues) core::join_clock(release, row(before) + 2 * stride_, stride_);
  });
  if (event.releases) core::join_clock(release, happens, stride_);
  if (!passed_.empty()) come_after_epoch(at);
  if (has_orders_) compute_orders(at);
}

/// All that was there when time passed last comes before the event, which need not know of it.
void ExecutionGraph::come_after_epoch(Position at) {
  Counter* const causal = clocks_.data() + static_cast<std::size_t>(at) * 4 * stride_;
  core::join_clock(causal, passed_.back().before.data(), stride_);
  core::join_clock(order(at), passed_.back().before.data(), stride_);
}

void ExecutionGraph::pass_time(std::uint64_t now) {
  Passed& passed = passed_.emplace_back(Passed{.at = size_, .now = now, .before = {}});
  for (std::size_t t = 0; t < threads_.size(); ++t) passed.before[t] = static_cast<Counter>(threads_[t].count);
}

/// What fences add to the clocks ([atomics.fences]), and the counts by which a memory model chooses what to check.
void ExecutionGraph::compute_orders(Position at) {
  Event& event = (*this)[at];
  Counter* happens = clocks_.data() + static_cast<std::size_t>(at) * 4 * stride_ + stride_;
  Counter* release = happens + stride_;
  const bool continues = event.po_previous != none && (*this)[event.po_previous].thread == event.thread;
  event.release_fence = continues ? (*this)[event.po_previous].release_fence : none;
  if (event.operation.kind == OperationKind::fence) {
    if (is_acquire(event.order)) {
      // It acquires what the thread's reads since its last such fence have read.
      for (Position r = event.po_previous; r != none && (*this)[r].thread == event.thread; r = (*this)[r].po_previous) {
        const Event& read = (*this)[r];
        if (read.operation.kind == OperationKind::fence && is_acquire(read.order)) break;
        if (!read.reads || read.source == none || read.order == core::Order::by_primitive) continue;
        visit_release_sequence(r,
                               [&](Position write) { core::join_clock(happens, row(write) + 2 * stride_, stride_); });
      }
    }
    if (is_release(event.order)) event.release_fence = at;
  }
  if (event.writes && !event.releases && !event.keeps && event.order != core::Order::by_primitive &&
      event.release_fence != none)
    core::join_clock(release, row(event.release_fence) + stride_, stride_);
  const bool strong = event.order == core::Order::seq_cst;
  event.seq_cst_count = static_cast<std::uint16_t>((at == 0 ? 0 : (*this)[at - 1].seq_cst_count) + (strong ? 1 : 0));
  event.weak_count = static_cast<std::uint16_t>((at == 0 ? 0 : (*this)[at - 1].weak_count) + (is_weak(event) ? 1 : 0));
}

/// Whether something may come before or after `event` in reads-from or coherence, and yet not in happens-before or the
/// order of seq_cst accesses. While there is no such event, a graph is consistent where it is so under SC.
bool ExecutionGraph::is_weak(const Event& event) const {
  if (event.order != core::Order::by_primitive)
    return event.order != core::Order::seq_cst && event.operation.kind != OperationKind::fence;
  if (!event.reads) return event.writes || event.operation.kind == OperationKind::follow;
  if (event.commutes) {
    bool weak = !event.writes;
    const Position at = size() - 1;
    visit_before(at, [&](Position before) { weak = weak || !within(before, happens(at)); });
    return weak;
  }
  return !event.writes || (event.source != none && !within(event.source, happens(size() - 1)));
}

void ExecutionGraph::pop() {
  const Position at = size() - 1;
  undo_raises(at);
  unlink(at);
  missed_.clear();
  --size_;
  while (!passed_.empty() && passed_.back().at > size_) passed_.pop_back();
}

void ExecutionGraph::pop_all() {
  while (size_ != 0) pop();
  passed_.clear();
}

void ExecutionGraph::raise_order(Position at, const Counter* clock) {
  Counter* mine = order(at);
  const std::size_t kept = raised_.size() * stride_;
  if (raised_clocks_.size() < kept + stride_) raised_clocks_.resize(2 * (kept + stride_));
  raised_.push_back({at, size_ - 1});
  core::copy_clock(raised_clocks_.data() + kept, mine, stride_);
  core::join_clock(mine, clock, stride_);
}

void ExecutionGraph::undo_raises(Position by) {
  while (!raised_.empty() && raised_.back().by == by) {
    core::copy_clock(order(raised_.back().event), raised_clocks_.data() + (raised_.size() - 1) * stride_, stride_);
    raised_.pop_back();
  }
}

void ExecutionGraph::assign_prefix(const ExecutionGraph& other, Position size) {
  // Copy what is below the cut, then forget what the events above it had changed there.
  stride_ = other.stride_;
  has_orders_ = other.has_orders_;
  ordered_ = other.ordered_;
  missed_.clear();
  make_room(static_cast<Position>(std::max(events_.size(), other.events_.size())));
  size_ = size;
  std::copy_n(other.events_.begin(), size, events_.begin());
  std::copy_n(other.clocks_.begin(), static_cast<std::size_t>(size) * 4 * stride_, clocks_.begin());
  threads_ = other.threads_;
  locations_ = other.locations_;
  passed_ = other.passed_;
  while (!passed_.empty() && passed_.back().at > size) passed_.pop_back();
  raised_.clear();
  for (std::size_t i = other.raised_.size(); i-- > 0 && other.raised_[i].by >= size;) {
    if (other.raised_[i].event < size)
      core::copy_clock(order(other.raised_[i].event), other.raised_clocks_.data() + i * stride_, stride_);
  }
  for (Position at = other.size() - 1; at >= size; --at) {  // as unlink, from the other graph's events
    const Event& event = other[at];
    ThreadState& thread = threads_[event.thread];
    if (event.operation.kind == OperationKind::spawn) threads_[event.operation.operand.low] = ThreadState{};
    if (event.operation.kind == OperationKind::end) thread.end = none;
    thread.last = event.po_previous;
    thread.count = event.index;
    if (event.index == 0)
      thread.first = none;
    else if (event.po_previous < size)
      (*this)[event.po_previous].po_next = none;
    if ((event.reads || event.source != none) && event.source < size) {
      (event.source == none ? locations_[event.operation.location].initial_readers
                            : (*this)[event.source].first_reader) = event.next_reader;
    }
    if (!event.writes) continue;
    LocationState& location = locations_[event.operation.location];
    Position previous = event.co_previous;
    Position next = event.co_next;
    while (previous >= size) previous = other[previous].co_previous;
    while (next >= size) next = other[next].co_next;
    (previous == none ? location.first : (*this)[previous].co_next) = next;
    (next == none ? location.last : (*this)[next].co_previous) = previous;
  }
}

void ExecutionGraph::grow_stride(unsigned threads) {
  const unsigned wider = (threads + core::clock_lane - 1) / core::clock_lane * core::clock_lane;
  const auto widen = [&](std::vector<Counter>& rows) {
    std::vector<Counter> result(rows.size() / stride_ * wider);
    for (std::size_t i = 0; i < rows.size() / stride_; ++i)
      std::copy_n(rows.data() + i * stride_, stride_, result.data() + i * wider);
    rows = std::move(result);
  };
  widen(clocks_);
  widen(raised_clocks_);
  stride_ = wider;
}

void ExecutionGraph::clear() {
  missed_.clear();
  size_ = 0;
  passed_.clear();
  raised_.clear();
  threads_.assign(1, ThreadState{.born = true});
  locations_.clear();
}

std::size_t ExecutionGraph::memory() const {
  return events_.capacity() * sizeof(Event) + (clocks_.capacity() + raised_clocks_.capacity()) * sizeof(Counter) +
         locations_.capacity() * sizeof(LocationState) + raised_.capacity() * sizeof(Raised);
}

}  // namespace heddle::graph
