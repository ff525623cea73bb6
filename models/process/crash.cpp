#include "models/process/crash.hpp"

#include <csignal>

#include "models/process/kernel_object.hpp"
#include "models/process/process.hpp"
#include "models/process/robust_mutex.hpp"
#include "models/process/signal.hpp"
#include "models/sync/condition.hpp"

namespace heddle {

namespace models {

namespace {

/// The processes of an execution that are to die by --crash. State: how many (low).
class CrashesPrimitive final : public core::Primitive {
 public:
  /// The operand is how many there may be. While there are fewer one of the outcomes is that the next is one of them.
  core::Outcome apply(const core::Operation& operation, core::ThreadId, core::Value state,
                      std::uint32_t choice) const override {
    return {.writes = choice != 0,
            .acquires = false,
            .releases = false,
            .choices = state.low < operation.operand.low ? 2u : 1u,
            .next = {state.low + 1, 0}};
  }
  const char* name() const override { return "count of crashes"; }
  const char* operation_name(const core::Operation&) const override { return "add to"; }
  std::string show(core::Value state) const override { return std::to_string(state.low); }
  bool is_told(const core::Operation&) const override { return false; }
};

constexpr CrashesPrimitive crashes_primitive{};

/// A thread that has stopped waits for no notification any more: none is to be lost to it.
void stop_waiting(const core::Operation& at) {
  using Condition = ConditionPrimitive;
  if (at.primitive != &condition_primitive || (at.code != Condition::sleep && at.code != Condition::sleep_for)) return;
  runtime::perform({.kind = core::OperationKind::update,
                    .code = Condition::leave,
                    .location = at.location | runtime::shared_mark,
                    .primitive = &condition_primitive,
                    .site = at.site});
}

[[noreturn]] void die(const core::Operation& at, int signal) {
  runtime::set_interrupt(nullptr);
  stop_waiting(at);
  const core::ThreadId process = runtime::current_process();
  if (runtime::current_thread() == process) {
    runtime::join_all_threads(at.site);
    for (unsigned t = 0; t < runtime::thread_count(); ++t)
      if (runtime::process_of(static_cast<core::ThreadId>(t)) == process)
        give_up_robust_mutexes(static_cast<core::ThreadId>(t), at.site);
    leave_all(at.site);
    tell_parent(at.site);
  }
  runtime::end_here(true, signal << 8);
}

/// At operation `at`.
void interrupted(const core::Operation& at, runtime::Moment moment) {
  if (moment == runtime::Moment::joined_dead)
    die(at, runtime::status_of(static_cast<core::ThreadId>(at.operand.low)) >> 8);
  if (Reception* const signals = reception()) {
    if (const int signal = signals->take_all(at.site); signal != 0) die(at, signal);
  }
  if (!runtime::is_to_die() || moment == runtime::Moment::after) return;
  core::Operation& choice = runtime::request(core::OperationKind::choose, at.site.location);
  choice.code = core::dies_here;
  choice.site = at.site;
  choice.operand.low = 2;
  if (runtime::perform(choice).choice != 0) die(at, SIGKILL);
}

}  // namespace

bool next_is_to_die(const core::Site& site) {
  const std::uint64_t most = runtime::most_crashes();
  if (most == 0) return false;
  const core::LocationId location = runtime::adopt_location(&crashes_primitive, crashes_primitive, {}, {});
  return runtime::perform({.kind = core::OperationKind::update,
                           .location = location | runtime::shared_mark,
                           .primitive = &crashes_primitive,
                           .site = site,
                           .operand = {most, 0}})
      .wrote;
}

void begin_dying() {
  if (runtime::is_to_die()) watch_death();
}

void watch_death() { runtime::set_interrupt(&interrupted); }

void die_at_last(const core::Site& site) {
  if (!runtime::is_to_die()) return;
  // There is nothing to choose, but it is where reports say that it dies.
  runtime::perform({.kind = core::OperationKind::choose, .code = core::dies_here, .site = site, .operand = {1, 0}});
  die({.kind = core::OperationKind::fence, .site = site}, SIGKILL);
}

}  // namespace models

void may_crash(source_location site) {
  if (!runtime::inside_check()) runtime::outside_check("may_crash", site);
  if (runtime::is_to_die()) return;
  if (runtime::has_threads()) runtime::misuse("may_crash in a process that has started threads", site);
  core::Operation choice{.kind = core::OperationKind::choose, .code = core::is_to_die, .site = {site}};
  choice.operand.low = 2;
  if (runtime::perform(choice).choice == 0) return;
  runtime::set_to_die();
  models::begin_dying();
  if (runtime::current_process() != 0) return;
  runtime::at_thread_exit([](void*) { models::die_at_last({}); }, nullptr);
}

}  // namespace heddle
