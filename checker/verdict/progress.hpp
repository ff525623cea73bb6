// How far a search is, told to whoever has asked for it (heddle::set_progress_callback).
#pragma once

#include <chrono>

#include "checker/runtime/check.hpp"
#include "checker/search/search.hpp"

namespace heddle::search {
class Liveness;
}

namespace heddle::verdict {

/// Tells the progress callback a few times a second. To be asked again and again: most calls do next to nothing.
class ProgressReporter {
 public:
  explicit ProgressReporter(const Options& options) : options_(options) {}

  void tell(const search::Search& search);
  void tell(const search::Liveness& search);

 private:
  using Clock = std::chrono::steady_clock;

  bool is_time();
  double seconds_left(double done, std::uint64_t executions) const;

  const Options& options_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  double elapsed_ = 0;  ///< seconds, when it was time last
  double done_ =
      -1;  ///< the most that was told: estimates may fall, and a search that has learned of a loop begins again
  unsigned asked_ = 0;
};

}  // namespace heddle::verdict
