// Values of more bytes than a core::Value has room for: a Value of their hash stands for them.
//
// What stands for a value is thus the same in every execution and every search; and values are equal where their bytes
// are (two that are not have the same hash of 128 bits once in 10^38).
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "checker/core/types.hpp"

namespace heddle::runtime {

class LargeValues {
 public:
  /// What stands for the bytes at `object`. They are kept.
  core::Value stand_in(const void* object, std::size_t bytes);
  /// The bytes for which `value` stands.
  const std::string& bytes_of(const core::Value& value) const;

 private:
  struct Hash {
    std::size_t operator()(const core::Value& value) const { return value.low; }
  };
  std::unordered_map<core::Value, std::string, Hash> kept_;
};

}  // namespace heddle::runtime
