#include "models/sync/fence.hpp"

namespace heddle {

void atomic_thread_fence(memory_order order, source_location site) {
  if (order == memory_order_relaxed) return;
  runtime::perform({.kind = core::OperationKind::fence, .order = models::to_order(order), .site = {site}});
}

}  // namespace heddle
