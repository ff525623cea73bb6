// Any thread that can move may: what Heddle assumes where nothing else is said. There is nothing to decide and nothing
// to remember, so that the model is no object at all.
#include "models/scheduler/schedulers.hpp"

namespace heddle::models {

std::unique_ptr<runtime::Scheduler> make_any() { return nullptr; }

}  // namespace heddle::models
