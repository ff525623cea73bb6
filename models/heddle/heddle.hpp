// Everything that a harness needs.
#pragma once

#include "models/sync/atomic.hpp"
#include "models/sync/choice.hpp"
#include "models/sync/condition_variable.hpp"
#include "models/sync/mutex.hpp"
#include "models/sync/semaphore.hpp"
#include "models/sync/test.hpp"
#include "models/sync/thread.hpp"
#include "models/sync/var.hpp"
