#include "checker/core/contract.hpp"

#include <cstdio>
#include <cstdlib>

namespace heddle::core {

void contract_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "heddle: internal error: %s does not hold (%s:%d). Please report this.\n", condition, file,
               line);
  std::abort();
}

}  // namespace heddle::core
