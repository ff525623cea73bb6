// Which call of the system a thread is stuck in: the locks of std block the whole check, for all of it is one system
// thread.
#pragma once

#include <string>

#include "checker/runtime/execution.hpp"

namespace heddle::runtime {

/// What blocks at the end of that call chain, and what to use instead; empty where it is no call that is known to
/// block.
std::string blocking_call(const CallChain& chain);

}  // namespace heddle::runtime
