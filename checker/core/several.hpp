// Several locks that a thread takes at once: std::lock ([thread.lock.algorithm]), std::scoped_lock.
//
// They are taken one after another, with operations that each say so. A search has to know, because a thread that takes
// several does not keep what it has while it waits for the rest: nobody waits for it in vain.
#pragma once

#include "checker/core/operation.hpp"

namespace heddle::core {

/// One of them: how it is taken, and given back.
struct LockOfSeveral {
  const Primitive* primitive = nullptr;
  LocationId location = 0;
  std::uint8_t take = 0;       ///< Operation::code
  std::uint8_t give_back = 0;  ///< likewise
};

/// All of them, in the order in which they are taken. Lies on the stack of the thread, until it has them.
struct SeveralLocks {
  const LockOfSeveral* locks = nullptr;
  std::uint32_t count = 0;

  const LockOfSeveral* begin() const { return locks; }
  const LockOfSeveral* end() const { return locks + count; }
};

/// Makes `operation` the `number`-th, from 1, of `all`.
inline void set_several(Operation& operation, const SeveralLocks& all, std::uint32_t number) {
  operation.several = static_cast<std::uint16_t>(number);
  operation.expected.low = reinterpret_cast<std::uintptr_t>(&all);
}

/// All of those of which `pending` is one. Only while its thread waits for it: later they are gone.
inline const SeveralLocks& several_of(const Operation& pending) {
  return *reinterpret_cast<const SeveralLocks*>(static_cast<std::uintptr_t>(pending.expected.low));
}

/// The operation that takes `lock`.
inline Operation taking(const LockOfSeveral& lock) {
  return {.kind = OperationKind::update, .code = lock.take, .location = lock.location, .primitive = lock.primitive};
}
/// … and the one that gives it back.
inline Operation giving_back(const LockOfSeveral& lock) {
  return {
      .kind = OperationKind::update, .code = lock.give_back, .location = lock.location, .primitive = lock.primitive};
}

}  // namespace heddle::core
