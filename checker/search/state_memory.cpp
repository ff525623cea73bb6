#include "checker/search/state_memory.hpp"

#include <algorithm>
#include <cstring>

#include "checker/core/contract.hpp"

namespace heddle::search {

namespace {

constexpr std::size_t clear_bytes = 1024;
constexpr unsigned char freed_byte = runtime::freed_mark & 0xFF;

/// Clears what calls have left below `pointer`, on a stack that nobody is running on: down to where nothing is left.
void clear_below(char* pointer, const char* limit) {
  static constexpr char zeros[clear_bytes] = {};
  for (char* at = pointer - clear_bytes; at > limit && std::memcmp(at, zeros, clear_bytes) != 0; at -= clear_bytes)
    std::memset(at, 0, clear_bytes);
}

}  // namespace

StateMemory::StateMemory(runtime::Execution& execution, bool hashed)
    : execution_(execution),
      thread_ids_(core::max_threads),
      for_others_(core::max_threads),
      thread_tuples_(core::max_threads, Interner::unknown),
      accesses_(core::max_threads) {
  if (hashed) hashes_.emplace();
  execution_.keep_states(this);
}

StateMemory::~StateMemory() { execution_.keep_states(nullptr); }

std::size_t StateMemory::memory() const {
  const std::size_t states = hashes_ ? hashes_->memory() + waiting_.size() * sizeof(Id) : states_.memory();
  return pieces_.memory() + threads_.memory() + states;
}

// --- what threads do between two operations ------------------------------------------------------------------------

void StateMemory::begin_execution() {
  abandon_move();
  values_.clear();
  for (auto& accesses : accesses_) accesses.clear();
}

void StateMemory::begin_move(ThreadId thread) {
  mover_ = thread;
  accesses_[thread].clear();
  progressed_ = false;
  priority_.reset();
  raced_with_ = core::no_thread;
}

void StateMemory::end_move(ThreadId thread) {
  std::vector<Access>& mine = accesses_[thread];
  std::sort(mine.begin(), mine.end(), [](const Access& a, const Access& b) { return a.object < b.object; });
  const auto piece = execution_.stack(thread);
  if (piece.bytes == 0) return;
  const auto& space = runtime::AddressSpace::instance();
  clear_below(piece.begin, space.stack_guard(thread));
}

void StateMemory::abandon_move() {
  std::fill(thread_ids_.begin(), thread_ids_.end(), ThreadIds{});
  std::fill(thread_tuples_.begin(), thread_tuples_.end(), Interner::unknown);
  std::fill(page_ids_.begin(), page_ids_.end(), Interner::unknown);
  values_id_ = pages_id_ = scheduler_id_ = Interner::unknown;
}

void StateMemory::location_made(LocationId id, Value initial) {
  if (id >= values_.size()) values_.resize(id + 1);
  values_[id] = {initial, 1};
}

void StateMemory::location_adopted(LocationId id, Value initial) {
  if (id >= values_.size() || values_[id].known == 0) location_made(id, initial);
}

void StateMemory::location_ended(LocationId id) { values_[id] = {}; }

void StateMemory::plain_access(ThreadId thread, const runtime::Shadow* object, bool write) {
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  const Access access{address | (write ? 1 : 0)};
  std::vector<Access>& mine = accesses_[thread];
  if (std::find(mine.begin(), mine.end(), access) != mine.end()) return;
  mine.push_back(access);
  for (unsigned other = 0; other < execution_.thread_count(); ++other) {
    if (other == thread) continue;
    for (const Access& theirs : accesses_[other])
      if ((theirs.object | 1) == (address | 1) && (write || (theirs.object & 1) != 0))
        raced_with_ = static_cast<ThreadId>(other);
  }
}

/// Whoever gave the memory back has done so before it was handed out again: what was there is no concern of what is.
void StateMemory::memory_made(const void* begin, std::size_t bytes) {
  const auto low = reinterpret_cast<std::uintptr_t>(begin);
  const auto is_there = [&](const Access& access) { return access.object >= low && access.object < low + bytes; };
  for (unsigned thread = 0; thread < execution_.thread_count(); ++thread)
    if (std::erase_if(accesses_[thread], is_there) != 0) thread_tuples_[thread] = Interner::unknown;
}

// --- the present state, taken down ---------------------------------------------------------------------------------

StateMemory::ForOthers StateMemory::for_others(ThreadId thread) const {
  const runtime::Thread& state = execution_.thread(thread);
  return {state.heap_used, state.live_blocks, state.status, state.detached,
          state.died,      state.of_process,  state.shared, state.robust};
}

/// Whether `thread`, which has not moved, is what it was when it was taken down or put back: most are, so this must be
/// fast.
bool StateMemory::is_untouched(ThreadId thread) const {
  if (thread_tuples_[thread] == Interner::unknown || !(for_others(thread) == for_others_[thread])) return false;
  const std::span<const char> stack = pieces_[thread_ids_[thread].stack];
  const std::span<const char> heap = pieces_[thread_ids_[thread].heap];
  const std::span<const char> globals = pieces_[thread_ids_[thread].globals];
  const std::span<const char> image = execution_.process_globals().image(thread);
  if (!std::equal(image.begin(), image.end(), globals.begin(), globals.end())) return false;
  return (stack.empty() || std::memcmp(execution_.thread(thread).context, stack.data(), stack.size()) == 0) &&
         (heap.empty() || std::memcmp(execution_.heap(thread).begin, heap.data(), heap.size()) == 0);
}

StateMemory::Id StateMemory::capture_thread(ThreadId thread) {
  if (thread != mover_ && is_untouched(thread)) return thread_tuples_[thread];
  const runtime::ThreadRecord record = execution_.record(thread);
  for_others_[thread] = for_others(thread);
  const auto stack = execution_.stack(thread);
  const auto heap = execution_.heap(thread);
  const std::vector<Access>& accesses = accesses_[thread];
  const std::span<const char> globals = execution_.process_globals().image(thread);
  ThreadIds& present = thread_ids_[thread];
  const ThreadIds now{.record = number(&record, sizeof record, present.record),
                      .stack = number(stack.begin, stack.bytes, present.stack),
                      .heap = number(heap.begin, heap.bytes, present.heap),
                      .accesses = number(accesses.data(), accesses.size() * sizeof(Access), present.accesses),
                      .globals = number(globals.data(), globals.size(), present.globals)};
  if (now == present && thread_tuples_[thread] != Interner::unknown) return thread_tuples_[thread];
  present = now;
  return thread_tuples_[thread] = threads_.intern_after(thread_tuples_[thread], mover_, &now, sizeof now);
}

StateMemory::Id StateMemory::capture_pages() {
  const runtime::UserGlobals& globals = execution_.globals();
  bool changed = pages_id_ == Interner::unknown || page_ids_.size() != globals.written_pages();
  page_ids_.resize(globals.written_pages(), Interner::unknown);
  for (std::size_t i = 0; i < page_ids_.size(); ++i) {
    const Id id = number(globals.page(i), runtime::UserGlobals::page_bytes, page_ids_[i]);
    changed = changed || id != page_ids_[i];
    page_ids_[i] = id;
  }
  if (!changed) return pages_id_;
  // Pages that hold what they held at first count for nothing: a page that is written only later is one of them.
  tuple_.assign(page_ids_.begin(), page_ids_.end());
  for (std::size_t i = 0; i < tuple_.size(); ++i)
    if (std::memcmp(globals.page(i), globals.first_content(i), runtime::UserGlobals::page_bytes) == 0)
      tuple_[i] = Interner::unknown;
  while (!tuple_.empty() && tuple_.back() == Interner::unknown) tuple_.pop_back();
  return pages_id_ = pieces_.intern(tuple_.data(), tuple_.size() * sizeof(Id));
}

std::span<const StateMemory::Slot> StateMemory::known_values() const {
  std::size_t count = values_.size();
  while (count != 0 && values_[count - 1].known == 0) --count;
  return {values_.data(), count};
}

void StateMemory::look() {
  execution_.settle_thread_locals();
  execution_.process_globals().enter(0);  // who has run last is no part of a state
  // There may be as many values of all locations as states: what they lead to is fetched while the rest is looked at.
  const std::span<const Slot> values = known_values();
  const bool same = pieces_.is(values_id_, values.data(), values.size_bytes());
  const std::uint64_t hash = same ? 0 : Interner::hash_of(values.data(), values.size_bytes());
  if (!same) pieces_.fetch_place(hash);
  scheduler_id_ = number(scheduler_.data(), scheduler_.size(), scheduler_id_);
  threads_now_.clear();
  for (unsigned t = 0; t < execution_.thread_count(); ++t) {
    if (t == 1 && !same) pieces_.fetch_record(hash);
    threads_now_.push_back(capture_thread(static_cast<ThreadId>(t)));
  }
  capture_pages();
  if (!same) values_id_ = pieces_.intern(values.data(), values.size_bytes(), hash);
  tuple_.assign({values_id_, pages_id_, scheduler_id_});
  tuple_.insert(tuple_.end(), threads_now_.begin(), threads_now_.end());
}

void StateMemory::take_down() {
  look();
  Taken taken{.begin = taken_ids_.size(), .count = tuple_.size(), .hash = 0, .wide_hash = {}};
  taken_ids_.insert(taken_ids_.end(), tuple_.begin(), tuple_.end());
  if (hashes_) {
    taken.wide_hash = StateHashes::hash_of(tuple_.data(), tuple_.size() * sizeof(Id));
    hashes_->fetch_place(taken.wide_hash);
  } else {
    taken.hash = Interner::hash_of(tuple_.data(), tuple_.size() * sizeof(Id));
    states_.fetch_place(taken.hash);
  }
  taken_.push_back(taken);
}

void StateMemory::number_all(std::vector<StateId>& numbers) {
  for (const Taken& taken : taken_) {
    if (hashes_)
      hashes_->fetch_record(taken.wide_hash);
    else
      states_.fetch_record(taken.hash);
  }
  for (const Taken& taken : taken_) numbers.push_back(number(taken));
  taken_.clear();
  taken_ids_.clear();
}

StateId StateMemory::number(const Taken& taken) {
  const auto ids = taken_ids_.begin() + static_cast<std::ptrdiff_t>(taken.begin);
  const auto end = ids + static_cast<std::ptrdiff_t>(taken.count);
  if (!hashes_) return states_.intern(&*ids, taken.count * sizeof(Id), taken.hash);
  const std::size_t known = hashes_->size();
  const StateId state = hashes_->add(taken.wide_hash);
  if (state == known) {
    if (state == 0) first_.assign(ids, end);
    waiting_.push_back(static_cast<Id>(taken.count));
    waiting_.insert(waiting_.end(), ids, end);
  }
  return state;
}

void StateMemory::begin_expansion(StateId state) {
  if (!hashes_) return;
  expanded_ = state;
  const auto begin = waiting_.begin() + 1;
  const auto end = begin + waiting_.front();
  in_expansion_.assign(begin, end);
  waiting_.erase(waiting_.begin(), end);
}

// --- and put back --------------------------------------------------------------------------------------------------

void StateMemory::restore_thread(ThreadId thread, Id target) {
  if (target == thread_tuples_[thread]) return;
  ThreadIds wanted;
  std::memcpy(&wanted, threads_[target].data(), sizeof wanted);
  ThreadIds& present = thread_ids_[thread];
  const auto stack_before = execution_.stack(thread);
  const auto heap_before = execution_.heap(thread);
  if (wanted.record != present.record) {
    runtime::ThreadRecord record;
    std::memcpy(&record, pieces_[wanted.record].data(), sizeof record);
    execution_.adopt(thread, record);
    for_others_[thread] = for_others(thread);
  }
  if (wanted.stack != present.stack) {
    const std::span<const char> bytes = pieces_[wanted.stack];
    const auto stack = execution_.stack(thread);
    if (!bytes.empty()) std::memcpy(stack.begin, bytes.data(), bytes.size());
    if (stack_before.bytes > bytes.size()) std::memset(stack_before.begin, 0, stack_before.bytes - bytes.size());
  }
  if (wanted.heap != present.heap) {
    const std::span<const char> bytes = pieces_[wanted.heap];
    if (!bytes.empty()) std::memcpy(heap_before.begin, bytes.data(), bytes.size());
    if (heap_before.bytes > bytes.size())
      std::memset(heap_before.begin + bytes.size(), freed_byte, heap_before.bytes - bytes.size());
  }
  if (wanted.accesses != present.accesses) {
    const std::span<const char> bytes = pieces_[wanted.accesses];
    accesses_[thread].resize(bytes.size() / sizeof(Access));
    if (!bytes.empty()) std::memcpy(accesses_[thread].data(), bytes.data(), bytes.size());
  }
  if (wanted.globals != present.globals) execution_.process_globals().set_image(thread, pieces_[wanted.globals]);
  present = wanted;
  thread_tuples_[thread] = target;
}

void StateMemory::restore_pages(Id target) {
  if (target == pages_id_) return;
  const runtime::UserGlobals& globals = execution_.globals();
  const std::span<const char> bytes = pieces_[target];
  tuple_.resize(bytes.size() / sizeof(Id));
  if (!bytes.empty()) std::memcpy(tuple_.data(), bytes.data(), bytes.size());
  page_ids_.resize(globals.written_pages(), Interner::unknown);
  for (std::size_t i = 0; i < page_ids_.size(); ++i) {
    const Id wanted = i < tuple_.size() ? tuple_[i] : Interner::unknown;
    if (wanted != Interner::unknown && wanted == page_ids_[i]) continue;
    const char* const content = wanted == Interner::unknown ? globals.first_content(i) : pieces_[wanted].data();
    std::memcpy(globals.page(i), content, runtime::UserGlobals::page_bytes);
    page_ids_[i] = wanted;
  }
  pages_id_ = target;
}

void StateMemory::restore_values(Id target) {
  if (target == values_id_) return;
  const std::span<const char> bytes = pieces_[target];
  const std::size_t count = bytes.size() / sizeof(Slot);
  if (values_.size() < count) values_.resize(count);
  if (!bytes.empty()) std::memcpy(static_cast<void*>(values_.data()), bytes.data(), bytes.size());
  std::fill(values_.begin() + static_cast<std::ptrdiff_t>(count), values_.end(), Slot{});
  values_id_ = target;
}

void StateMemory::restore(StateId state) {
  HEDDLE_EXPECTS(holds(state));
  std::vector<Id>& wanted = wanted_;
  if (hashes_) {
    wanted = state == expanded_ ? in_expansion_ : first_;
  } else {
    const std::span<const char> bytes = states_[state];
    wanted.resize(bytes.size() / sizeof(Id));
    std::memcpy(wanted.data(), bytes.data(), bytes.size());
  }
  restore_values(wanted[0]);
  execution_.process_globals().take_for_main();
  restore_pages(wanted[1]);
  if (wanted[2] != scheduler_id_) {
    const std::span<const char> scheduler = pieces_[wanted[2]];
    scheduler_.assign(scheduler.begin(), scheduler.end());
    scheduler_id_ = wanted[2];
  }
  const auto born = static_cast<unsigned>(wanted.size() - 3);
  for (unsigned t = born; t < execution_.thread_count(); ++t) {
    const auto stack = execution_.stack(static_cast<ThreadId>(t));
    std::memset(stack.begin, 0, stack.bytes);
    const auto heap = execution_.heap(static_cast<ThreadId>(t));
    std::memset(heap.begin, freed_byte, heap.bytes);
    accesses_[t].clear();
    thread_ids_[t] = {};
    thread_tuples_[t] = Interner::unknown;
  }
  execution_.set_thread_count(born);
  for (unsigned t = 0; t < born; ++t) restore_thread(static_cast<ThreadId>(t), wanted[3 + t]);
}

}  // namespace heddle::search
