// What dead registers and stack slots hold differs between the first round of a loop and the others, in an interpreter
// above all. Threads are compared byte for byte (checker/runtime/rounds.hpp), so here it is made to be the same.
#pragma once

namespace heddle::oracle {

/// Leaves nothing of what was done before below the caller's frame.
[[gnu::noinline]] inline void clear_stack_below() {
  volatile char bytes[4096];
  for (volatile char& byte : bytes) byte = 0;
}

/// The same, and nothing in the registers that functions called from here would keep on the stack.
[[gnu::always_inline]] inline void forget_dead_state() {
  clear_stack_below();
#ifdef __x86_64__
  asm volatile(
      "xorl %%ebx, %%ebx\n"
      "xorl %%ebp, %%ebp\n"
      "xorl %%r12d, %%r12d\n"
      "xorl %%r13d, %%r13d\n"
      "xorl %%r14d, %%r14d\n"
      "xorl %%r15d, %%r15d" ::
          : "rbx", "rbp", "r12", "r13", "r14", "r15");
#endif
}

}  // namespace heddle::oracle
