// How likely it is that random priorities come out as they did.
//
// Independent random numbers stand against each other again and again: in each contest the largest wins and is used up;
// the others stay, or are drawn anew. That a series of contests goes as it did says which numbers are larger than
// which: a partial order on all that were drawn. All orders of n numbers are equally likely, so its probability is the
// share of its linear extensions among n!. To count these is hard (Brightwell and Winkler, "Counting linear
// extensions", Order 1991); but there are never fewer than n! divided by the product, over all numbers, of how many are
// no larger (Stanley, "Enumerative Combinatorics" 1, chapter 3; equal where the order is a forest).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heddle::search {

class Contests {
 public:
  using Number = std::uint32_t;  ///< which of those that were drawn

  /// None have been held, and nothing is drawn.
  void clear();
  Number draw() { return drawn_++; }
  /// The numbers of `standing` stood against each other, and `winner`, which is one of them, has won: it stands in no
  /// later contest.
  void won(Number winner, const std::vector<Number>& standing);
  /// They go so with a probability of at least 2^-bits(). O(beaten * drawn / 64).
  double bits() const;

 private:
  static constexpr Number most_exact = 2048;  ///< beyond, each number is taken to be larger than all others

  struct Contest {
    Number winner;
    std::size_t end;  ///< of those beaten, in `beaten_`
  };

  Number drawn_ = 0;
  std::vector<Contest> contests_;
  std::vector<Number> beaten_;
};

}  // namespace heddle::search
