#include "checker/runtime/interposition.hpp"

#include <cxxabi.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>
#include <unwind.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <typeinfo>

#include "checker/runtime/execution.hpp"
#include "checker/runtime/heap.hpp"
#include "checker/runtime/system_function.hpp"

namespace heddle::runtime {

namespace {

// Of the system thread; initial-exec, so that reading it is one instruction and never allocates.
__thread bool inside_harness __attribute__((tls_model("initial-exec"))) = false;

char stdout_buffer[BUFSIZ];
const void* last_throw = nullptr;  ///< where harness code threw last
CallChain last_throw_from;         ///< and from where that was called; kept while a schedule is replayed

constinit SystemFunction<int(clockid_t, timespec*)> system_clock_gettime{"clock_gettime"};
constinit SystemFunction<int(timeval*, void*)> system_gettimeofday{"gettimeofday"};
constinit SystemFunction<time_t(time_t*)> system_time{"time"};
constinit SystemFunction<clock_t()> system_clock{"clock"};
constinit SystemFunction<int()> system_rand{"rand"};
constinit SystemFunction<long()> system_random{"random"};
constinit SystemFunction<double()> system_drand48{"drand48"};
constinit SystemFunction<long()> system_lrand48{"lrand48"};
constinit SystemFunction<long()> system_mrand48{"mrand48"};
constinit SystemFunction<ssize_t(void*, std::size_t, unsigned)> system_getrandom{"getrandom"};
constinit SystemFunction<int(void*, std::size_t)> system_getentropy{"getentropy"};
#if __GLIBC_PREREQ(2, 36)
constinit SystemFunction<std::uint32_t()> system_arc4random{"arc4random"};
constinit SystemFunction<void(void*, std::size_t)> system_arc4random_buf{"arc4random_buf"};
constinit SystemFunction<std::uint32_t(std::uint32_t)> system_arc4random_uniform{"arc4random_uniform"};
#endif
constinit SystemFunction<void(void*, void*, void (*)(void*))> system_throw{"__cxa_throw"};
constinit SystemFunction<int(void (*)(void*), void*, void*)> system_thread_atexit{"__cxa_thread_atexit_impl"};
constinit SystemFunction<int(void (*)(void*), void*, void*)> system_atexit{"__cxa_atexit"};

/// Which place in the harness looks at the clock: the calls that led there, through the C++ library.
std::uint64_t clock_place() {
  struct Place {
    std::uint64_t hash = 0;
    unsigned depth = 0;
  } place;
  const auto visit = [](_Unwind_Context* frame, void* into) {
    auto& place = *static_cast<Place*>(into);
    place.hash = place.hash * 31 + _Unwind_GetIP(frame);
    return ++place.depth < 7 ? _URC_NO_REASON : _URC_END_OF_STACK;
  };
  set_inside_harness(false);
  _Unwind_Backtrace(visit, &place);
  set_inside_harness(true);
  return place.hash;
}

/// The harness's clock: time passes at each look, so that waiting for a time ends. It is a microsecond, and twice as
/// much as at the look before where that was from the same place, up to a minute: a loop that polls until a deadline
/// ends after some twenty rounds, whatever the deadline, as it may on a machine that is loaded. Where time is to pass
/// last, it does not pass so fast while others can move. Nanoseconds.
std::uint64_t harness_nanoseconds() {
  Thread& thread = Execution::active()->current_thread();
  const std::uint64_t start = Execution::active()->perturbed() ? 1'700'000'123'456'789'000 : 1'600'000'000'000'000'000;
  constexpr std::uint32_t most_doublings = 26;
  if (Execution::active()->timeouts() != Timeouts::last) {
    const std::uint64_t place = clock_place();
    thread.clock_doublings = place == thread.clock_place ? std::min(thread.clock_doublings + 1, most_doublings) : 0;
    thread.clock_place = place;
  }
  thread.clock_reads++;
  Execution::pass_time(thread, std::uint64_t{1000} << thread.clock_doublings);
  return start + thread.time;
}

/// The harness's random numbers: a sequence of its own for each thread (splitmix64, Steele et al., OOPSLA 2014).
std::uint64_t harness_random() {
  Thread& thread = Execution::active()->current_thread();
  std::uint64_t x = 0x1CEB00DA + ++thread.random_reads * 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  x ^= x >> 31;
  return Execution::active()->perturbed() ? ~x : x;  // every bit differs
}

void fill_randomly(void* memory, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i)
    static_cast<unsigned char*>(memory)[i] = static_cast<unsigned char>(harness_random());
}

/// A destructor of a thread_local, in the heap of the harness thread that owns it.
struct ThreadExit {
  void (*destroy)(void*);
  void* object;
  ThreadExit* next;
};

}  // namespace

bool inside_check() noexcept { return inside_harness; }
void set_inside_harness(bool inside) noexcept { inside_harness = inside; }

void prepare_interposition() {
  std::fflush(stdout);
  static const bool once = [] {
    system_clock_gettime.get();
    system_throw.get();
    return isatty(1) != 0 || std::setvbuf(stdout, stdout_buffer, _IOFBF, sizeof stdout_buffer) == 0;
  }();
  static_cast<void>(once);
}

void run_thread_exit(Thread& thread) {
  for (void** list : {&thread.thread_exit, &thread.after_exit}) {
    while (*list != nullptr) {
      auto* exit = static_cast<ThreadExit*>(*list);
      *list = exit->next;
      exit->destroy(exit->object);
      std::free(exit);
    }
  }
}

void at_thread_exit(void (*call)(void*), void* argument) {
  auto* exit = static_cast<ThreadExit*>(std::malloc(sizeof(ThreadExit)));
  Thread& thread = Execution::active()->current_thread();
  *exit = {call, argument, static_cast<ThreadExit*>(thread.after_exit)};
  thread.after_exit = exit;
}

std::string heap_is_full() {
  return " (a thread's heap has " + std::to_string(AddressSpace::instance().heap_bytes() >> 20) +
         " MiB; --heap-size=MIB changes it)";
}

std::string stack_overflowed() {
  return "the stack overflowed (" + std::to_string(AddressSpace::instance().stack_bytes() >> 10) +
         " KiB; --stack-size=KIB changes it)";
}

Fault uncaught_exception(const char* what) {
  std::string message = "uncaught exception";
  if (const std::type_info* type = abi::__cxa_current_exception_type()) {
    int status = 0;
    char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    message += std::string(" of type ") + (status == 0 ? name : type->name());
    std::free(name);
  }
  if (what != nullptr) message += std::string(": ") + what;
  if (Execution::active()->heap_was_full() && message.find("bad_alloc") != std::string::npos) message += heap_is_full();
  return Fault{
      .kind = FindingKind::uncaught_exception, .message = message, .site = {{}, last_throw}, .from = last_throw_from};
}

namespace {

bool is_ours(const void* pointer) {
  // The region exists once anything was handed out from it; its base never changes.
  return AddressSpace::reserved() && AddressSpace::instance().contains(pointer);
}

}  // namespace

bool is_harness_memory(const void* memory) noexcept { return is_ours(memory); }

}  // namespace heddle::runtime

using namespace heddle::runtime;  // NOLINT: the definitions below stand in the global namespace

#ifndef HEDDLE_NO_MALLOC_INTERPOSITION

namespace {

constinit SystemFunction<std::size_t(void*)> system_usable_size{"malloc_usable_size"};

/// Memory for whoever asks: a harness thread, static initialisation, or the rest of the program (null).
void* own_memory(std::size_t bytes, std::size_t alignment, void* caller, bool& ours) {
  ours = true;
  if (inside_harness) return Execution::active()->allocate(bytes, alignment, caller);
  void* memory = static_allocate(bytes, alignment, caller);
  ours = memory != nullptr;
  return memory;
}

void release_ours(void* pointer) {
  if (inside_harness)
    Execution::active()->release(pointer);
  else if (Block* block = heap_block(pointer))
    block->state = Block::freed;
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t bytes) {
  bool ours = false;
  void* memory = own_memory(bytes, 16, __builtin_return_address(0), ours);
  if (!ours) return __libc_malloc(bytes);
  if (memory == nullptr) errno = ENOMEM;
  return memory;
}

void free(void* pointer) {
  if (pointer == nullptr) return;
  if (is_ours(pointer))
    release_ours(pointer);
  else if (inside_harness)
    Execution::active()->release_foreign(pointer);
  else
    __libc_free(pointer);
}

void* calloc(std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  bool ours = false;
  void* memory = own_memory(bytes, 16, __builtin_return_address(0), ours);
  if (!ours) return __libc_calloc(count, size);
  if (memory != nullptr) std::memset(memory, 0, bytes);
  return memory;
}

void* realloc(void* pointer, std::size_t bytes) {
  if (pointer == nullptr) return malloc(bytes);
  if (!is_ours(pointer) && !inside_harness) return __libc_realloc(pointer, bytes);
  if (bytes == 0) {
    free(pointer);
    return nullptr;
  }
  Block* block = is_ours(pointer) ? heap_block(pointer) : nullptr;
  void* memory = malloc(bytes);
  if (memory == nullptr) return nullptr;
  std::memcpy(memory, pointer, block != nullptr && block->asked < bytes ? block->asked : bytes);
  free(pointer);
  return memory;
}

void* memalign(std::size_t alignment, std::size_t bytes) {
  bool ours = false;
  void* memory = own_memory(bytes, alignment, __builtin_return_address(0), ours);
  return ours ? memory : __libc_memalign(alignment, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return memalign(alignment, bytes); }

void* valloc(std::size_t bytes) { return memalign(UserGlobals::page_bytes, bytes); }

std::size_t malloc_usable_size(void* pointer) {
  if (!is_ours(pointer)) return system_usable_size.get()(pointer);
  const Block* block = heap_block(pointer);
  return block != nullptr ? block->asked : 0;
}

int posix_memalign(void** into, std::size_t alignment, std::size_t bytes) {
  *into = memalign(alignment, bytes);
  return *into == nullptr ? ENOMEM : 0;
}

}  // extern "C"

#endif

namespace {

using Main = int(int, char**, char**);
using StartMain = int(Main*, int, char**, void (*)(), void (*)(), void (*)(), void*);
constinit SystemFunction<StartMain> system_start_main{"__libc_start_main"};
Main* real_main = nullptr;

/// What the harness's static objects allocated is part of its globals; what main and we allocate is not.
int main_after_static_initialisation(int argc, char** argv, char** environment) {
  end_static_initialisation();
  return real_main(argc, argv, environment);
}

}  // namespace

extern "C" {

int __libc_start_main(Main* main, int argc, char** argv, void (*init)(), void (*fini)(), void (*loader_fini)(),
                      void* stack_end) {
  real_main = main;
  return system_start_main.get()(main_after_static_initialisation, argc, argv, init, fini, loader_fini, stack_end);
}

int clock_gettime(clockid_t clock, timespec* time) {
  if (!inside_harness) return system_clock_gettime.get()(clock, time);
  const std::uint64_t now = harness_nanoseconds();
  *time = {static_cast<time_t>(now / 1'000'000'000), static_cast<long>(now % 1'000'000'000)};
  return 0;
}

int gettimeofday(timeval* time, void* zone) noexcept {
  if (!inside_harness) return system_gettimeofday.get()(time, zone);
  const std::uint64_t now = harness_nanoseconds();
  *time = {static_cast<time_t>(now / 1'000'000'000), static_cast<suseconds_t>(now % 1'000'000'000 / 1000)};
  return 0;
}

time_t time(time_t* into) noexcept {
  if (!inside_harness) return system_time.get()(into);
  const auto now = static_cast<time_t>(harness_nanoseconds() / 1'000'000'000);
  if (into != nullptr) *into = now;
  return now;
}

clock_t clock() noexcept {
  if (!inside_harness) return system_clock.get()();
  return static_cast<clock_t>(harness_nanoseconds() / 1000 % 1'000'000'000);
}

int rand() noexcept {
  if (!inside_harness) return system_rand.get()();
  return static_cast<int>(harness_random() & RAND_MAX);
}

long random() noexcept {
  if (!inside_harness) return system_random.get()();
  return static_cast<long>(harness_random() & RAND_MAX);
}

double drand48() noexcept {
  if (!inside_harness) return system_drand48.get()();
  return static_cast<double>(harness_random() >> 11) * 0x1p-53;
}

long lrand48() noexcept {
  if (!inside_harness) return system_lrand48.get()();
  return static_cast<long>(harness_random() >> 33);
}

long mrand48() noexcept {
  if (!inside_harness) return system_mrand48.get()();
  return static_cast<std::int32_t>(harness_random());
}

ssize_t getrandom(void* into, std::size_t bytes, unsigned flags) {
  if (!inside_harness) return system_getrandom.get()(into, bytes, flags);
  fill_randomly(into, bytes);
  return static_cast<ssize_t>(bytes);
}

int getentropy(void* into, std::size_t bytes) {
  if (!inside_harness) return system_getentropy.get()(into, bytes);
  if (bytes > 256) {
    errno = EIO;
    return -1;
  }
  fill_randomly(into, bytes);
  return 0;
}

#if __GLIBC_PREREQ(2, 36)
std::uint32_t arc4random() noexcept {
  return inside_harness ? static_cast<std::uint32_t>(harness_random()) : system_arc4random.get()();
}

void arc4random_buf(void* into, std::size_t bytes) noexcept {
  if (!inside_harness) return system_arc4random_buf.get()(into, bytes);
  fill_randomly(into, bytes);
}

std::uint32_t arc4random_uniform(std::uint32_t bound) noexcept {
  if (!inside_harness) return system_arc4random_uniform.get()(bound);
  return bound == 0 ? 0 : static_cast<std::uint32_t>(harness_random() % bound);
}
#endif

int __cxa_thread_atexit(void (*destroy)(void*), void* object, void* library) noexcept {
  if (!inside_harness) return system_thread_atexit.get()(destroy, object, library);
  auto* exit = static_cast<ThreadExit*>(std::malloc(sizeof(ThreadExit)));
  Thread& thread = Execution::active()->current_thread();
  *exit = {destroy, object, static_cast<ThreadExit*>(thread.thread_exit)};
  thread.thread_exit = exit;
  return 0;
}

/// What a harness initialises in an execution (a function-local static) is taken back with it and not destroyed.
int __cxa_atexit(void (*destroy)(void*), void* object, void* library) noexcept {
  return inside_harness ? 0 : system_atexit.get()(destroy, object, library);
}

}  // extern "C"

/// Remembers where an exception that nobody catches was thrown. (GCC declares the real name itself, with other types.)
[[noreturn]] void noted_throw(void* exception, void* type, void (*destroy)(void*)) asm("__cxa_throw");
void noted_throw(void* exception, void* type, void (*destroy)(void*)) {
  if (inside_harness) {
    last_throw = __builtin_return_address(0);
    set_inside_harness(false);
    last_throw_from.clear();
    if (Execution::active()->has_journal()) last_throw_from = call_chain();
    set_inside_harness(true);
  }
  system_throw.get()(exception, type, destroy);
  __builtin_unreachable();
}

/// std::random_device: libstdc++ asks the processor, which nothing else would notice.
unsigned int _ZNSt13random_device9_M_getvalEv_replacement(void*) asm("_ZNSt13random_device9_M_getvalEv");
unsigned int _ZNSt13random_device9_M_getvalEv_replacement(void*) {
  if (inside_harness) return static_cast<unsigned int>(harness_random());
  unsigned int value = 0;
  static_cast<void>(system_getrandom.get()(&value, sizeof value, 0));
  return value;
}
