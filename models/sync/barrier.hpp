// heddle::barrier, spelled as in std ([thread.barrier]).
//
// The state is the number of the phase, how many arrivals it still expects, and how many the next will. A wait follows
// the write that ended the phase: there is just one, so waiting costs the search nothing.
//
// Where there is a completion function, it "is executed on one of the threads that arrived" ([thread.barrier.class]):
// here any of those that wait where they arrive, or who brought the count to zero. They contend for it when all have
// arrived, so that arrivals need not know which was the last, and commute; who has it runs the function, and then ends
// the phase by an operation of its own.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

namespace models {

class BarrierPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { arrive, arrive_and_drop, complete, wait, wait_for_all, wait_for_completion };

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
  bool is_told(const core::Operation& operation) const override { return operation.code != wait_for_all; }
  core::Need need(const core::Operation&) const override { return core::Need::post; }
  const char* waking(const core::Operation& operation) const override {
    return operation.code == wait_for_completion ? "return from its completion function" : "arrive at it";
  }
  /// A thread waits for the present phase or for the one before ([thread.barrier.class]), so that four numbers tell
  /// phases apart.
  core::Value folded(core::Value state) const override;
  bool expired(const core::Operation& wait, core::Value state) const override;

 private:
  static bool is_arrival(const core::Operation& operation) {
    return operation.code == arrive || operation.code == arrive_and_drop;
  }
};

inline constexpr BarrierPrimitive barrier_primitive{};

/// Who runs the completion function. The state is the number of the phase for which that is still open.
class CompletionPrimitive final : public core::Primitive {
 public:
  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "barrier"; }
  const char* operation_name(const core::Operation&) const override { return "begin completion"; }
  std::string show(core::Value state) const override;
  bool is_told(const core::Operation&) const override { return false; }
  core::Value folded(core::Value state) const override;
};

inline constexpr CompletionPrimitive completion_primitive{};

class Completion {
 public:
  /// It has no place, nor a name: to who reads a report it is the barrier.
  constexpr Completion() : location_(completion_primitive, {}, {}) {}
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;
  ~Completion() { location_.end(completion_primitive); }

  /// Whether the caller is the one to run it for `phase`; never blocks.
  bool take(std::uint64_t phase, const core::Site& site);

 private:
  runtime::Location location_;
};

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
    bool last;            ///< known of a caller that does not wait where there is a completion function
  };
  enum class Then : std::uint8_t { go_on, drop, wait };
  Arrival arrive(std::ptrdiff_t update, Then then, const core::Site& site);
  /// Blocks until all have arrived in `phase`.
  void wait_for_all(std::uint64_t phase, const core::Site& site) const;
  void complete(const core::Site& site);
  /// Blocks until phase `phase` has ended.
  void wait(std::uint64_t phase, const core::Site& site) const;
  /// The same, of who knows that all have arrived.
  void wait_for_completion(std::uint64_t phase, const core::Site& site) const;

 private:
  const core::Delivery& ask(core::OperationKind kind, BarrierPrimitive::Code code, std::uint64_t operand,
                            const core::Site& site, bool must_know = false) const;
  void require_waits_in_time(const core::Site& site) const;
  core::LocationId id(const core::Site& site) const { return location_.id(barrier_primitive, initial(), site); }
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
/// arrive returned, or with what it returned in a phase that is neither the present one nor the one before.
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

  /// Arrives `update` times; never blocks. The last to arrive may have to run the completion function.
  [[nodiscard, gnu::always_inline]] arrival_token arrive(std::ptrdiff_t update = 1) {
    return arrival_token(*this, arrive_and(Then::go_on, update, core::Site::here()));
  }
  /// Blocks until the phase of `arrival` has ended.
  [[gnu::always_inline]] void wait(arrival_token&& arrival) const {
    const core::Site here = core::Site::here();
    if (arrival.of_ != this) runtime::misuse("wait at a barrier with what another barrier's arrive returned", here);
    state_.wait(arrival.phase_, here);
  }
  /// As wait(arrive()); and one of those who wait like this may have to run the completion function.
  [[gnu::always_inline]] void arrive_and_wait() { arrive_and_wait_at(core::Site::here()); }
  /// Arrives, and is expected no more from the next phase on; never blocks.
  [[gnu::always_inline]] void arrive_and_drop() { arrive_and(Then::drop, 1, core::Site::here()); }

 private:
  using Then = models::BasicBarrier::Then;
  struct NoContest {};

  void arrive_and_wait_at(const core::Site& site) {
    const std::uint64_t phase = state_.arrive(1, Then::wait, site).phase;
    if constexpr (completes) {
      state_.wait_for_all(phase, site);
      complete(phase, site);
      state_.wait_for_completion(phase, site);
    } else {
      state_.wait(phase, site);
    }
  }
  std::uint64_t arrive_and(Then then, std::ptrdiff_t update, const core::Site& site) {
    const models::BasicBarrier::Arrival arrival = state_.arrive(update, then, site);
    if (arrival.last) complete(arrival.phase, site);
    return arrival.phase;
  }
  /// All have arrived in `phase`.
  void complete(std::uint64_t phase, const core::Site& site) {
    if constexpr (completes) {
      if (!contest_.take(phase, site)) return;
      completion_();
      state_.complete(site);
    }
  }

  [[no_unique_address]] std::conditional_t<completes, models::Completion, NoContest> contest_;
  models::BasicBarrier state_;
  CompletionFunction completion_;
};

}  // namespace heddle
