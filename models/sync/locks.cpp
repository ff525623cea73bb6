#include "models/sync/locks.hpp"

#include <algorithm>
#include <functional>

namespace heddle::models {

void lock_several(OneOfSeveral* all, core::LockOfSeveral* locks, std::uint32_t count, const source_location& site) {
  const core::Site here{site, __builtin_return_address(0)};
  std::sort(all, all + count, [](const OneOfSeveral& one, const OneOfSeveral& other) {
    return std::less<>()(one.address(), other.address());
  });
  std::transform(all, all + count, locks, [](const OneOfSeveral& each) { return each.lock(); });
  const core::SeveralLocks several{locks, count};
  std::uint32_t taken = 0;
  try {
    for (; taken < count; ++taken) all[taken].take(several, taken + 1, here);
  } catch (...) {
    while (taken > 0) all[--taken].give_back();
    throw;
  }
}

}  // namespace heddle::models
