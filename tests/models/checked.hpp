// Checks of small harnesses, for the tests of the models.
#pragma once

#include <functional>
#include <heddle/heddle.hpp>
#include <string>

namespace heddle::models::test {

Result check(const std::function<void()>& harness, Options options = {});

/// "verified", or what is wrong: "misuse: latch counted down below zero".
std::string verdict(const std::function<void()>& harness, Options options = {});

/// How many executions a harness in which nothing is wrong has.
std::uint64_t executions(const std::function<void()>& harness, Options options = {});

}  // namespace heddle::models::test
