#include "checker/analysis/race.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heddle::analysis;
using heddle::SourceLine;

namespace {

SourceLine at(unsigned line) { return {"f.cpp", line, "f"}; }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Access access(unsigned thread, bool write, unsigned line) {
  return {thread, thread == 0 ? "main" : "T" + std::to_string(thread), write, at(line), "total", {}};
}

}  // namespace

TEST_CASE("a write and a read that nothing orders", "[analysis]") {
  UnorderedPair pair;
  pair.first = access(2, false, 12);
  pair.second = access(1, true, 8);
  const Race race = explain_race(pair);
  REQUIRE(race.message == "T1 writes total at f.cpp:8 while T2 reads it at f.cpp:12: nothing orders the two accesses");
  REQUIRE(race.explanation ==
          "T2 reads total at f.cpp:12, holding no lock. T1 writes total at f.cpp:8, holding no lock.\n\n"
          "Nothing that T2 did before its access is sure to come before the access of T1. Since its access T2 has done "
          "nothing that could order another thread after it. T1 did nothing before its own that could order it after "
          "another thread.\n\n"
          "What would cure it: Guard total by a mutex at both places, or make it an atomic.");
  REQUIRE(race.threads == std::vector<unsigned>{1, 2});
  REQUIRE(race.locations == std::vector<SourceLine>{at(8), at(12)});
}

TEST_CASE("two writes on one line are one location", "[analysis]") {
  UnorderedPair pair;
  pair.first = access(1, true, 8);
  pair.second = access(2, true, 8);
  const Race race = explain_race(pair);
  REQUIRE(race.message == "T1 and T2 both write total (f.cpp:8): nothing orders the two accesses");
  REQUIRE(race.locations == std::vector<SourceLine>{at(8)});
}

TEST_CASE("two different locks do not keep two accesses apart", "[analysis]") {
  UnorderedPair pair;
  pair.first = access(1, true, 8);
  pair.first.guards = {{"mutex m", at(7)}};
  pair.second = access(2, true, 18);
  pair.second.guards = {{"mutex n", at(17)}};
  pair.after_first = {{1, "T1", "unlock m", at(9)}};
  pair.before_second = {{2, "T2", "lock n", at(17)}};
  const Race race = explain_race(pair);
  REQUIRE(
      race.explanation ==
      "T1 writes total at f.cpp:8, holding mutex m (since f.cpp:7). T2 writes total at f.cpp:18, holding mutex n "
      "(since f.cpp:17). No lock is common to both, so the locks do not keep them apart.\n\n"
      "Nothing that T1 did before its access is sure to come before the access of T2. Since its access T1 did: unlock "
      "m (f.cpp:9). Before its own T2 did: lock n (f.cpp:17). None of these makes T2 wait for T1.\n\n"
      "What would cure it: Use one mutex for total everywhere, or make it an atomic.");
}

TEST_CASE("the side without a lock is told which one to take", "[analysis]") {
  UnorderedPair pair;
  pair.first = access(1, true, 8);
  pair.first.guards = {{"mutex m", at(7)}};
  pair.second = access(0, false, 18);
  pair.last_order = Synchronisation{1, "T1", "begin", at(5)};
  const Race race = explain_race(pair);
  REQUIRE(contains(race.explanation,
                   "The last order from T1 to main is begin by T1 at f.cpp:5: only what T1 did before that is sure to "
                   "come before the access of main."));
  REQUIRE(
      contains(race.explanation,
               "What would cure it: Hold mutex m at f.cpp:18 too, or make it an atomic, or join T1 before f.cpp:18."));
}

TEST_CASE("a common lock that did not help was held shared", "[analysis]") {
  UnorderedPair pair;
  pair.first = access(1, true, 8);
  pair.second = access(2, false, 18);
  pair.first.guards = pair.second.guards = {{"shared mutex m", at(7)}};
  const Race race = explain_race(pair);
  REQUIRE(contains(race.explanation, "Both hold shared mutex m, but in a way that admits both at once."));
  REQUIRE(contains(race.explanation, "Hold shared mutex m exclusively where total is written"));
}

TEST_CASE("a long history is cut to what stands next to the accesses", "[analysis]") {
  UnorderedPair pair;
  pair.first = access(0, true, 8);
  pair.second = access(1, false, 18);
  for (unsigned line = 20; line < 26; ++line) {
    pair.after_first.push_back({0, "main", "unlock m", at(line)});
    pair.before_second.push_back({1, "T1", "lock n", at(line)});
  }
  const Race race = explain_race(pair);
  REQUIRE(contains(race.explanation, "unlock m (f.cpp:22) and unlock m (f.cpp:23), and 2 more."));
  REQUIRE(contains(race.explanation, "did: lock n (f.cpp:22), lock n (f.cpp:23)"));
  REQUIRE(contains(race.explanation, "lock n (f.cpp:25), and 2 before."));
  REQUIRE(contains(race.explanation, "or let main access it before it starts T1."));
}
