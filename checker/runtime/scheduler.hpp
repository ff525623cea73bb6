// What the engine asks of a scheduler model: what a real scheduler would allow, on one processor. The models are in
// models/scheduler.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "checker/core/types.hpp"

namespace heddle::runtime {

using core::ThreadId;

/// The threads that can move, in the order in which they came to be able to. The engine keeps it.
struct ReadyQueue {
  struct Entry {
    ThreadId thread = 0;
    bool with_previous = false;  ///< came at the same moment as the entry before: either may be called the first
    bool operator==(const Entry&) const = default;
  };

  std::vector<Entry> entries;
  ThreadId running = core::no_thread;  ///< who moved last, if it can move on; it stands first in `entries`
  unsigned turn = 0;            ///< how many operations it has made since it began to run, where turns are bounded
  std::vector<int> priorities;  ///< of each thread: its own, or what a mutex lends it

  int priority(ThreadId thread) const { return thread < priorities.size() ? priorities[thread] : 0; }

  /// Those of `among` that came first: several, where they came at the same moment. `among` holds for one at least.
  template <class Among>
  std::vector<ThreadId> first(Among among) const {
    std::vector<ThreadId> found;
    for (const Entry& entry : entries) {
      if (!entry.with_previous && !found.empty()) break;
      if (among(entry.thread)) found.push_back(entry.thread);
    }
    return found;
  }
};

class Scheduler {
 public:
  virtual ~Scheduler() = default;
  /// Which threads may make the next move, out of a queue that is not empty. Each is tried.
  virtual std::vector<ThreadId> candidates(const ReadyQueue& queue) const = 0;
  /// After how many operations the running thread goes to the end of the queue; 0: it does not.
  virtual unsigned longest_turn() const { return 0; }
  /// Whether it goes there when another thread runs although it could move on. Otherwise it stays the first.
  virtual bool preempted_goes_last() const { return false; }
};

/// The model of that name; null for "any", which lets every thread that can move do so. Throws heddle::Error where
/// there is none of the name. Defined with the models, which the engine does not know.
std::unique_ptr<Scheduler> make_scheduler(const std::string& name);

}  // namespace heddle::runtime
