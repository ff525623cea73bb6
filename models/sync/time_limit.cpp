#include "models/sync/time_limit.hpp"

#include "checker/core/options.hpp"
#include "checker/runtime/harness_interface.hpp"

namespace heddle::models {

namespace {

bool passes_last() { return runtime::inside_check() && runtime::timeouts() == Timeouts::last; }

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

Deadline::Deadline(TimeLimit limit) : limit_(limit), end_(passes_last() ? runtime::time_passed() + limit : 0) {}

TimeLimit Deadline::rest() const {
  if (!passes_last()) return limit_;
  const std::uint64_t now = runtime::time_passed();
  return now < end_ ? end_ - now : 0;
}

void sleep(TimeLimit limit, const source_location& site) {
  if (!runtime::inside_check()) runtime::outside_check("sleep", site);
  if (limit != 0 && passes_last())
    runtime::perform({.kind = core::OperationKind::sleep, .timed = true, .site = {site}, .time = limit});
  else
    runtime::pass_time(limit);
}

}  // namespace heddle::models
