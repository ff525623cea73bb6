// The C library's function of a name that we have defined in front of it.
#pragma once

#include <dlfcn.h>

namespace heddle::runtime {

/// To be a constinit global: a function-local static would be an operation of the harness thread that comes by first
/// (models/sync/static_guard.cpp).
template <class Function>
struct SystemFunction {
  const char* name;
  Function* pointer = nullptr;  ///< looked up when first asked for; in our own data, which no checkpoint takes back

  Function* get() {
    if (pointer == nullptr) pointer = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
    // A program that names its C++ library before Heddle's has it in front.
    if (pointer == nullptr) pointer = reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
    return pointer;
  }
};

}  // namespace heddle::runtime
