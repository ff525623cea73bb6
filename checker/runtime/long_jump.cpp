// longjmp into the stack of another harness thread: undefined, and here the end of the whole check, since a thread
// would run on two stacks. It is told as a finding instead. Everything else is done as asked.
#include <setjmp.h>

#include <cstdint>

#include "checker/runtime/address_space.hpp"
#include "checker/runtime/execution.hpp"
#include "checker/runtime/interposition.hpp"
#include "checker/runtime/system_function.hpp"

namespace heddle::runtime {

namespace {

/// The stack pointer that a jump would set; null where it is not known.
const void* stack_pointer(const __jmp_buf_tag* environment) {
#if defined(__x86_64__) && defined(__GLIBC__)
  // glibc's PTR_DEMANGLE (sysdeps/unix/sysv/linux/x86_64/pointer_guard.h); 6 is JB_RSP.
  auto pointer = static_cast<std::uintptr_t>(environment->__jmpbuf[6]);
  asm("ror $17, %0\n\txor %%fs:0x30, %0" : "+r"(pointer) : : "cc");
  return reinterpret_cast<const void*>(pointer);
#else
  static_cast<void>(environment);
  return nullptr;
#endif
}

void forbid_foreign_stack(const __jmp_buf_tag* environment, const void* caller) {
  if (!inside_check()) return;
  const void* const target = stack_pointer(environment);
  const AddressSpace& space = AddressSpace::instance();
  if (target == nullptr || !space.contains(target)) return;
  Execution& execution = *Execution::active();
  const unsigned slot = space.slot_of(target);
  if (slot >= core::max_threads || slot == execution.current()) return;
  set_inside_harness(false);  // what follows is ours, not memory of the harness
  execution.stop(
      {.kind = FindingKind::misuse, .message = "longjmp into the stack of another thread", .site = Site(caller)});
}

using Jump = void(__jmp_buf_tag*, int);

constinit SystemFunction<Jump> system_longjmp{"longjmp"};
constinit SystemFunction<Jump> system_longjmp_without_mask{"_longjmp"};
constinit SystemFunction<Jump> system_siglongjmp{"siglongjmp"};
constinit SystemFunction<Jump> system_longjmp_chk{"__longjmp_chk"};

}  // namespace

}  // namespace heddle::runtime

using namespace heddle::runtime;  // NOLINT: the definitions below stand in the global namespace

// Declared as functions that do not return, but for the last, which stands for the first where sources are fortified.
extern "C" {

void longjmp(__jmp_buf_tag* environment, int value) noexcept {
  forbid_foreign_stack(environment, __builtin_return_address(0));
  system_longjmp.get()(environment, value);
  __builtin_unreachable();
}

void _longjmp(__jmp_buf_tag* environment, int value) noexcept {
  forbid_foreign_stack(environment, __builtin_return_address(0));
  system_longjmp_without_mask.get()(environment, value);
  __builtin_unreachable();
}

void siglongjmp(__jmp_buf_tag* environment, int value) noexcept {
  forbid_foreign_stack(environment, __builtin_return_address(0));
  system_siglongjmp.get()(environment, value);
  __builtin_unreachable();
}

[[noreturn]] void __longjmp_chk(__jmp_buf_tag* environment, int value);
void __longjmp_chk(__jmp_buf_tag* environment, int value) {
  forbid_foreign_stack(environment, __builtin_return_address(0));
  system_longjmp_chk.get()(environment, value);
  __builtin_unreachable();
}

}  // extern "C"
