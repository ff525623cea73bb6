// The guards of function-local statics ([stmt.dcl]/4; Itanium C++ ABI 3.3.3), as a sync object.
//
// The compiler calls these functions around the initialisation of a function-local static whose guard byte is not set.
// Inside a check the byte is never set, so that every use asks here: whether the initialisation comes before the use is
// then an order of operations that the search knows, and it gives the happens-before edge. Outside a check the
// guards do what the C++ runtime's do.
#include <sched.h>

#include <atomic>

#include "checker/runtime/harness_interface.hpp"
#include "checker/runtime/processes.hpp"

namespace heddle::models {

namespace {

/// State (low): 0 not initialised, 1 + thread while it runs, `done` after it.
class StaticGuardPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { begin, finish, give_up };
  static constexpr std::uint64_t done = 1000;

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t) const override {
    core::Outcome outcome;
    if (operation.code == begin) {
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
  const char* name() const override { return "static guard"; }
  const char* operation_name(const core::Operation& operation) const override {
    static constexpr const char* names[] = {"use static", "initialised static", "failed to initialise static"};
    return names[operation.code];
  }
  std::string show(core::Value state) const override {
    return state.low == done ? "initialised" : state.low == 0 ? "not initialised" : "being initialised";
  }
  std::vector<core::ThreadId> holders(core::Value state) const override {
    if (state.low == 0 || state.low == done) return {};
    return {static_cast<core::ThreadId>(state.low - 1)};
  }
};

constexpr StaticGuardPrimitive primitive{};

/// No address of a program has more.
constexpr unsigned address_bits = 47;

/// In bytes of the guard that the ABI leaves free: 1 + the process whose initialisation it was. It is copied with the
/// process's globals, so a process knows what it has inherited.
std::uint32_t& initialised_by(std::uint64_t* guard) { return reinterpret_cast<std::uint32_t*>(guard)[1]; }

const core::Delivery& ask(std::uint64_t* guard, StaticGuardPrimitive::Code code) {
  // Every process has its own statics, and so a location for each.
  const core::ThreadId process = runtime::current_process();
  const std::uint32_t by = initialised_by(guard);
  const bool inherited = by != 0 && by != process + 1u;
  const core::Value initial{inherited ? StaticGuardPrimitive::done : 0, 0};
  const auto of_process = reinterpret_cast<std::uintptr_t>(guard) | std::uintptr_t{process} << address_bits;
  const core::LocationId location =
      runtime::adopt_location(reinterpret_cast<const void*>(of_process), primitive, initial, {}) |
      runtime::nobodys_mark;
  return runtime::perform(
      {.kind = core::OperationKind::update, .code = code, .location = location, .primitive = &primitive});
}

// Outside a check: byte 0 of the guard is "initialised", as the ABI has it, byte 1 "somebody is at it".
std::atomic_ref<unsigned char> byte(std::uint64_t* guard, int number) {
  return std::atomic_ref(reinterpret_cast<unsigned char*>(guard)[number]);
}

}  // namespace

}  // namespace heddle::models

using heddle::models::StaticGuardPrimitive;

extern "C" {

int __cxa_guard_acquire(std::uint64_t* guard) {
  using namespace heddle;
  if (runtime::inside_check()) {
    const core::Delivery& delivery = models::ask(guard, StaticGuardPrimitive::begin);
    if (!delivery.wrote && delivery.value.low != StaticGuardPrimitive::done)
      runtime::misuse("the initialiser of a function-local static uses that static", {});
    return delivery.wrote ? 1 : 0;
  }
  while (true) {
    if (models::byte(guard, 0).load() != 0) return 0;
    if (models::byte(guard, 1).exchange(1) == 0) return 1;
    sched_yield();
  }
}

void __cxa_guard_release(std::uint64_t* guard) {
  using namespace heddle;
  if (runtime::inside_check()) {
    models::ask(guard, StaticGuardPrimitive::finish);
    models::initialised_by(guard) = heddle::runtime::current_process() + 1u;
    return;
  }
  models::byte(guard, 0).store(1);
  models::byte(guard, 1).store(0);
}

void __cxa_guard_abort(std::uint64_t* guard) {
  using namespace heddle;
  if (runtime::inside_check()) {
    models::ask(guard, StaticGuardPrimitive::give_up);
    return;
  }
  models::byte(guard, 1).store(0);
}

}  // extern "C"
