// A mistake of the user: wrong option, broken schedule file, harness that is not deterministic.
//
// Thrown at the public boundary only, with a message that names the place and the cure.
#pragma once

#include <stdexcept>
#include <string>

namespace heddle {

/// What the user did wrong and what to do about it. The command line turns it into exit code 2.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace heddle
