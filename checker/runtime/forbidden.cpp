// What a harness thread must not ask of the system, because it would end or double the process that checks it; and the
// sleeps, which return at once. Outside a harness thread these functions do what they always do.
#include <pthread.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/system_function.hpp"

namespace heddle::runtime {

namespace {

constinit SystemFunction<void(int)> system_exit{"exit"};
constinit SystemFunction<void(int)> system_exit_at_once{"_exit"};
constinit SystemFunction<void(int)> system_quick_exit{"quick_exit"};
constinit SystemFunction<pid_t()> system_fork{"fork"};
constinit SystemFunction<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)> system_pthread_create{
    "pthread_create"};
constinit SystemFunction<int(const timespec*, timespec*)> system_nanosleep{"nanosleep"};
constinit SystemFunction<int(clockid_t, int, const timespec*, timespec*)> system_clock_nanosleep{"clock_nanosleep"};
constinit SystemFunction<unsigned(unsigned)> system_sleep{"sleep"};
constinit SystemFunction<int(useconds_t)> system_usleep{"usleep"};

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
  system_exit.get()(status);
  __builtin_unreachable();
}

void _exit(int status) {
  forbid(ends_process);
  system_exit_at_once.get()(status);
  __builtin_unreachable();
}

void _Exit(int status) noexcept { _exit(status); }

void quick_exit(int status) noexcept {
  forbid(ends_process);
  system_quick_exit.get()(status);
  __builtin_unreachable();
}

pid_t fork() noexcept {
  forbid("the harness would fork: a process of its own cannot be checked");
  return system_fork.get()();
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*entry)(void*),
                   void* argument) noexcept {
  forbid("a system thread (std::thread, std::async, pthread_create) was started inside a check: use heddle::thread");
  return system_pthread_create.get()(thread, attributes, entry, argument);
}

int nanosleep(const timespec* duration, timespec* left) {
  return inside_check() ? 0 : system_nanosleep.get()(duration, left);
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* left) {
  return inside_check() ? 0 : system_clock_nanosleep.get()(clock, flags, time, left);
}

unsigned sleep(unsigned seconds) { return inside_check() ? 0 : system_sleep.get()(seconds); }

int usleep(useconds_t microseconds) { return inside_check() ? 0 : system_usleep.get()(microseconds); }

}  // extern "C"
