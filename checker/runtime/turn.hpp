// One check at a time in a process: there is one address space for harness threads, one set of signal handlers, and one
// state of the program's globals.
#pragma once

#include <mutex>

namespace heddle::runtime {

/// Held while a check runs. Checks on other system threads wait for it.
class Turn {
 public:
  /// Throws heddle::Error where this system thread has it already: checks do not nest.
  Turn();
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace heddle::runtime
