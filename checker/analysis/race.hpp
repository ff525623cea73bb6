// Data races, in words: two accesses that nothing orders.
//
// The engine finds races by happens-before. This file says what it found: who accessed what where, which locks were
// held (none in common), what the two threads did to synchronise, why that did not help, and what would.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/core/finding.hpp"

namespace heddle::analysis {

/// A lock held during an access.
struct Guard {
  std::string lock;  ///< "mutex m"
  SourceLine since;
};

/// An operation by which a thread synchronises.
struct Synchronisation {
  unsigned thread = 0;
  std::string thread_name;  ///< "T1"
  std::string operation;    ///< "unlock m"
  SourceLine site;
};

/// An access to plain data.
struct Access {
  unsigned thread = 0;
  std::string thread_name;  ///< "main", "T1"
  bool write = false;
  SourceLine site;
  std::string object;         ///< "total"
  std::vector<Guard> guards;  ///< the locks held
};

/// Two accesses to the same data by different threads, at least one a write, neither happening before the other.
struct UnorderedPair {
  Access first;  ///< as they come in the schedule that is shown
  Access second;
  std::vector<Synchronisation> after_first;    ///< what the first thread did since its access, oldest first
  std::vector<Synchronisation> before_second;  ///< what the second thread did before its access, oldest first
  /// The last thing by which the first thread did reach the second before the accesses (start, join, lock hand-over).
  std::optional<Synchronisation> last_order;
};

/// A race, explained.
struct Race {
  std::string message;                ///< one sentence
  std::string explanation;            ///< paragraphs, parted by an empty line; the last one tells the cure
  std::vector<unsigned> threads;      ///< ascending
  std::vector<SourceLine> locations;  ///< the two accesses, a write first
};

/// Says what `pair` is.
Race explain_race(const UnorderedPair& pair);

}  // namespace heddle::analysis
