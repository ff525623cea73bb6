// heddle::barrier, spelled as in std ([thread.barrier]).
//
// The state is the number of the phase, how many arrivals it still expects, and how many the next will. Who brings the
// phase's count to zero runs the completion function and then ends the phase, which is an operation of its own where
// there is such a function. A wait follows the write that ended the phase: there is just one, so waiting costs the
// search nothing.
#pragma once

#include <cstddef>
#include <utility>

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

namespace models {

class BarrierPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { arrive, arrive_and_drop, complete, wait };

  constexpr BarrierPrimitive() : Primitive(true) {}
  /// Arrivals commute where nobody has to be told that it is the last one, as long as they are in the same phase.
  bool commute(const core::Operation& a, const core::Operation& b) const override {
    return is_arrival(a) && is_arrival(b) && a.expected.low == 0 && b.expected.low == 0;
  }
  /// The phase in which it arrives.
  std::uint64_t learns(const core::Operation& operation, core::Value state) const override;
  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "barrier"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  core::Need need(const core::Operation&) const override { return core::Need::post; }
  const char* waking(const core::Operation&) const override { return "arrive at it"; }
  /// A thread waits for the present phase or for the one before ([thread.barrier.class]), so that four numbers tell
  /// phases apart.
  core::Value folded(core::Value state) const override;

 private:
  static bool is_arrival(const core::Operation& operation) {
    return operation.code == arrive || operation.code == arrive_and_drop;
  }
};

inline constexpr BarrierPrimitive barrier_primitive{};

class BasicBarrier {
 public:
  constexpr BasicBarrier(std::ptrdiff_t expected, bool completes, const source_location& site)
      : expected_(expected), completes_(completes), location_(barrier_primitive, initial(), site) {
    if (expected < 0 || expected > PTRDIFF_MAX >> 33)
      runtime::misuse("barrier made with a count outside [0, max()]", site);
  }
  BasicBarrier(const BasicBarrier&) = delete;
  BasicBarrier& operator=(const BasicBarrier&) = delete;
  ~BasicBarrier() { location_.end(barrier_primitive); }

  struct Arrival {
    std::uint64_t phase;  ///< in which it arrived
    bool last;            ///< the caller has to run the completion function, and then to end the phase
  };
  Arrival arrive(std::ptrdiff_t update, bool drop, const source_location& site);
  void complete(const source_location& site);
  /// Blocks until phase `phase` has ended.
  void wait(std::uint64_t phase, const source_location& site) const;

 private:
  const core::Delivery& ask(core::OperationKind kind, BarrierPrimitive::Code code, std::uint64_t operand,
                            const source_location& site) const;
  constexpr core::Value initial() const {
    const auto count = static_cast<std::uint64_t>(expected_);
    return {count | count << 32, completes_ ? 1u : 0u};
  }

  std::ptrdiff_t expected_;
  bool completes_;
  runtime::Location location_;
};

/// What std::barrier does at the end of a phase where nothing else is said.
struct NoCompletion {
  void operator()() noexcept {}
};

}  // namespace models

/// A point where a number of threads wait for each other, again and again. Misuse, which is a finding: to make it with
/// a count outside [0, max()], to arrive more often in a phase than it expects, to wait with what another barrier's
/// arrive returned.
/// Happens-before: each arrival synchronizes with the completion function, and that with the waits for the phase.
template <class CompletionFunction = models::NoCompletion>
class barrier {
  using Site = source_location;
  static constexpr bool completes = !std::is_same_v<CompletionFunction, models::NoCompletion>;

 public:
  /// What arrive returns: the phase to wait for.
  class arrival_token {
   public:
    arrival_token(arrival_token&&) noexcept = default;
    arrival_token& operator=(arrival_token&&) noexcept = default;

   private:
    friend class barrier;
    arrival_token(const barrier& of, std::uint64_t phase) : of_(&of), phase_(phase) {}
    const barrier* of_;
    std::uint64_t phase_;
  };

  static constexpr std::ptrdiff_t max() noexcept { return PTRDIFF_MAX >> 33; }

  constexpr explicit barrier(std::ptrdiff_t expected, CompletionFunction completion = CompletionFunction(),
                             Site site = Site::current())
      : state_(expected, completes, site), completion_(std::move(completion)) {}
  barrier(const barrier&) = delete;
  barrier& operator=(const barrier&) = delete;

  /// Arrives `update` times; never blocks. The last to arrive runs the completion function.
  [[nodiscard]] arrival_token arrive(std::ptrdiff_t update = 1, Site site = Site::current()) {
    return arrival_token(*this, arrive_at(update, false, site));
  }
  /// Blocks until the phase of `arrival` has ended.
  void wait(arrival_token&& arrival, Site site = Site::current()) const {
    if (arrival.of_ != this) runtime::misuse("wait at a barrier with what another barrier's arrive returned", site);
    state_.wait(arrival.phase_, site);
  }
  void arrive_and_wait(Site site = Site::current()) { state_.wait(arrive_at(1, false, site), site); }
  /// Arrives, and is expected no more from the next phase on; never blocks.
  void arrive_and_drop(Site site = Site::current()) { arrive_at(1, true, site); }

 private:
  std::uint64_t arrive_at(std::ptrdiff_t update, bool drop, const Site& site) {
    const models::BasicBarrier::Arrival arrival = state_.arrive(update, drop, site);
    if (arrival.last) {
      completion_();
      state_.complete(site);
    }
    return arrival.phase;
  }

  models::BasicBarrier state_;
  CompletionFunction completion_;
};

}  // namespace heddle
