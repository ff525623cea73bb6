#include "models/sync/call_once.hpp"

namespace heddle {

namespace models {

core::Outcome OncePrimitive::apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                                   std::uint32_t) const {
  core::Outcome outcome;
  if (operation.code == call) {
    // A call by who is calling already is let through, unchanged, so that the caller can call it misuse.
    outcome.enabled = state.low == 0 || state.low == done || state.low == thread + 1u;
    outcome.writes = state.low == 0;
    outcome.releases = false;
    outcome.next.low = thread + 1u;
  } else {
    outcome.writes = true;
    outcome.next.low = operation.code == finish ? done : 0;
  }
  return outcome;
}

const char* OncePrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"call_once", "finish call_once", "throw out of call_once"};
  return names[operation.code];
}

std::string OncePrimitive::show(core::Value state) const {
  if (state.low == 0) return "not called";
  if (state.low == done) return "called";
  return "being called by " + (state.low == 1 ? std::string("main") : "T" + std::to_string(state.low - 1));
}

std::vector<core::ThreadId> OncePrimitive::holders(core::Value state) const {
  if (state.low == 0 || state.low == done) return {};
  return {static_cast<core::ThreadId>(state.low - 1)};
}

namespace {

const core::Delivery& ask(core::LocationId location, OncePrimitive::Code code, const void* caller) {
  return runtime::perform({.kind = core::OperationKind::update,
                           .code = code,
                           .location = location,
                           .primitive = &once_primitive,
                           .site = {{}, caller}});
}

}  // namespace

}  // namespace models

using models::OncePrimitive;

bool once_flag::begin() {
  const core::LocationId location = location_.id(models::once_primitive, {}, {});
  const core::Delivery& delivery = models::ask(location, OncePrimitive::call, __builtin_return_address(0));
  if (!delivery.wrote && delivery.value.low != OncePrimitive::done)
    runtime::misuse("call_once inside a call_once with the same flag: it would wait for itself for ever", {});
  return delivery.wrote;
}

void once_flag::end(bool done) {
  const core::LocationId location = location_.id(models::once_primitive, {}, {});
  models::ask(location, done ? OncePrimitive::finish : OncePrimitive::give_up, __builtin_return_address(0));
}

}  // namespace heddle
