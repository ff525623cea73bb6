// Deadlocks: why no waiting thread can ever go on.
//
// The wait-for graph has the threads and the objects they wait for as vertices, an edge from a thread to what it waits
// for, and from there to every thread that holds it or that alone could wake the waiter. Its strongly connected
// components that wait for nobody outside themselves are the causes: a cycle, or a single thread whose holder has ended
// or whose notifier does not exist. All others wait behind a cause.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/core/finding.hpp"

namespace heddle::analysis {

/// What a waiting thread needs another one to do.
enum class Need : std::uint8_t {
  release,        ///< give back what it holds: unlock
  notify,         ///< notify the condition variable, after the wait began
  post,           ///< make a permit available: release a semaphore, count a latch down, arrive at a barrier
  end_of_thread,  ///< end: join
};

/// A thread that holds (a part of) an object.
struct Holder {
  unsigned thread = 0;
  std::string operation;  ///< how it came to hold it: "lock m"
  SourceLine since;
};

/// A notification that did not help: it came before the wait began, or woke another thread.
struct Notification {
  unsigned thread = 0;
  std::string operation;  ///< "notify_one cv"
  SourceLine site;
  std::vector<unsigned> woke;  ///< who was woken by it; empty: nobody waited, and it was lost
};

/// An unfinished thread, and what it waits for.
struct Waiting {
  unsigned thread = 0;
  std::string operation;        ///< what it asks for: "lock m", "join T2"
  std::string object;           ///< what that concerns: "mutex m (bank.cpp:6)"; not shown for a join
  SourceLine site;              ///< where it waits
  std::vector<Holder> holders;  ///< who has the object now; empty where nobody has
  Need need = Need::release;
  std::string waking;                 ///< what is needed, said of "it": "count it down"; empty: the usual of `need`
  std::vector<unsigned> could_wake;   ///< the only threads that might do it (the joined one); empty: anyone
  std::vector<Notification> history;  ///< notifications of the object that did not help, oldest first
  std::vector<Holder> keepers = {};   ///< of a semaphore: who acquired it last, and has not released it since
};

/// The end of an execution in which threads wait and none can move.
struct Standstill {
  std::vector<Waiting> waiting;           ///< one for each thread that waits; not empty
  std::vector<std::string> thread_names;  ///< of every thread, by number, as said in a sentence: "main", "T1"
  std::vector<unsigned> ended;            ///< the threads that have ended; who neither waits nor has ended still runs
  std::vector<unsigned> died = {};        ///< of those, whose process died: they were stopped where they were
};

/// A deadlock, explained.
struct Deadlock {
  std::string message;                ///< one sentence: the cycle, the missing notifier, the holder that ended
  std::string explanation;            ///< paragraphs, parted by an empty line; the last one tells the cure
  std::vector<unsigned> threads;      ///< of the causes, ascending; not who merely waits behind them
  std::vector<SourceLine> locations;  ///< where the causes wait, then where they came to hold, each once
  std::string dot;                    ///< the wait-for graph for Graphviz, the cycle in red
  bool whole = false;                 ///< every thread of the execution waits; false: others ended or still run
};

/// Explains why the threads of `standstill` wait for ever.
Deadlock explain_deadlock(const Standstill& standstill);

}  // namespace heddle::analysis
