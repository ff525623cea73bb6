#include "models/process/process.hpp"

#include <csignal>
#include <exception>
#include <string>
#include <system_error>

#include "models/process/crash.hpp"
#include "models/process/kernel_object.hpp"
#include "models/process/robust_mutex.hpp"

namespace heddle {

namespace models {

core::Outcome ProcessEndPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                         std::uint32_t) const {
  if (operation.code == come) return {.writes = true, .acquires = false, .next = {1, 0}};
  const bool ended = state.low != 0;
  return {.enabled = ended || operation.operand.low != 0, .acquires = ended, .releases = false};
}

const char* ProcessEndPrimitive::operation_name(const core::Operation& operation) const {
  return operation.code == look ? "look for the end of" : "end";
}

std::string ProcessEndPrimitive::outcome(const core::Operation& operation, core::Value before, bool) const {
  if (operation.code == come) return {};
  return "T" + std::to_string(operation.operand.high) + (before.low != 0 ? " has ended" : " is running");
}

void ProcessEnd::come(const core::Site& site) {
  ask(ProcessEndPrimitive::come, std::nullopt, site);
  if (parent_ != nullptr) parent_->send(runtime::parent_of(process_), SIGCHLD, site);
}

core::Delivery ProcessEnd::ask(ProcessEndPrimitive::Code code, std::optional<TimeLimit> limit, const core::Site& site) {
  const core::Operation operation{.kind = core::OperationKind::update,
                                  .code = code,
                                  .location = location_.id(process_end_primitive, {}, site.location),
                                  .primitive = &process_end_primitive,
                                  .site = site,
                                  .operand = {0, process_}};
  return runtime::perform(limited(operation, limit));
}

SignalState* make_signals() {
  if (!runtime::inside_check()) runtime::outside_check("process", {});
  return make_kernel_object<SignalState>(0, core::Site(__builtin_return_address(0)));
}

core::ThreadId start_process(void (*run)(void*), void* call) {
  const core::Site site(__builtin_return_address(0));
  const core::ThreadId number = runtime::next_process();
  const runtime::OneOperation in_one_go(site);
  SignalState* const mine = reception() != nullptr ? &reception()->signals() : nullptr;
  ProcessEnd* const end = make_kernel_object<ProcessEnd>(0, number, mine, site);
  inherit_all(number, site);
  runtime::start_process(number, run, call, next_is_to_die(site), site);
  runtime::end_slot(number) = end;
  return number;
}

void tell_parent(const core::Site& site) {
  if (void* const end = runtime::end_slot(runtime::current_process()); end != nullptr)
    static_cast<ProcessEnd*>(end)->come(site);
}

void finish_process(int code) {
  const runtime::Uninterrupted in_one_go;
  die_at_last(runtime::started_at(runtime::current_process()));
  const core::Site& site = runtime::started_at(runtime::current_process());
  give_up_robust_mutexes(runtime::current_thread(), site);
  leave_all(site);
  runtime::set_status(code & 0xFF);
  tell_parent(site);
}

}  // namespace models

namespace {

[[noreturn]] void left_behind(core::ThreadId number, const char* how) {
  const std::string name = "the process of T" + std::to_string(number);
  runtime::misuse((name + " was neither waited for nor detached when its process object was " + how +
                   ": it would stay a zombie; wait for it or detach it first")
                      .c_str(),
                  {});
}

}  // namespace

process& process::operator=(process&& other) noexcept {
  if (joinable()) left_behind(number_, "assigned to");
  number_ = std::exchange(other.number_, core::no_thread);
  signals_ = other.signals_;
  return *this;
}

process::~process() {
  if (!joinable()) return;
  if (std::uncaught_exceptions() != 0) std::terminate();  // the exception is what went wrong: it is what is reported
  left_behind(number_, "destroyed");
}

void process::require_child(const Site& site) const {
  runtime::require_own(this, "process", site);
  if (!joinable()) throw std::system_error(std::make_error_code(std::errc::no_child_process));
}

void process::require_child_of_caller(const Site& site) const {
  require_child(site);
  if (runtime::parent_of(number_) != runtime::current_process())
    throw std::system_error(std::make_error_code(std::errc::no_child_process), "wait for a process of another parent");
}

exit_status process::wait(Site site) {
  require_child_of_caller(site);
  models::perform_interruptibly({site}, [&](bool gives_up) {
    auto* const end = static_cast<models::ProcessEnd*>(runtime::end_slot(number_));
    if (gives_up && !end->has_come(0, {site})) return false;
    runtime::perform({.kind = core::OperationKind::join, .site = {site}, .operand = {number_, 0}});
    return true;
  });
  return exit_status(runtime::status_of(std::exchange(number_, core::no_thread)));
}

std::optional<exit_status> process::timed_wait(models::TimeLimit limit, const Site& site) {
  require_child_of_caller(site);
  if (models::waits_for_ever(limit)) return wait(site);
  const runtime::OneOperation in_one_go(site);
  if (static_cast<models::ProcessEnd*>(runtime::end_slot(number_))->has_come(limit, {site})) return wait(site);
  models::timed_out(limit);
  return std::nullopt;
}

void process::kill(int signal, Site site) {
  require_child(site);
  if (signals_ == nullptr)
    runtime::misuse("kill of a process that takes no signals: start it as process(heddle::killable, ...)", site);
  if (signal < 1 || signal > models::most_signals) runtime::misuse("kill with a signal that there is not", site);
  signals_->send(number_, signal, {site});
}

void process::detach(Site site) {
  require_child(site);
  number_ = core::no_thread;
}

void this_process::exit(int code, source_location site) {
  if (!runtime::inside_check()) runtime::outside_check("exit", site);
  if (runtime::has_threads()) runtime::misuse("exit of a process that has started threads", site);
  runtime::interruption_point({site});
  models::finish_process(code);
  runtime::end_here(false, code & 0xFF);
}

}  // namespace heddle
