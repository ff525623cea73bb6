// heddle::shared_memory<T>: an object that processes share, as in memory of shm_open() and mmap() with MAP_SHARED
// (IEEE Std 1003.1); its mutexes, conditions and semaphores are those of PTHREAD_PROCESS_SHARED.
#pragma once

#include <utility>

#include "models/process/kernel_object.hpp"

namespace heddle {

/// One T, made with the segment and never destroyed. The object's own members may be used by every process that has got
/// the segment; what it holds elsewhere (a std::vector's elements) is memory of whoever allocated it, as pointers into
/// another process are. A mutex in it stays locked where its holder dies: use robust_mutex where that may be.
/// A shared_memory is a handle: copies are the same segment. Give it to a process by value.
template <class T>
class shared_memory {
  using Site = source_location;

 public:
  /// Makes the segment, and T(arguments...) in it.
  template <class... Arguments>
  requires std::is_constructible_v<T, Arguments...>
  explicit shared_memory(Arguments&&... arguments)
      : segment_(models::make_kernel_object<Segment>(0, std::forward<Arguments>(arguments)...)) {}

  T* operator->() const { return &object(); }
  T& operator*() const { return object(); }

 private:
  struct Segment final : models::KernelObject {
    template <class... Arguments>
    explicit Segment(Arguments&&... arguments) : object(std::forward<Arguments>(arguments)...) {}
    T object;
  };

  T& object() const {
    runtime::require_own(this, "handle of shared memory", Site{});
    return segment_->object;
  }

  Segment* segment_;
};

}  // namespace heddle
