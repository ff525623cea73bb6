// A search: a way to cover the executions of a harness. Each is one algorithm in files of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checker/core/operation.hpp"

namespace heddle::search {

struct Counts {
  std::uint64_t executions = 0;  ///< complete, deadlocked and violated
  std::uint64_t blocked = 0;     ///< given up: heddle::assume, or the bound on events
  std::uint64_t events = 0;      ///< added to a graph, whether new or again after a revisit
  std::uint64_t replayed = 0;    ///< events run again to get back to an earlier moment
  std::uint64_t checkpoints = 0;
  std::uint64_t states = 0;  ///< remembered, by a search that does
};

class Search {
 public:
  virtual ~Search() = default;

  /// Runs until all that the search is meant to cover was visited or the observer wants to stop. Throws heddle::Error
  /// where the harness does not repeat itself.
  virtual void run() = 0;
  virtual const Counts& counts() const = 0;
  /// Whether some execution was cut at the bound on events, and where the thread was then.
  virtual const std::optional<core::Site>& cut_at() const = 0;
  /// After run: whether nothing was left to visit, though the observer may have wanted to stop there.
  virtual bool finished() const { return false; }
  /// Which share of what it is to cover is done, 0 to 1; negative where that cannot be said.
  virtual double done() const { return -1; }
  /// What was covered, where executions are left out by design, as a sentence or two; empty where none are.
  virtual std::string partial_coverage() const { return {}; }
};

}  // namespace heddle::search
