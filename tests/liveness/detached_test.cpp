// Detached threads under the liveness search: the program ends with its main thread, whatever they do then.
#include <catch2/catch.hpp>
#include <memory>

#include "models/heddle/heddle.hpp"

using namespace heddle;

namespace {

Result check_states(const std::function<void()>& harness) {
  Options options;
  options.search = "liveness";
  return check(options, harness);
}

/// The only finding.
const Finding& finding(const Result& result) {
  REQUIRE(result.findings.size() == 1);
  return result.findings.front();
}

heddle::atomic<bool> nobody_sets{false};
heddle::counting_semaphore<2> posts{0};

}  // namespace

TEST_CASE("a detached thread may wait for ever once main has ended, among states too", "[liveness]") {
  const auto harness = [] {
    const auto post = std::make_shared<binary_semaphore>(0);
    thread([post] { post->acquire(); }).detach();
  };
  const Result result = check_states(harness);
  INFO(result.reason);
  CHECK(result.verdict == Verdict::verified);
  // start T1; then T1 begins, and main drops its copy and `post` and ends, in any order: 1 + 2 * 4 states, of which one
  // has nobody that moves.
  CHECK(result.states == 9);
  CHECK(result.executions == 1);
}

TEST_CASE("what detached threads do for ever is no livelock once main has ended", "[liveness]") {
  const auto spin = [] {
    while (!nobody_sets.load()) this_thread::yield();
  };
  CHECK(check_states([&] { thread(spin).detach(); }).verdict == Verdict::verified);
  const Result waits = check_states([&] {
    thread(spin).detach();
    posts.acquire();
  });
  CHECK(finding(waits).kind == FindingKind::livelock);
}

TEST_CASE("a detached thread starves like any other while main goes on", "[liveness]") {
  const Result result = check_states([] {
    thread([] { posts.acquire(); }).detach();
    while (!nobody_sets.load()) progress();
  });
  CHECK(finding(result).kind == FindingKind::starvation);
  CHECK(finding(result).threads == std::vector<unsigned>{1});
}

TEST_CASE("a thread that is waited for is part of a deadlock, though others are left behind", "[liveness]") {
  const Result result = check_states([] {
    thread([] { posts.acquire(); }).detach();
    thread joined([] { posts.acquire(); });
    joined.join();
  });
  CHECK(finding(result).kind == FindingKind::deadlock);
}

TEST_CASE("a detached thread is still detached in a state that the search comes back to", "[liveness]") {
  // T1 waits, is let go or not, and T2 posts: the states in which T1 was detached are left and come back to.
  const Result result = check_states([] {
    thread waits([] { posts.acquire(); });
    thread other([] {
      if (choose(2) == 1) posts.release();
    });
    if (choose(2) == 1) {
      waits.detach();
    } else {
      posts.release();
      waits.join();
    }
    other.join();
  });
  INFO(result.reason);
  CHECK(result.verdict == Verdict::verified);
}
