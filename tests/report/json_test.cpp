#include "checker/report/json.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "checker/core/version.hpp"
#include "report/example_result.hpp"

using heddle::Result;
using heddle::report::to_json;
using Json = nlohmann::json;

TEST_CASE("JSON holds what the contract names, under these names", "[report][json]") {
  const Json run = Json::parse(to_json({heddle::test::example_result()}));
  CHECK(run["heddle"] == heddle::version_text);
  REQUIRE(run["tests"].size() == 1);
  const Json& test = run["tests"][0];
  CHECK(test["name"] == "two transfers keep the total");
  CHECK(test["verdict"] == "violated");
  CHECK(test["search"] == "exhaustive");
  CHECK(test["model"] == "rc11");
  CHECK(test["executions"] == 7);
  CHECK(test["blocked"] == 1);
  CHECK(test["states"] == 2);
  CHECK(test["events"] == 130);
  CHECK(test["seconds"] == 0.25);
  REQUIRE(test["findings"].size() == 1);
  const Json& finding = test["findings"][0];
  CHECK(finding["kind"] == "deadlock");
  CHECK(finding["message"] == "T1 and T2 wait for each other");
  CHECK(finding["threads"] == Json({1, 2}));
  CHECK(finding["locations"] == Json({"bank.cpp:13", "bank.cpp:21"}));
  CHECK(finding["schedule"] == "bank.schedule");
  CHECK(test["warnings"].size() == 1);
}

TEST_CASE("JSON of nothing is still one object", "[report][json]") {
  const Json run = Json::parse(to_json({}));
  CHECK(run["tests"].is_array());
  const Json test = Json::parse(to_json({Result{}}))["tests"][0];
  CHECK(test["findings"].is_array());
  CHECK(test["findings"].empty());
  CHECK(test["warnings"].is_array());
}

TEST_CASE("a finding without threads and places has empty lists of them", "[report][json]") {
  Result result;
  result.findings.emplace_back().locations = {{}, {"no_line.cpp", 0, ""}};
  const Json finding = Json::parse(to_json({result}))["tests"][0]["findings"][0];
  CHECK(finding["threads"] == Json::array());
  CHECK(finding["locations"] == Json::array());
  CHECK(finding["schedule"] == "");
}

TEST_CASE("odd bytes and numbers do not break JSON", "[report][json]") {
  Result result;
  result.name = "caf\xe9 \"\n\x01";
  result.seconds = std::numeric_limits<double>::quiet_NaN();
  result.executions = std::numeric_limits<std::uint64_t>::max();
  result.findings.emplace_back().message = "\xff\xfe";
  const Json test = Json::parse(to_json({result}))["tests"][0];
  CHECK(test["name"] == "caf\xef\xbf\xbd \"\n\x01");
  CHECK(test["executions"] == std::numeric_limits<std::uint64_t>::max());
}
