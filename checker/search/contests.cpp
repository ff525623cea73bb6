#include "checker/search/contests.hpp"

#include <bit>
#include <cmath>
#include <numeric>

namespace heddle::search {

void Contests::clear() {
  drawn_ = 0;
  contests_.clear();
  beaten_.clear();
}

void Contests::won(Number winner, const std::vector<Number>& standing) {
  for (const Number number : standing)
    if (number != winner) beaten_.push_back(number);
  contests_.push_back({winner, beaten_.size()});
}

double Contests::bits() const {
  if (drawn_ > most_exact) return static_cast<double>(contests_.size()) * std::log2(drawn_);
  // Which numbers are no larger than each, as bits; from the last contest backwards, since a number that was beaten may
  // have won later.
  const std::size_t words = (drawn_ + 63) / 64;
  std::vector<std::uint64_t> below(drawn_ * words);
  for (Number number = 0; number < drawn_; ++number)
    below[number * words + number / 64] = std::uint64_t{1} << number % 64;
  double bits = 0;
  for (std::size_t c = contests_.size(); c-- > 0;) {
    std::uint64_t* const mine = &below[contests_[c].winner * words];
    for (std::size_t i = c == 0 ? 0 : contests_[c - 1].end; i < contests_[c].end; ++i)
      for (std::size_t w = 0; w < words; ++w) mine[w] |= below[beaten_[i] * words + w];
    const auto count =
        std::accumulate(mine, mine + words, 0, [](int sum, std::uint64_t word) { return sum + std::popcount(word); });
    bits += std::log2(count);
  }
  return bits;
}

}  // namespace heddle::search
