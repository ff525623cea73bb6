// What the operating system keeps for processes: pipes, queues, segments of shared memory. A process that is started
// inherits what its parent has, as after fork; what a process has open is closed at its end, however it ends.
//
// The objects stand in memory that is nobody's and is never freed. The classes of the harness are handles: small values
// that are copied as descriptors are.
#pragma once

#include <new>
#include <utility>

#include "checker/runtime/processes.hpp"

namespace heddle::models {

class KernelObject {
 public:
  /// The calling process starts `child`, which gets what the calling one has.
  virtual void inherit(core::ThreadId /*child*/, const core::Site& /*site*/) {}
  /// The calling process ends; `site` is where it was started.
  virtual void leave(const core::Site& /*site*/) {}

 protected:
  ~KernelObject() = default;
};

/// Makes an Object, which is a KernelObject and has `extra` bytes behind it.
template <class Object, class... Arguments>
Object* make_kernel_object(std::size_t extra, Arguments&&... arguments) {
  static_assert(alignof(Object) <= alignof(runtime::SharedBlock));
  return new (runtime::allocate_shared(sizeof(Object) + extra)->begin()) Object(std::forward<Arguments>(arguments)...);
}

/// The calling process starts `child`: that one inherits all there is.
void inherit_all(core::ThreadId child, const core::Site& site);
/// The calling process ends: everything of its is closed, one after another.
void leave_all(const core::Site& site);

}  // namespace heddle::models
