// What the tests of processes ask of a harness.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <heddle/heddle.hpp>
#include <string>

namespace heddle::process_tests {

inline heddle::Result check(const std::function<void()>& harness, const heddle::Options& options = {}) {
  return heddle::check(options, harness);
}

/// "verified", or what is wrong: "isolation: T1: write by …".
inline std::string verdict(const std::function<void()>& harness, const heddle::Options& options = {}) {
  const heddle::Result result = check(harness, options);
  if (result.findings.empty()) return result.verdict == heddle::Verdict::verified ? "verified" : result.reason;
  const heddle::Finding& finding = result.findings.front();
  CHECK_FALSE(finding.locations.empty());
  CHECK(finding.locations.front().file.find("tests/process/") != std::string::npos);
  return std::string(to_string(finding.kind)) + ": " + finding.message;
}

/// How many executions a harness has in which nothing is wrong, and nothing begun in vain.
inline std::uint64_t executions(const std::function<void()>& harness, const heddle::Options& options = {}) {
  const heddle::Result result = check(harness, options);
  INFO(result.reason);
  for (const heddle::Finding& finding : result.findings) UNSCOPED_INFO(finding.message);
  CHECK(result.verdict == heddle::Verdict::verified);
  CHECK(result.blocked == 0);
  return result.executions;
}

}  // namespace heddle::process_tests
