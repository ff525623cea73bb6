#include "models/sync/time_limit.hpp"

#include "checker/core/options.hpp"
#include "checker/runtime/harness_interface.hpp"

namespace heddle::models {

namespace {

bool passes_last() { return runtime::inside_check() && runtime::timeouts() == Timeouts::last; }

/// By the calling thread's clock.
std::uint64_t now() { return runtime::inside_check() ? runtime::time_passed() : 0; }

}  // namespace

bool waits_for_ever(TimeLimit limit) {
  return limit != 0 && !(runtime::inside_check() && runtime::timeouts() != Timeouts::never);
}

core::Operation limited(core::Operation operation, std::optional<TimeLimit> limit) {
  if (!limit || waits_for_ever(*limit)) return operation;
  operation.timed = *limit != 0 && passes_last();
  if (operation.timed)
    operation.time = *limit;
  else
    operation.operand.low = 1;
  return operation;
}

void timed_out(TimeLimit limit) {
  if (!passes_last()) runtime::pass_time(limit);
}

Deadline::Deadline(TimeLimit limit) : end_(now() + limit) {}

TimeLimit Deadline::rest() const { return now() < end_ ? end_ - now() : 0; }

bool Deadline::passes_now(const core::Site& site) const {
  if (has_passed()) return true;
  if (runtime::timeouts() != Timeouts::any) return false;
  const core::Operation choice{
      .kind = core::OperationKind::choose, .code = core::limit_passes, .site = site, .operand = {2, 0}};
  if (runtime::perform(choice).choice == 0) return false;
  timed_out(rest());
  return true;
}

void sleep(TimeLimit limit, const source_location& site) {
  if (!runtime::inside_check()) runtime::outside_check("sleep", site);
  if (limit != 0 && passes_last())
    runtime::perform({.kind = core::OperationKind::sleep, .timed = true, .site = {site}, .time = limit});
  else
    runtime::pass_time(limit);
}

}  // namespace heddle::models
