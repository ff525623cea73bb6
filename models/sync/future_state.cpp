#include "models/sync/future_state.hpp"

#include <future>

namespace heddle::models {

namespace {

// The state: how far the result is, and whether all consumers have left.
enum Phase : std::uint64_t { none, claimed, ready };
constexpr std::uint64_t phase_mask = 3;
constexpr std::uint64_t abandoned_bit = 4;

std::uint64_t phase_of(const core::Value& state) { return state.low & phase_mask; }

[[noreturn]] void fail(std::future_errc what) { throw std::future_error(what); }

}  // namespace

core::Outcome FuturePrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                     std::uint32_t) const {
  const std::uint64_t phase = phase_of(state);
  core::Outcome outcome{.acquires = false};
  switch (operation.code) {
    case set:
    case claim:
      outcome.writes = phase == none;
      outcome.releases = operation.code == set;
      outcome.next.low = (state.low & ~phase_mask) | (operation.code == set ? ready : claimed);
      break;
    case publish:
      outcome.writes = true;
      outcome.next.low = (state.low & ~phase_mask) | ready;
      break;
    case abandon:
      outcome.acquires = phase == ready;
      outcome.writes = phase != ready;
      outcome.next.low = state.low | abandoned_bit;
      break;
    default:
      outcome.enabled = phase == ready || operation.code == look || operation.operand.low != 0;
      outcome.acquires = phase == ready;
      outcome.releases = false;
      break;
  }
  return outcome;
}

const char* FuturePrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"set result", "claim result", "make ready",    "wait",
                                          "timed wait", "look",         "leave unwaited"};
  return names[operation.code];
}

std::string FuturePrimitive::show(core::Value state) const {
  const std::uint64_t phase = phase_of(state);
  return phase == none ? "no result" : phase == claimed ? "result to come" : "ready";
}

std::string FuturePrimitive::outcome(const core::Operation& operation, core::Value before, bool) const {
  if (operation.code == timed_wait) return phase_of(before) == ready ? "ready" : "timed out";
  return operation.code == look ? show(before) : "";
}

core::Outcome ConsumersPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                        std::uint32_t) const {
  return {.writes = true, .next = {operation.code == copy ? state.low + 1 : state.low - 1, 0}};
}

const char* ConsumersPrimitive::operation_name(const core::Operation& operation) const {
  return operation.code == copy ? "copy shared_future" : "destroy shared_future";
}

core::Delivery FutureState::ask(core::OperationKind kind, FuturePrimitive::Code code, const core::Site& site,
                                std::optional<TimeLimit> limit) {
  const core::Operation operation{.kind = kind,
                                  .code = code,
                                  .location = result_.id(future_primitive, {}, site_),
                                  .primitive = &future_primitive,
                                  .site = site,
                                  .expected = {maker_, 0}};
  return runtime::perform(limited(operation, limit));
}

core::Delivery FutureState::ask_consumers(ConsumersPrimitive::Code code, const core::Site& site) {
  return runtime::perform({.kind = core::OperationKind::update,
                           .code = code,
                           .location = consumers_.id(consumers_primitive, {1, 0}, site_),
                           .primitive = &consumers_primitive,
                           .site = site});
}

void FutureState::retrieve() {
  if (retrieved_) fail(std::future_errc::future_already_retrieved);
  retrieved_ = true;
}

void FutureState::take(FuturePrimitive::Code code, const core::Site& site) {
  const core::Delivery delivery = ask(core::OperationKind::update, code, site);
  if (!delivery.wrote) fail(std::future_errc::promise_already_satisfied);
  abandoned_ = (delivery.value.low & abandoned_bit) != 0;
}

void FutureState::claim(const core::Site& site) {
  take(FuturePrimitive::claim, site);
  satisfied_ = true;
}

void FutureState::publish(const core::Site& site) {
  const core::Delivery delivery = ask(core::OperationKind::update, FuturePrimitive::publish, site);
  if ((delivery.value.low & abandoned_bit) != 0) destroy_value();
}

void FutureState::set_error(std::exception_ptr error, const core::Site& site) {
  set_with(
      FuturePrimitive::set, [&] { error_ = std::move(error); }, site);
}

void FutureState::leave_as_producer(const core::Site& site) {
  if (!retrieved_) {
    destroy_value();
  } else if (!satisfied_) {
    set_error(std::make_exception_ptr(std::future_error(std::future_errc::broken_promise)), site);
  }
}

void FutureState::join_maker(const core::Site& site) {
  if (maker_ == core::no_thread) return;
  runtime::perform({.kind = core::OperationKind::join, .site = site, .operand = {maker_, 0}});
}

void FutureState::wait(const core::Site& site) {
  if (is_deferred() && ask(core::OperationKind::update, FuturePrimitive::claim, site).wrote) {
    run();
    publish(site);
  } else {
    ask(core::OperationKind::follow, FuturePrimitive::wait, site);
    join_maker(site);
  }
}

FutureState::Status FutureState::wait_for(TimeLimit limit, const core::Site& site) {
  if (is_deferred() && phase_of(ask(core::OperationKind::update, FuturePrimitive::look, site).value) == none)
    return Status::deferred;
  if (waits_for_ever(limit)) {
    ask(core::OperationKind::follow, FuturePrimitive::wait, site);
  } else if (phase_of(ask(core::OperationKind::update, FuturePrimitive::timed_wait, site, limit).value) != ready) {
    timed_out(limit);
    return Status::timeout;
  }
  join_maker(site);
  return Status::ready;
}

void FutureState::leave_as_consumer(bool waited, const core::Site& site) noexcept {
  if (maker_ != core::no_thread) {
    if (!waited) wait(site);
    waited = true;
  }
  if (!value_needs_care()) return;
  if (!waited) {
    if (is_deferred()) return;  // nobody will run it
    if (phase_of(ask(core::OperationKind::update, FuturePrimitive::abandon, site).value) != ready) return;
  }
  destroy_value();
}

void FutureState::add_consumer(const core::Site& site) {
  if (last_has_work()) ask_consumers(ConsumersPrimitive::copy, site);
}

void FutureState::leave_as_one_consumer(bool waited, const core::Site& site) noexcept {
  if (!last_has_work()) return;
  if (ask_consumers(ConsumersPrimitive::destroy, site).value.low == 1) leave_as_consumer(waited, site);
}

void FutureState::publish_at_thread_exit(Unwatched<FutureState> state) {
  runtime::at_thread_exit(
      [](void* kept) {
        const std::unique_ptr<Unwatched<FutureState>> owner(static_cast<Unwatched<FutureState>*>(kept));
        (*owner)->publish({});
      },
      new Unwatched<FutureState>(std::move(state)));
}

}  // namespace heddle::models
