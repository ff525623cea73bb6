// What a harness thread must not ask of the system, because it would end or double the process that checks it; and the
// sleeps, which return at once. Outside a harness thread these functions do what they always do.
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "checker/runtime/execution.hpp"

namespace heddle::runtime {

namespace {

template <class Function>
Function* system_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// Stops the calling harness thread, if it is one.
void forbid(const char* what) {
  if (inside_check()) misuse(what, {});
}

constexpr const char* ends_process =
    "the harness would end the process (exit): a test ends by returning, a thread by leaving its function";

}  // namespace

}  // namespace heddle::runtime

using namespace heddle::runtime;  // NOLINT: the definitions below stand in the global namespace

// These are declared as functions that do not return.
extern "C" {

void exit(int status) noexcept {
  forbid(ends_process);
  static auto* const system_exit = system_function<void(int)>("exit");
  system_exit(status);
  __builtin_unreachable();
}

void _exit(int status) {
  forbid(ends_process);
  static auto* const system_exit = system_function<void(int)>("_exit");
  system_exit(status);
  __builtin_unreachable();
}

void _Exit(int status) noexcept { _exit(status); }

void quick_exit(int status) noexcept {
  forbid(ends_process);
  static auto* const system_exit = system_function<void(int)>("quick_exit");
  system_exit(status);
  __builtin_unreachable();
}

pid_t fork() noexcept {
  forbid("the harness would fork: a process of its own cannot be checked");
  static auto* const system_fork = system_function<pid_t()>("fork");
  return system_fork();
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*entry)(void*),
                   void* argument) noexcept {
  forbid("a system thread (std::thread, std::async, pthread_create) was started inside a check: use heddle::thread");
  static auto* const system_create =
      system_function<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
  return system_create(thread, attributes, entry, argument);
}

int nanosleep(const timespec* duration, timespec* left) {
  static auto* const system_sleep = system_function<int(const timespec*, timespec*)>("nanosleep");
  return inside_check() ? 0 : system_sleep(duration, left);
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* left) {
  static auto* const system_sleep = system_function<int(clockid_t, int, const timespec*, timespec*)>("clock_nanosleep");
  return inside_check() ? 0 : system_sleep(clock, flags, time, left);
}

unsigned sleep(unsigned seconds) {
  static auto* const system_sleep = system_function<unsigned(unsigned)>("sleep");
  return inside_check() ? 0 : system_sleep(seconds);
}

int usleep(useconds_t microseconds) {
  static auto* const system_sleep = system_function<int(useconds_t)>("usleep");
  return inside_check() ? 0 : system_sleep(microseconds);
}

}  // extern "C"
