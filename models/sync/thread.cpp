#include "models/sync/thread.hpp"

#include <exception>
#include <system_error>

namespace heddle {

thread& thread::operator=(thread&& other) noexcept {
  if (joinable()) runtime::misuse("a joinable thread was assigned to: std::terminate would be called", {});
  number_ = std::exchange(other.number_, core::no_thread);
  return *this;
}

thread::~thread() {
  if (!joinable()) return;
  if (std::uncaught_exceptions() != 0) std::terminate();  // the exception is what went wrong: it is what is reported
  runtime::misuse("a joinable thread was destroyed: std::terminate would be called; join or detach it first", {});
}

void thread::join(Site site) {
  if (!joinable()) throw std::system_error(std::make_error_code(std::errc::invalid_argument));
  if (number_ == runtime::current_thread())
    throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur));
  runtime::perform({.kind = core::OperationKind::join, .site = {site}, .operand = {number_, 0}});
  number_ = core::no_thread;
}

void thread::detach(Site) {
  if (!joinable()) throw std::system_error(std::make_error_code(std::errc::invalid_argument));
  number_ = core::no_thread;
}

}  // namespace heddle
