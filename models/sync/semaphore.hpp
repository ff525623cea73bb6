// heddle::counting_semaphore and heddle::binary_semaphore, spelled as in std ([thread.sema]).
#pragma once

#include <cstddef>

#include "checker/runtime/harness_interface.hpp"
#include "models/sync/time_limit.hpp"

namespace heddle {

namespace models {

/// State: the counter (low).
class SemaphorePrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { acquire, try_acquire, release, try_acquire_for };

  constexpr SemaphorePrimitive() : Primitive(true) {}
  /// Releases commute, as long as none goes beyond max().
  bool commute(const core::Operation& a, const core::Operation& b) const override {
    return a.code == release && b.code == release;
  }
  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "semaphore"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override { return "count " + std::to_string(state.low); }
  core::Need need(const core::Operation&) const override { return core::Need::post; }
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
};

inline constexpr SemaphorePrimitive semaphore_primitive{};

class BasicSemaphore {
 public:
  constexpr BasicSemaphore(std::ptrdiff_t desired, std::ptrdiff_t most, const source_location& site)
      : initial_(desired), most_(most), location_(semaphore_primitive, {static_cast<std::uint64_t>(desired), 0}, site) {
    if (desired < 0 || desired > most) runtime::misuse("semaphore made with a count outside [0, max()]", site);
  }
  BasicSemaphore(const BasicSemaphore&) = delete;
  BasicSemaphore& operator=(const BasicSemaphore&) = delete;
  ~BasicSemaphore() { location_.end(semaphore_primitive); }

  void acquire(const core::Site& site);
  bool try_acquire(const core::Site& site);
  bool try_acquire_for(TimeLimit limit, const core::Site& site);
  void release(std::ptrdiff_t update, const core::Site& site);

 private:
  core::Operation operation(SemaphorePrimitive::Code code, std::ptrdiff_t update, const core::Site& site);

  std::ptrdiff_t initial_;
  std::ptrdiff_t most_;
  runtime::Location location_;
};

}  // namespace models

/// A counter that threads take from, waiting while it is zero, and add to. Adding beyond LeastMaxValue is misuse.
/// Happens-before: a release synchronizes with the acquires that take from the counter after it.
template <std::ptrdiff_t LeastMaxValue = PTRDIFF_MAX>
class counting_semaphore {
  using Site = source_location;
  static_assert(LeastMaxValue >= 0);

 public:
  static constexpr std::ptrdiff_t max() noexcept { return LeastMaxValue; }
  constexpr explicit counting_semaphore(std::ptrdiff_t desired, Site site = Site::current())
      : state_(desired, LeastMaxValue, site) {}

  /// Blocks while the counter is zero; then takes one.
  [[gnu::always_inline]] void acquire() { state_.acquire(core::Site::here()); }
  /// Takes one if there is one; never blocks, and never fails spuriously.
  [[gnu::always_inline]] bool try_acquire() noexcept { return state_.try_acquire(core::Site::here()); }
  /// Takes one, or times out while there is none; as --timeouts has it.
  template <class Rep, class Period>
  bool try_acquire_for(const std::chrono::duration<Rep, Period>& duration, Site site = Site::current()) {
    return state_.try_acquire_for(models::limit_of(duration), site);
  }
  /// The same until a point in time.
  template <class Clock, class Duration>
  bool try_acquire_until(const std::chrono::time_point<Clock, Duration>& time, Site site = Site::current()) {
    return state_.try_acquire_for(models::limit_until(time), site);
  }
  /// Adds `update`.
  [[gnu::always_inline]] void release(std::ptrdiff_t update = 1) { state_.release(update, core::Site::here()); }

 private:
  models::BasicSemaphore state_;
};

using binary_semaphore = counting_semaphore<1>;

}  // namespace heddle
