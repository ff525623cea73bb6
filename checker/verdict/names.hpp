// What objects of the harness are called in a report: by their declarations, and told apart where one declaration has
// made several.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checker/runtime/declarations.hpp"

namespace heddle::verdict {

/// An object, as far as its name needs it.
struct NamedObject {
  const void* address = nullptr;  ///< null where it is not known
  std::string kind;               ///< "mutex", "var"
  SourceLine place;               ///< where it was made, in the harness's own code
  unsigned column = 0;            ///< of that place; 0 where it is not known
};

/// Of those who wait at an atomic, which are a location of their own: that of the atomic, whose name they have.
std::string kind_of_object(const std::string& kind);

class Names {
 public:
  explicit Names(runtime::SourceLines& lines) : declarations_(lines) {}

  /// The name of `objects[which]`: "m", "forks[1]", "Account#2.m"; empty where its declaration says none. `objects`
  /// are all that there are, in the order in which they were made.
  std::string name(const std::vector<NamedObject>& objects, std::size_t which);

 private:
  runtime::Declarations declarations_;
};

}  // namespace heddle::verdict
