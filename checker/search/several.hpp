// Threads that take several locks at once (checker/core/several.hpp), where nobody can move.
//
// A search has them lock one after another. Where such a thread comes to wait for a lock while it holds others, the
// real one would give those back. An execution in which it did is, but for what it did in vain, one in which the thread
// was slower; so no search ever gives anything back. But what comes to a standstill like that is no deadlock where
// somebody could move, were it given back: it is an execution begun in vain (docs/search.md has the argument).
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "checker/core/several.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/step.hpp"

namespace heddle::search {

/// The present values of locations.
using Values = std::function<core::Value(core::LocationId)>;

/// The newest values of `graph`, which must live as long.
Values newest_values(const ExecutionGraph& graph);

/// Whether `thread` could take at once all the locks of which it asks for one by `pending`.
bool can_take_all(const Operation& pending, ThreadId thread, const Values& values);

/// What would be, had each thread that takes several locks given back those that it has got so far.
class GivenBack {
 public:
  /// `execution` is one in which no thread can move.
  GivenBack(const runtime::Execution& execution, Values values);

  /// Whether anything is given back.
  bool any() const { return !values_.empty(); }
  core::Value value(core::LocationId location) const;
  /// Whether `thread`, which waits, could go on: one that takes several locks, if it could take all.
  bool can_go_on(ThreadId thread) const;
  bool anybody_can_go_on() const;
  /// What `thread` waits for: of several locks the first that it could not take.
  Operation waits_for(ThreadId thread) const;

 private:
  const runtime::Execution& execution_;
  Values before_;
  std::vector<std::pair<core::LocationId, core::Value>> values_;  ///< of the locations that are given back
};

/// Whether the standstill that `execution`, in step with `graph`, has come to is none of a real program.
bool is_in_vain(const runtime::Execution& execution, const ExecutionGraph& graph);

}  // namespace heddle::search
