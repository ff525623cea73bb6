// A history of calls drawn as a timeline: a lane for each thread, a bar for each call.
#pragma once

#include <string>
#include <vector>

#include "checker/analysis/linearizability.hpp"

namespace heddle::analysis {

struct Bar {
  std::size_t lane = 0;
  std::string label;  ///< "push(3)", "pop() = 3"
};

/// The calls `bars`, invoked and returning in the order of `points`, one line a lane, in blocks that are no wider than
/// `width` columns where that is possible.
///
///     T1 │ ├ push(1) ┤        ├ pop() = 2 ┤
///     T2 │     ├ push(2) ───────────┤
std::string timeline(const std::vector<std::string>& lanes, const std::vector<Bar>& bars,
                     const std::vector<Point>& points, std::size_t width = 96);

}  // namespace heddle::analysis
