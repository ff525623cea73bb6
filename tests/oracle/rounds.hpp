// Rounds of loops: when a step of a thread has led it back to where it was.
#pragma once

#include <algorithm>

#include "oracle/state.hpp"

namespace heddle::oracle {

inline bool same(const Object& a, const Object& b) {
  return a.value == b.value && a.owner == b.owner && a.waiting == b.waiting && a.expected == b.expected &&
         a.opened.size() == b.opened.size();
}

/// How many operations ago `t`, whose step led from `state` to `next`, stood just where it stands now, having changed
/// nothing since; 0 where it did not. Only operations that read are looked at.
inline unsigned rounds_back(const State& state, State& next, unsigned t) {
  Runner& me = next.runners[t];
  const TraceEvent& event = next.trace.threads[t].back();
  const auto object_in = [&](const State& s) { return s.objects[static_cast<std::size_t>(event.kind)][event.object]; };
  const bool timed = event.step == Step::timed_lock || event.step == Step::timed_acquire ||
                     event.step == Step::timed_lock_shared || event.step == Step::timed_sleep ||
                     event.step == Step::timed_wait_result;
  if (!event.reads || (timed && state.time_passes) || !same(object_in(state), object_in(next))) {
    me.since_change.clear();
    return 0;
  }
  const Runner::Standing now = me.standing();
  me.since_change.push_back(state.runners[t].standing());
  if (me.status != Runner::running) return 0;
  const auto found = std::find(me.since_change.rbegin(), me.since_change.rend(), now);
  return found == me.since_change.rend() ? 0 : static_cast<unsigned>(found - me.since_change.rbegin()) + 1;
}

}  // namespace heddle::oracle
