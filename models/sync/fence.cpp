#include "models/sync/fence.hpp"

namespace heddle {

void atomic_thread_fence(memory_order order, source_location site) noexcept {
  if (order == memory_order_relaxed) return;
  core::Operation& operation = runtime::request(core::OperationKind::fence, site);
  operation.order = models::to_order(order);
  runtime::perform(operation);
}

}  // namespace heddle
