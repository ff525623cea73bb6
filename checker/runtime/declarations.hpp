// What the harness's source calls an object: the name in its declaration.
//
// The place where a variable is made is its declaration. A member is made where the constructor of its class says so:
// there the class is looked up in the source, and which of its members have that type. Text is read, no C++: where it
// is too clever for that, an object has no name, and reports number it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checker/runtime/source_lines.hpp"

namespace heddle::runtime {

struct Declaration {
  std::string name;    ///< "mutex_"; empty where the text does not say
  std::string owner;   ///< the class whose member it is; empty for variables
  bool array = false;  ///< of several: an array, a vector
};

class Declarations {
 public:
  explicit Declarations(SourceLines& lines) : lines_(lines) {}

  /// What an object of type `type` ("mutex", "atomic") made at `place` may be, in the order of the source: one
  /// variable, or the members of that type; never empty. `column` is 0 where it is not known.
  std::vector<Declaration> of(const SourceLine& place, unsigned column, const std::string& type);

 private:
  std::vector<Declaration> members(const std::string& file, const std::string& owner, const std::string& type,
                                   bool nested);
  const std::string& code(const std::string& file);

  SourceLines& lines_;
  std::map<std::string, std::string> code_;  ///< files without comments, strings and directives
};

}  // namespace heddle::runtime
