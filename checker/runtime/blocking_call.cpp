#include "checker/runtime/blocking_call.hpp"

#include <dlfcn.h>
#include <link.h>

#include <string_view>

namespace heddle::runtime {

namespace {

struct Known {
  std::string_view function;  ///< how the C library calls it
  const char* what;
};

constexpr Known known_calls[] = {
    {"pthread_mutex_lock", "a lock of std (std::mutex) or of pthread: use heddle::mutex"},
    {"pthread_mutex_clocklock", "a lock of std (std::timed_mutex): use one of heddle's mutexes"},
    {"pthread_mutex_timedlock", "a lock of std (std::timed_mutex): use one of heddle's mutexes"},
    {"pthread_rwlock_rdlock", "a lock of std (std::shared_mutex): use one of heddle's mutexes"},
    {"pthread_rwlock_wrlock", "a lock of std (std::shared_mutex): use one of heddle's mutexes"},
    {"pthread_cond_wait", "a std::condition_variable: use heddle::condition_variable"},
    {"pthread_cond_timedwait", "a std::condition_variable: use heddle::condition_variable"},
    {"pthread_cond_clockwait", "a std::condition_variable: use heddle::condition_variable"},
    {"pthread_once", "a std::call_once that another thread is in the middle of: a function-local static does the same"},
    {"sem_wait", "a semaphore of the system: use heddle::counting_semaphore"},
    {"pthread_join", "a join of a system thread: use heddle::thread"},
    {"syscall", "something of std that waits (std::atomic::wait, a semaphore, a latch): use heddle's"},
    {"read", "input: a harness must not depend on it"},
    {"poll", "input or output: a harness must not depend on it"},
    {"select", "input or output: a harness must not depend on it"},
    {"recv", "input: a harness must not depend on it"},
    {"accept", "input: a harness must not depend on it"},
    {"waitpid", "another process: a harness must not depend on it"},
};

/// The exported function that holds `address`; empty where none is known to.
std::string_view function_at(const void* address) {
  Dl_info info{};
  const ElfW(Sym)* symbol = nullptr;
  const void* const call = static_cast<const char*>(address) - 1;
  if (dladdr1(call, &info, reinterpret_cast<void**>(const_cast<ElfW(Sym)**>(&symbol)), RTLD_DL_SYMENT) == 0) return {};
  if (info.dli_sname == nullptr || symbol == nullptr) return {};
  if (static_cast<const char*>(call) >= static_cast<const char*>(info.dli_saddr) + symbol->st_size) return {};
  std::string_view name = info.dli_sname;
  while (name.starts_with('_')) name.remove_prefix(1);
  return name;
}

}  // namespace

std::string blocking_call(const CallChain& chain) {
  for (const void* address : chain) {
    const std::string_view function = function_at(address);
    for (const Known& known : known_calls)
      if (function == known.function) return known.what;
  }
  return {};
}

}  // namespace heddle::runtime
