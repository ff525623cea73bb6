// Programs against heddle_sync, which are compiled with std's classes and with Heddle's, and what each may return.
#pragma once

#include <set>
#include <vector>

namespace portable {

struct Program {
  const char* name;
  int (*run)();
  std::set<int> outcomes;  ///< all that it can return
};

std::vector<Program> programs();

}  // namespace portable
