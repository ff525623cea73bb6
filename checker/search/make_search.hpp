// From the word of --search to the search.
#pragma once

#include <memory>

#include "checker/core/options.hpp"
#include "checker/graph/memory_model.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/search/observer.hpp"
#include "checker/search/search.hpp"

namespace heddle::search {

/// The search that the options ask for. All that it is given must outlive it.
std::unique_ptr<Search> make_search(const Options& options, const graph::MemoryModel& model,
                                    runtime::Execution& execution, Observer& observer);

}  // namespace heddle::search
