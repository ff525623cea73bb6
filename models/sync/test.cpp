#include "models/sync/test.hpp"

#include "checker/runtime/check.hpp"

namespace heddle {

namespace {

std::vector<TestCase>& tests() {
  static std::vector<TestCase> all;
  return all;
}

}  // namespace

TestRegistrar::TestRegistrar(const char* name, void (*function)(), const char* file, unsigned line) {
  tests().push_back({name, function, file, line});
}

const std::vector<TestCase>& registered_tests() { return tests(); }

}  // namespace heddle
