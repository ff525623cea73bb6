#include "checker/runtime/rounds.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "checker/runtime/execution.hpp"

namespace heddle::runtime {

void LoopPlaces::learn(std::uint32_t place, Level level) {
  const auto known = std::find_if(places_.begin(), places_.end(), [&](const Place& p) { return p.place == place; });
  if (known == places_.end())
    places_.push_back({place, level});
  else if (known->level < level)
    known->level = level;
  else
    return;
  learned_ = true;
  any_watched_ = any_watched_ || level == Level::watched;
}

/// All memory of the harness but the running thread's stack, as long as `visit` says to go on.
template <class Visit>
bool Execution::visit_foreign(const Visit& visit) const {
  for (unsigned t = 0; t < born_; ++t) {
    const auto id = static_cast<ThreadId>(t);
    const Piece others = id == current_ ? Piece{} : stack(id);
    const Piece blocks = heap(id);
    if (others.bytes != 0 && !visit(others.begin, others.bytes)) return false;
    if (blocks.bytes != 0 && !visit(blocks.begin, blocks.bytes)) return false;
  }
  for (std::size_t i = 0; i < globals_.written_pages(); ++i)
    if (!visit(globals_.page(i), UserGlobals::page_bytes)) return false;
  return globals_.thread_local_bytes() == 0 || visit(globals_.thread_local_block(), globals_.thread_local_bytes());
}

/// Called when an operation is asked for, before it is pending. `registers` is where the callee-saved registers and the
/// return address lie on the thread's stack, right below the frame of the harness; null where they are not known.
void Execution::note_round(const Operation& operation, From from) {
  Thread& thread = current_thread();
  Rounds& rounds = thread.rounds;
  const bool was_watched = std::exchange(rounds.watched, false);
  rounds.back = 0;
  const bool noted =
      operation.kind == OperationKind::load || operation.kind == OperationKind::update || only_passes(operation);
  const OperationKind before = thread.pending.kind;
  const bool changed = thread.pending.timed ||  // time may have passed
                       !(before == OperationKind::load || only_passes(thread.pending) ||
                         (before == OperationKind::update && !thread.delivery.changed));
  if (!noted || changed) rounds.count = 0;
  if (!noted || from.registers == nullptr) return;
  const auto place = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(from.caller));
  std::uint32_t* const end = rounds.places + rounds.count;
  RoundStates& states = round_states_[current_];
  std::uint64_t state = 0;
  const bool known = loop_places_.any() || std::find(rounds.places, end, place) != end;
  if (known) [[unlikely]]
    state = compare_rounds(place, from.registers, was_watched);
  if (rounds.count == Rounds::longest) {
    std::copy(states.begin() + 1, states.end(), states.begin());
    std::copy(rounds.places + 1, rounds.places + Rounds::longest, rounds.places);
    rounds.count--;
  }
  states[rounds.count] = state;
  rounds.places[rounds.count] = place;
  rounds.count++;
}

/// The local state of the running thread where that is looked at, and whether it is one of those at its last
/// operations.
std::uint64_t Execution::compare_rounds(std::uint32_t place, const char* registers, bool was_watched) {
  Thread& thread = current_thread();
  Rounds& rounds = thread.rounds;
  LoopPlaces::Level level = loop_places_.level(place);
  std::uint32_t* const end = rounds.places + rounds.count;
  if (level == LoopPlaces::Level::unknown) {
    if (std::find(rounds.places, end, place) == end) return 0;
    loop_places_.learn(place, level = LoopPlaces::Level::known);
  }
  const HiddenReferred hidden(referred_);
  if (was_watched && rounds.count != 0 && changed_foreign_memory()) rounds.count = 0;
  const std::uint64_t state = local_state(thread, registers);
  // Right after a fence no state is looked for, so that the last event before one that is found is a read, which can
  // be taken out.
  for (unsigned i = only_passes(thread.pending) ? 0 : rounds.count; i-- > 0 && rounds.back == 0;)
    if (round_states_[current_][i] == state && rounds.places[i] == place)
      rounds.back = static_cast<std::uint8_t>(rounds.count - i);
  for (unsigned i = rounds.count - rounds.back; rounds.back != 0 && i < rounds.count; ++i)
    if (loop_places_.level(rounds.places[i]) != LoopPlaces::Level::watched) {
      // Only the stack was compared. Seen again with all of memory in view, it will be known whether nothing changed.
      loop_places_.learn(rounds.places[i], LoopPlaces::Level::watched);
    }
  rounds.watched = level == LoopPlaces::Level::watched;
  return state;
}

/// Called when the thread goes on from a watched operation: keeps a copy of all memory but its stack.
void Execution::begin_segment() {
  const HiddenReferred hidden(referred_);
  const Segment now{current_thread().heap_used, globals_.written_pages()};
  segment_began_.reset();
  if (store_used_ + checkpoint_bytes() + now.heap_used > store_limit) return;
  char* copy = store_ + store_used_;  // no checkpoint is taken before its next operation
  visit_foreign([&](const void* from, std::size_t bytes) {
    std::memcpy(copy, from, bytes);
    copy += bytes;
    return true;
  });
  segment_began_ = now;
}

/// Whether anything there is not as it was. An access to plain data is seen too, by what it leaves behind for the race
/// check: a round that makes one is not left out, since it may race.
bool Execution::changed_foreign_memory() const {
  if (segment_began_ != Segment{threads_[current_].heap_used, globals_.written_pages()}) return true;
  const char* copy = store_ + store_used_;
  return !visit_foreign([&](const void* at, std::size_t bytes) {
    const bool same = std::memcmp(copy, at, bytes) == 0;
    copy += bytes;
    return same;
  });
}

/// Takes back the last operation of `id`, after which it was in the same state as before: its event is gone.
void Execution::undo_round(ThreadId id, Position last_event) {
  Thread& thread = threads_[id];
  thread.rounds.count--;
  thread.rounds.back = 0;
  thread.last_event = last_event;
}

void Execution::forget_rounds() {
  for (unsigned t = 0; t < born_; ++t) {
    Rounds& rounds = threads_[t].rounds;
    rounds.back = 0;
    if (rounds.count == 0) continue;
    rounds.places[0] = rounds.places[rounds.count - 1];
    round_states_[t][0] = round_states_[t][rounds.count - 1u];
    rounds.count = 1;
  }
}

void Execution::forget_round(ThreadId id) {
  Rounds& rounds = threads_[id].rounds;
  rounds.count = static_cast<std::uint8_t>(rounds.count - rounds.back);
  rounds.back = 0;
}

/// What `thread` has in its own hands: registers, stack, errno, and the counts from which the next names and numbers
/// are taken.
std::uint64_t Execution::local_state(const Thread& thread, const char* registers) const {
  const std::uint64_t counts[] = {
      thread.locations,   thread.children,     thread.spurious,  thread.spurious_failures,
      thread.clock_reads, thread.random_reads, thread.heap_used, static_cast<std::uint64_t>(*errno_)};
  const auto bytes = static_cast<std::size_t>(stack_top(current_) - registers);
  return XXH3_64bits_withSeed(registers, bytes, XXH3_64bits(counts, sizeof counts));
}

}  // namespace heddle::runtime
