// std's locks under heddle's name: they take any lockable type, heddle's too ([thread.lock]).
#pragma once

#include <mutex>
#include <shared_mutex>

namespace heddle {

using std::adopt_lock;
using std::adopt_lock_t;
using std::defer_lock;
using std::defer_lock_t;
using std::lock;
using std::lock_guard;
using std::scoped_lock;
using std::shared_lock;
using std::try_lock;
using std::try_to_lock;
using std::try_to_lock_t;
using std::unique_lock;

}  // namespace heddle
