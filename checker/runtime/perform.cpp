// perform: the way from the harness into the runtime, on which the callee-saved registers are put down right below the
// frame of the harness. From there to the top of the stack is the thread's local state (rounds.hpp). Not to be compiled
// with link-time optimisation, which does not see what assembler refers to.
#include "checker/runtime/execution.hpp"

namespace heddle::runtime {

extern "C" const Delivery* heddle_perform_with(const Operation& operation, const char* registers, const void* caller);

extern "C" [[gnu::visibility("hidden")]] bool heddle_clear_stacks;
bool heddle_clear_stacks = false;

void set_clear_stacks(bool clear) { heddle_clear_stacks = clear; }

#ifdef __x86_64__

[[gnu::naked]] const Delivery& perform(const Operation& /*operation*/) {
  asm("pushq %rbp\n"
      ".cfi_adjust_cfa_offset 8\n"
      "pushq %rbx\n"
      ".cfi_adjust_cfa_offset 8\n"
      "pushq %r12\n"
      ".cfi_adjust_cfa_offset 8\n"
      "pushq %r13\n"
      ".cfi_adjust_cfa_offset 8\n"
      "pushq %r14\n"
      ".cfi_adjust_cfa_offset 8\n"
      "pushq %r15\n"
      ".cfi_adjust_cfa_offset 8\n"
      "movq %rsp, %rsi\n"      // the second argument: the registers, 48 bytes, and above them the return address
      "movq 48(%rsp), %rdx\n"  // the third: the return address
      "pushq $0\n"             // calls are made on an aligned stack; what lies there is part of a state
      ".cfi_adjust_cfa_offset 8\n"
      // What calls before have left where the frames of the runtime will be is no part of a state.
      "cmpb $0, heddle_clear_stacks(%rip)\n"
      "je 1f\n"
      "pxor %xmm0, %xmm0\n"
      ".set at, 16\n"
      ".rept 16\n"
      "movaps %xmm0, -at(%rsp)\n"
      ".set at, at + 16\n"
      ".endr\n"
      "1:\n"
      "call heddle_perform_with@PLT\n"
      "addq $56, %rsp\n"  // the registers are as they were: the callee has kept them
      ".cfi_adjust_cfa_offset -56\n"
      "ret\n");
}

#else

// Registers are not known here, so loops that wait are run round by round, up to --max-events.
const Delivery& perform(const Operation& operation) {
  return *heddle_perform_with(operation, nullptr, __builtin_return_address(0));
}

#endif

}  // namespace heddle::runtime
