// Makes a failing program as small as it can be made while it still fails.
#pragma once

#include <functional>

#include "oracle/program.hpp"

namespace heddle::oracle {

/// Greedy delta debugging: threads, then operations, conditions and values, again and again until nothing can go.
Program shrink(Program program, const std::function<bool(const Program&)>& fails);

}  // namespace heddle::oracle
