// The portable programs with Heddle's classes: what comes out is all that may.
#include "models/portable.hpp"

#include <catch2/catch.hpp>

#include "models/checked.hpp"

TEST_CASE("what std may do and what Heddle does are the same", "[models]") {
  const char* const model = GENERATE("sc", "tso", "ra", "rc11");
  for (const portable::Program& program : portable::programs()) {
    INFO(program.name << " under " << model);
    std::vector<char> seen(100);  // outside of what the check restores
    heddle::Options options;
    options.model = model;
    const heddle::Result result = heddle::models::test::check(
        [&] {
          const int outcome = program.run();
          seen.at(static_cast<std::size_t>(outcome)) = 1;
        },
        options);
    INFO(result.reason << (result.findings.empty() ? "" : result.findings[0].message));
    CHECK(result.verdict == heddle::Verdict::verified);
    CHECK(result.blocked == 0);
    std::set<int> outcomes;
    for (std::size_t i = 0; i < seen.size(); ++i)
      if (seen[i] != 0) outcomes.insert(static_cast<int>(i));
    CHECK(outcomes == program.outcomes);
  }
}
