#include "models/checked.hpp"

#include <catch2/catch.hpp>

namespace heddle::models::test {

Result check(const std::function<void()>& harness, Options options) { return heddle::check(options, harness); }

std::string verdict(const std::function<void()>& harness, Options options) {
  const Result result = check(harness, options);
  if (result.findings.empty()) return result.verdict == Verdict::verified ? "verified" : result.reason;
  const Finding& finding = result.findings.front();
  CHECK_FALSE(finding.locations.empty());
  if (!finding.locations.empty()) {
    INFO(finding.message);
    CHECK(finding.locations.front().file.find("tests/models/") != std::string::npos);  // the place is in the harness
  }
  const std::size_t colon = finding.kind == FindingKind::deadlock ? std::string::npos : finding.message.find(": ");
  return std::string(to_string(finding.kind)) + ": " +
         (colon == std::string::npos ? finding.message : finding.message.substr(colon + 2));
}

std::uint64_t executions(const std::function<void()>& harness, Options options) {
  const Result result = check(harness, options);
  INFO(result.reason);
  CHECK(result.verdict == Verdict::verified);
  CHECK(result.blocked == 0);
  return result.executions;
}

}  // namespace heddle::models::test
