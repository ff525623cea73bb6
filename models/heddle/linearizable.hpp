// heddle::linearizable, which checks calls on a concurrent object against a sequential specification.
#pragma once

#include "models/linearizability/linearizable.hpp"
