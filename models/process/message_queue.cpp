#include "models/process/message_queue.hpp"

#include <cstring>

#include "checker/core/contract.hpp"
#include "models/process/signal.hpp"

namespace heddle::models {

core::Outcome MessageQueuePrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                           std::uint32_t) const {
  const bool sends = operation.code == send;
  const bool possible = sends ? state.low < operation.operand.high : state.low > 0;
  return {.enabled = possible || operation.operand.low != 0,
          .writes = possible,
          .acquires = !sends && possible,
          .releases = sends,
          .next = {sends ? state.low + 1 : state.low - 1, 0}};
}

const char* MessageQueuePrimitive::operation_name(const core::Operation& operation) const {
  return operation.code == send ? "send to" : "receive from";
}

std::string MessageQueuePrimitive::show(core::Value state) const {
  return std::to_string(state.low) + (state.low == 1 ? " message" : " messages");
}

const char* MessageQueuePrimitive::waking(const core::Operation& operation) const {
  return operation.code == send ? "receive from it" : "send to it";
}

std::string MessageQueuePrimitive::outcome(const core::Operation& operation, core::Value, bool wrote) const {
  if (wrote) return {};
  return operation.code == send ? "full" : "empty";
}

bool MessageQueueState::ask(MessageQueuePrimitive::Code code, std::optional<TimeLimit> limit,
                            const source_location& site) {
  const core::Operation operation{.kind = core::OperationKind::update,
                                  .code = code,
                                  .location = location_.id(message_queue_primitive, {}, site),
                                  .primitive = &message_queue_primitive,
                                  .site = {site},
                                  .operand = {0, capacity_}};
  return runtime::perform(limited(operation, limit)).wrote;
}

template <class Then>
bool MessageQueueState::wait(MessageQueuePrimitive::Code code, std::optional<TimeLimit> limit,
                             const source_location& site, Then then) {
  bool possible = false;
  const auto attempt = [&](bool gives_up) {
    possible = ask(code, gives_up ? at_once : limit, site);
    if (possible) then();
    return possible;
  };
  if (limit == at_once) {
    const runtime::OneOperation in_one_go(site);
    attempt(true);
  } else {
    perform_interruptibly({site}, attempt);
  }
  return possible;
}

bool MessageQueueState::send(const void* message, unsigned priority, std::optional<TimeLimit> limit,
                             const source_location& site) {
  return wait(MessageQueuePrimitive::send, limit, site, [&] { put(message, priority); });
}

void MessageQueueState::put(const void* message, unsigned priority) {
  std::size_t free = 0;
  while (slot(free)->number != 0) free++;
  *slot(free) = {++count_, priority};
  std::memcpy(slot(free) + 1, message, message_bytes_);
}

bool MessageQueueState::receive(void* message, unsigned* priority, std::optional<TimeLimit> limit,
                                const source_location& site) {
  return wait(MessageQueuePrimitive::receive, limit, site, [&] { *priority = take(message); });
}

unsigned MessageQueueState::take(void* message) {
  Slot* first = nullptr;
  for (std::size_t i = 0; i < capacity_; ++i) {
    Slot* const each = slot(i);
    if (each->number == 0) continue;
    if (first == nullptr || each->priority > first->priority ||
        (each->priority == first->priority && each->number < first->number))
      first = each;
  }
  HEDDLE_EXPECTS(first != nullptr);
  const auto priority = static_cast<unsigned>(first->priority);
  std::memcpy(message, first + 1, message_bytes_);
  // Numbers are those of the messages that are there: what was sent before them leaves no trace.
  for (std::size_t i = 0; i < capacity_; ++i)
    if (slot(i)->number > first->number) slot(i)->number--;
  count_--;
  *first = {};
  return priority;
}

}  // namespace heddle::models
