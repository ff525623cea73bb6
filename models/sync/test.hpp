// HEDDLE_TEST.
#pragma once

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

/// Registers a test under `name`; HEDDLE_TEST does.
struct TestRegistrar {
  TestRegistrar(const char* name, void (*function)(), const char* file, unsigned line);
};

}  // namespace heddle

/// A test: the function body that follows is run under every schedule.
#define HEDDLE_TEST(name) HEDDLE_TEST_AT(name, __LINE__)
#define HEDDLE_TEST_AT(name, line) HEDDLE_TEST_HERE(name, line)
#define HEDDLE_TEST_HERE(name, line)                                                                      \
  static void heddle_test_##line();                                                                       \
  static const ::heddle::TestRegistrar heddle_registrar_##line(name, heddle_test_##line, __FILE__, line); \
  static void heddle_test_##line()
