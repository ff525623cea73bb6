// Time limits: how long a timed operation may wait ([thread.req.timing]), and what becomes of it.
//
// Time is virtual. Each thread has a clock; std::chrono's clocks show it inside a check. It goes forward by the time
// that the thread sleeps, by the limit of each wait that times out, and a little at each look; and it is never behind
// that of another thread whose operation happens before. When a wait times out says --timeouts:
//   any    at any point: whenever it would have to wait, it may also be over. So a timed operation never waits longer
//          than others let it, and a lock that is tried for a time either gets it or, where somebody holds it, fails.
//   last   where nothing else can run: time stands still until then, and goes on to the end of the limit that ends
//          first. All whose limit ends at that time may time out from then on, or find what they have waited for if
//          that comes before. Who sleeps waits for that time, too.
//   never  it waits as an operation without a limit does.
// A limit that has passed already is none: the operation does not wait, whatever the option says.
// A wait for a notification that has to take its lock again may also be notified in time and have the lock too late: by
// the thread's clock, or under `any` wherever it was notified.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "checker/core/operation.hpp"

namespace heddle {

namespace chrono = std::chrono;
/// The clocks of std are virtual inside a check.
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace models {

/// In nanoseconds, from now on; 0 where it has passed.
using TimeLimit = std::uint64_t;
inline constexpr TimeLimit longest_limit = TimeLimit{1} << 60;  ///< 36 years

/// Rounded up.
template <class Rep, class Period>
TimeLimit limit_of(const std::chrono::duration<Rep, Period>& duration) {
  if (!(duration > std::chrono::duration<Rep, Period>::zero())) return 0;
  const std::chrono::duration<double, std::nano> about = duration;
  if (!(about.count() < static_cast<double>(longest_limit))) return longest_limit;
  return static_cast<TimeLimit>(std::chrono::ceil<std::chrono::nanoseconds>(duration).count());
}

template <class Clock, class Duration>
TimeLimit limit_until(const std::chrono::time_point<Clock, Duration>& time) {
  return limit_of(time - Clock::now());
}

/// Whether an operation of this limit waits as if it had none.
bool waits_for_ever(TimeLimit limit);

/// `operation`, which gives up where its operand is 1, with this limit, where there is one.
core::Operation limited(core::Operation operation, std::optional<TimeLimit> limit);

/// The operation timed out: the limit has passed for the calling thread.
void timed_out(TimeLimit limit);

/// When a limit ends, by the clock of the calling thread: for several waits together, and for what comes after a wait
/// ([thread.condition.condvar]).
class Deadline {
 public:
  explicit Deadline(TimeLimit limit);
  /// The limit of the wait that begins now.
  TimeLimit rest() const;
  bool has_passed() const { return rest() == 0; }
  /// Whether it passes before the calling thread does anything else. Where it may at any point, that is an outcome, and
  /// not to is another.
  bool passes_now(const core::Site& site) const;

 private:
  std::uint64_t end_;
};

/// Passes the time, where the calling thread is inside a check.
void sleep(TimeLimit limit, const source_location& site);

}  // namespace models

}  // namespace heddle
