#include "models/sync/time_limit.hpp"

#include "checker/core/options.hpp"
#include "checker/runtime/harness_interface.hpp"

namespace heddle::models {

std::uint64_t gives_up(TimeLimit limit) {
  return limit == 0 || (runtime::inside_check() && runtime::timeouts() == Timeouts::any) ? 1 : 0;
}

void timed_out(TimeLimit limit) { runtime::pass_time(limit); }

void sleep(TimeLimit limit, const source_location& site) {
  if (!runtime::inside_check()) runtime::outside_check("sleep", site);
  runtime::pass_time(limit);
}

}  // namespace heddle::models
