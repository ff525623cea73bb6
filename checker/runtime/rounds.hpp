// Rounds: how a loop that waits is recognised, without annotation.
//
// A thread that comes back to the same local state (registers and stack at the same operation) having changed nothing
// since has gone round a loop once, and will go round it in the same way until something that it reads changes
// (docs/search.md, "Loops that wait"). Only operations that read are looked at, and those that only pass, as fences do:
// a thread that writes, locks, starts a thread or makes a choice has done something.
//
// To look costs time, so it is learned where it pays: an operation is *known* when a thread has come back to its place
// without having changed anything, and is then compared by its stack; it is *watched* when those were equal, and then
// all other memory is compared too, before and after. A search that has learned something begins again, so that what it
// does is a function of the program and not of when a loop was noticed.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace heddle::runtime {

/// What is kept of one thread; plain bytes, part of its checkpoints.
struct Rounds {
  static constexpr unsigned longest = 8;  ///< operations of one round

  std::uint32_t places[longest] = {};  ///< of the last operations, oldest first, since a change
  std::uint8_t count = 0;
  std::uint8_t back =
      0;                 ///< the pending operation is asked for in the state of so many operations ago; 0: in a new one
  bool watched = false;  ///< the pending operation is
};

/// Local states of one thread at those operations; noted where any place is known.
using RoundStates = std::array<std::uint64_t, Rounds::longest>;

/// The operations of a harness at which threads may wait in loops, by the address they are called from.
class LoopPlaces {
 public:
  enum class Level : std::uint8_t { unknown, known, watched };

  /// From here on rounds are noted. Only searches that make use of them ask for it: what is noted is part of a thread's
  /// state.
  void start_noting() { noting_ = true; }
  bool noting() const { return noting_; }
  /// Whether any place is known.
  bool any() const { return all_watched_ || !places_.empty(); }
  Level level(std::uint32_t place) const {
    for (const Place& known : places_)
      if (known.place == place) return known.level;
    return all_watched_ ? Level::watched : Level::unknown;
  }
  /// Raises the level of `place`; from then on learned() says so.
  void learn(std::uint32_t place, Level level);
  /// Whether something was learned since the last call of forget_learned.
  bool learned() const { return learned_; }
  void forget_learned() { learned_ = false; }
  /// Whether some place is watched: whether threads may wait in loops at all.
  bool any_watched() const { return any_watched_; }
  /// Watches every place: for the replay of a schedule.
  void watch_all() { noting_ = all_watched_ = true; }

 private:
  struct Place {
    std::uint32_t place;
    Level level;
  };

  std::vector<Place> places_;
  bool noting_ = false;
  bool learned_ = false;
  bool any_watched_ = false;
  bool all_watched_ = false;
};

}  // namespace heddle::runtime
