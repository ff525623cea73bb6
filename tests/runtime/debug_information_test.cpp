#include "checker/runtime/debug_information.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

namespace {

using heddle::runtime::DebugInformation;

[[gnu::noinline]] const void* return_address() { return __builtin_return_address(0); }
[[gnu::always_inline]] inline const void* inner() { return return_address(); }
[[gnu::noinline]] const void* outer() { return inner(); }
constexpr unsigned line = __LINE__ - 1;

std::uintptr_t in_file(const void* address) {
  Dl_info info{};
  dladdr(address, &info);
  return reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(info.dli_fbase);
}

std::string this_program() { return "/proc/" + std::to_string(getpid()) + "/exe"; }

/// "folder/debug_information_test.cpp:7", and perhaps more behind a space.
bool is_at(const std::string& place, unsigned number) {
  return (place + ' ').find("debug_information_test.cpp:" + std::to_string(number) + ' ') != std::string::npos;
}

}  // namespace

TEST_CASE("the functions at an address come innermost first, as often as they are asked for", "[runtime]") {
  DebugInformation program(this_program());
  for (int round = 0; round < 3; ++round) {
    CHECK(program.frames(1).size() == 1);  // the head of the file: no code, and one line that says so
    const auto frames = program.frames(in_file(outer()) - 1);
    REQUIRE(frames.size() == 2);
    CHECK(is_at(frames[0].place, line - 1));
    CHECK(is_at(frames[1].place, line));
    CHECK(frames[1].function == "outer");
  }
}

TEST_CASE("where nothing can be read there are no functions", "[runtime]") {
  CHECK(DebugInformation("/nowhere").frames(1).empty());
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);  // no addr2line there
  DebugInformation program(this_program());
  setenv("PATH", path.c_str(), 1);
  CHECK(program.frames(1).empty());
}
