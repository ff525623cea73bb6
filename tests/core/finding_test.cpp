#include "checker/core/finding.hpp"

#include <catch2/catch.hpp>

#include "checker/core/error.hpp"

using heddle::FindingKind;
using heddle::Result;
using heddle::Verdict;

TEST_CASE("every kind of finding has a name that leads back to it", "[core][finding]") {
  for (unsigned i = 0; i <= static_cast<unsigned>(FindingKind::not_linearizable); ++i) {
    const auto kind = static_cast<FindingKind>(i);
    CHECK(heddle::finding_kind_from(heddle::to_string(kind)) == kind);
  }
}

TEST_CASE("the names of findings and verdicts are the contract's", "[core][finding]") {
  CHECK(heddle::to_string(FindingKind::assertion) == "assertion");
  CHECK(heddle::to_string(FindingKind::data_race) == "data-race");
  CHECK(heddle::to_string(FindingKind::deadlock) == "deadlock");
  CHECK(heddle::to_string(FindingKind::lock_order) == "lock-order");
  CHECK(heddle::to_string(FindingKind::livelock) == "livelock");
  CHECK(heddle::to_string(FindingKind::starvation) == "starvation");
  CHECK(heddle::to_string(FindingKind::use_after_free) == "use-after-free");
  CHECK(heddle::to_string(FindingKind::double_free) == "double-free");
  CHECK(heddle::to_string(FindingKind::leak) == "leak");
  CHECK(heddle::to_string(FindingKind::misuse) == "misuse");
  CHECK(heddle::to_string(FindingKind::uncaught_exception) == "uncaught-exception");
  CHECK(heddle::to_string(FindingKind::crash) == "crash");
  CHECK(heddle::to_string(FindingKind::no_progress) == "no-progress");
  CHECK(heddle::to_string(FindingKind::isolation) == "isolation");
  CHECK(heddle::to_string(Verdict::verified) == "verified");
  CHECK(heddle::to_string(Verdict::violated) == "violated");
  CHECK(heddle::to_string(Verdict::inconclusive) == "inconclusive");
  CHECK(heddle::to_string(Verdict::error) == "error");
}

TEST_CASE("a kind that does not exist is refused with those that do", "[core][finding]") {
  CHECK_THROWS_WITH(heddle::finding_kind_from("race"),
                    Catch::StartsWith("no kind of finding is named 'race'; there are: assertion, data-race"));
  CHECK_THROWS_AS(heddle::finding_kind_from(""), heddle::Error);
}

TEST_CASE("a place is a file and a line, as far as they are known", "[core][finding]") {
  CHECK(heddle::to_string(heddle::SourceLine{"queue.cpp", 31, "push"}) == "queue.cpp:31");
  CHECK(heddle::to_string(heddle::SourceLine{"queue.cpp", 0, ""}) == "queue.cpp");
  CHECK(heddle::to_string(heddle::SourceLine{}) == "?");
}

TEST_CASE("the gravest verdict decides the exit code", "[core][finding]") {
  const auto code = [](std::vector<Verdict> verdicts) {
    std::vector<Result> results;
    for (Verdict verdict : verdicts) results.emplace_back().verdict = verdict;
    return heddle::exit_code(results);
  };
  CHECK(code({}) == 0);
  CHECK(code({Verdict::verified, Verdict::verified}) == 0);
  CHECK(code({Verdict::verified, Verdict::inconclusive}) == 3);
  CHECK(code({Verdict::inconclusive, Verdict::error, Verdict::verified}) == 2);
  CHECK(code({Verdict::error, Verdict::violated, Verdict::inconclusive}) == 1);
}
