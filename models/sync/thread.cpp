#include "models/sync/thread.hpp"

#include <exception>
#include <string>
#include <system_error>

namespace heddle {

thread& thread::operator=(thread&& other) noexcept {
  if (joinable()) {
    const std::string name = "T" + std::to_string(number_);
    runtime::misuse((name + " was neither joined nor detached when its thread object was assigned to: std::terminate "
                            "would be called; join or detach it first")
                        .c_str(),
                    {});
  }
  number_ = std::exchange(other.number_, core::no_thread);
  return *this;
}

thread::~thread() {
  if (!joinable()) return;
  const std::string name = "T" + std::to_string(number_);
  const std::string when = std::uncaught_exceptions() == 0 ? "" : ", by an exception that leaves its scope";
  runtime::misuse((name + " was neither joined nor detached when its thread object was destroyed" + when +
                   ": std::terminate would be called; join or detach it first")
                      .c_str(),
                  {});
}

void thread::join_at(const core::Site& site) {
  if (!joinable()) throw std::system_error(std::make_error_code(std::errc::invalid_argument));
  if (number_ == runtime::current_thread())
    throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur));
  runtime::perform({.kind = core::OperationKind::join, .site = site, .operand = {number_, 0}});
  number_ = core::no_thread;
}

void thread::detach() {
  if (!joinable()) throw std::system_error(std::make_error_code(std::errc::invalid_argument));
  runtime::detach(number_);
  number_ = core::no_thread;
}

}  // namespace heddle
