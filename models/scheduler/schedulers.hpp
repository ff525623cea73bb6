// The scheduler models, one file each.
#pragma once

#include "checker/runtime/scheduler.hpp"

namespace heddle::models {

std::unique_ptr<runtime::Scheduler> make_any();
std::unique_ptr<runtime::Scheduler> make_round_robin();
std::unique_ptr<runtime::Scheduler> make_fifo();
std::unique_ptr<runtime::Scheduler> make_fixed_priority();
/// `operations`: the most of a turn.
std::unique_ptr<runtime::Scheduler> make_time_slice(unsigned operations);

}  // namespace heddle::models
