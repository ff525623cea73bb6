// What the C library keeps for a system thread about the calls that it is in: a list of what is to be cleaned up should
// they be left early (pthread_cleanup_push). It lies on the stacks of the callers. Some of its own functions use it, as
// those that wait for a condition variable do; a fiber that is given up there leaves its entry behind, and the next
// longjmp, which looks through the list, would call what lies there by then.
#pragma once

#include <pthread.h>

#if defined(__GLIBC__)
extern "C" void _pthread_cleanup_push(_pthread_cleanup_buffer* entry, void (*call)(void*), void* argument) noexcept;
extern "C" void _pthread_cleanup_pop(_pthread_cleanup_buffer* entry, int execute) noexcept;
#endif

namespace heddle::runtime {

/// While it lives, an entry of ours is in the list of the calling system thread.
class CleanupHandlers {
 public:
  CleanupHandlers() { push(); }
  ~CleanupHandlers() { pop(); }
  CleanupHandlers(const CleanupHandlers&) = delete;
  CleanupHandlers& operator=(const CleanupHandlers&) = delete;

  /// Takes all away that came after ours.
  void forget() {
    pop();
    push();
  }

 private:
#if defined(__GLIBC__)
  void push() {
    _pthread_cleanup_push(
        &ours_, [](void*) {}, nullptr);
  }
  void pop() { _pthread_cleanup_pop(&ours_, 0); }

  _pthread_cleanup_buffer ours_{};
#else
  void push() {}
  void pop() {}
#endif
};

}  // namespace heddle::runtime
