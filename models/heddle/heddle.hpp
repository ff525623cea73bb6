// Everything that a harness needs, and heddle::check for programs that embed one.
#pragma once

#include "checker/runtime/check.hpp"
#include "models/sync/assertion.hpp"
#include "models/sync/atomic.hpp"
#include "models/sync/choice.hpp"
#include "models/sync/condition_variable.hpp"
#include "models/sync/mutex.hpp"
#include "models/sync/semaphore.hpp"
#include "models/sync/test.hpp"
#include "models/sync/thread.hpp"
#include "models/sync/var.hpp"
