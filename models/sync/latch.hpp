// heddle::latch, spelled as in std ([thread.latch]).
//
// The state is the counter. A wait follows the write that brings it to zero: there is just one, so waiting costs the
// search nothing.
#pragma once

#include <cstddef>

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

namespace models {

class LatchPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { count_down, try_wait, wait };

  constexpr LatchPrimitive() : Primitive(true) {}
  /// Who counts down commutes, as long as nobody counts below zero; by nothing at all, it may come after the end.
  bool commute(const core::Operation& a, const core::Operation& b) const override {
    return a.code == count_down && b.code == count_down && a.operand.low != 0 && b.operand.low != 0;
  }
  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "latch"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override { return "count " + std::to_string(state.low); }
  core::Need need(const core::Operation&) const override { return core::Need::post; }
  const char* waking(const core::Operation&) const override { return "count it down"; }
};

inline constexpr LatchPrimitive latch_primitive{};

}  // namespace models

/// A counter that threads count down and wait for to be zero, once. Misuse, which is a finding: to make it with a
/// negative counter, or to count down by a negative number or by more than is left.
/// Happens-before: each count_down synchronizes with the waits that it lets go on, and with try_wait that returns true.
class latch {
  using Site = source_location;

 public:
  static constexpr std::ptrdiff_t max() noexcept { return PTRDIFF_MAX; }

  constexpr explicit latch(std::ptrdiff_t expected, Site site = Site::current())
      : expected_(expected), location_(models::latch_primitive, {static_cast<std::uint64_t>(expected), 0}, site) {
    if (expected < 0) runtime::misuse("latch made with a negative counter", site);
  }
  latch(const latch&) = delete;
  latch& operator=(const latch&) = delete;
  ~latch() { location_.end(models::latch_primitive); }

  /// Takes `update` off the counter; never blocks.
  [[gnu::always_inline]] void count_down(std::ptrdiff_t update = 1) { count_down_at(update, core::Site::here()); }
  /// Whether the counter is zero; never fails spuriously.
  [[gnu::always_inline]] bool try_wait() const noexcept { return try_wait_at(core::Site::here()); }
  /// Blocks until the counter is zero.
  [[gnu::always_inline]] void wait() const { wait_at(core::Site::here()); }
  /// count_down, then wait.
  [[gnu::always_inline]] void arrive_and_wait(std::ptrdiff_t update = 1) {
    const core::Site here = core::Site::here();
    count_down_at(update, here);
    wait_at(here);
  }

 private:
  void count_down_at(std::ptrdiff_t update, const core::Site& site);
  bool try_wait_at(const core::Site& site) const;
  void wait_at(const core::Site& site) const;
  const core::Delivery& ask(core::OperationKind kind, models::LatchPrimitive::Code code, std::ptrdiff_t update,
                            const core::Site& site) const;

  std::ptrdiff_t expected_;
  runtime::Location location_;
};

}  // namespace heddle
