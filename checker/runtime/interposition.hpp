// The C library's functions that a harness thread must not get from the system: memory, clocks, random numbers
// (interposition.cpp); exit, fork, system threads, sleep (forbidden.cpp). Defined there under their own names, in front
// of the C library's; outside a harness thread they do what they always do.
#pragma once

#include <string>

#include "checker/runtime/thread.hpp"

namespace heddle::runtime {

struct Fault;

/// Whether the calling system thread is running harness code now.
void set_inside_harness(bool inside) noexcept;
/// Looks up the system's functions, and gives stdout a buffer that no harness thread allocates.
void prepare_interposition();
/// Runs the destructors of the calling harness thread's thread_locals.
void run_thread_exit(Thread& thread);
/// What to add to a fault that comes of an allocation that failed: the limit, and how to change it.
std::string heap_is_full();
/// The words for a stack that overflows: its size, and how to change it.
std::string stack_overflowed();
/// The fault for the exception that nobody takes, std::current_exception; `what` is null where it is no std::exception.
Fault uncaught_exception(const char* what);

}  // namespace heddle::runtime
