#include "checker/runtime/turn.hpp"

#include "checker/core/error.hpp"

namespace heddle::runtime {

namespace {

std::mutex one_check;
thread_local constinit bool checking = false;  ///< this system thread

}  // namespace

Turn::Turn() {
  if (checking) throw Error("heddle::check was called inside a check; checks do not nest");
  lock_ = std::unique_lock(one_check);
  checking = true;
}

Turn::~Turn() { checking = false; }

}  // namespace heddle::runtime
