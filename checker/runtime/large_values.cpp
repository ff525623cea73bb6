#include "checker/runtime/large_values.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "checker/core/contract.hpp"

namespace heddle::runtime {

core::Value LargeValues::stand_in(const void* object, std::size_t bytes) {
  const XXH128_hash_t hash = XXH3_128bits(object, bytes);
  const core::Value value{hash.low64, hash.high64};
  const auto [entry, added] = kept_.try_emplace(value);
  if (added) entry->second.assign(static_cast<const char*>(object), bytes);
  return value;
}

const std::string& LargeValues::bytes_of(const core::Value& value) const {
  const auto found = kept_.find(value);
  HEDDLE_EXPECTS(found != kept_.end());
  return found->second;
}

}  // namespace heddle::runtime
