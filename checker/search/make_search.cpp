#include "checker/search/make_search.hpp"

#include "checker/core/error.hpp"
#include "checker/search/bounded.hpp"
#include "checker/search/exhaustive.hpp"
#include "checker/search/sampled.hpp"
#include "checker/search/scheduled.hpp"

namespace heddle::search {

std::unique_ptr<Search> make_search(const Options& options, const graph::MemoryModel& model,
                                    runtime::Execution& execution, Observer& observer) {
  if (!options.preemption_bound.empty() && options.search != "exhaustive")
    throw Error("option --preemption-bound: it bounds --search=exhaustive, not --search=" + options.search);
  if (options.scheduler != "any")
    return std::make_unique<Scheduled>(options, model, execution, observer, runtime::make_scheduler(options.scheduler));
  const auto sampled = [&](std::unique_ptr<Strategy> strategy) {
    return std::make_unique<Sampled>(options, model, execution, observer, std::move(strategy));
  };
  if (options.search == "random") return sampled(make_random_walk());
  if (options.search == "pct") return sampled(make_pct(options.pct_depth));
  if (options.search == "pos") return sampled(make_partial_order_sampling());
  if (!options.preemption_bound.empty()) return std::make_unique<Bounded>(options, model, execution, observer);
  return std::make_unique<Exhaustive>(options, model, execution, observer);
}

}  // namespace heddle::search
