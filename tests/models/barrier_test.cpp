// Barriers: their misuse, each beside a use that keeps the preconditions, and what is said of completion functions.
#include <catch2/catch.hpp>
#include <utility>

#include "models/checked.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using heddle::models::test::check;
using heddle::models::test::verdict;

TEST_CASE("at a barrier arrive as many as it was made for", "[models]") {
  CHECK_THAT(verdict([] {
               heddle::barrier b(1);
               static_cast<void>(b.arrive(2));
             }),
             Contains("expects fewer"));
  CHECK_THAT(verdict([] {
               heddle::barrier b(1);
               static_cast<void>(b.arrive(0));
             }),
             Contains("must be positive"));
  const auto waits_for = [](bool other) {
    return [other] {
      heddle::barrier a(1);
      heddle::barrier b(1);
      auto of_a = a.arrive();
      auto of_b = b.arrive();
      b.wait(std::move(other ? of_a : of_b));
    };
  };
  CHECK_THAT(verdict(waits_for(true)), StartsWith("misuse: ") && Contains("another barrier"));
  CHECK(verdict(waits_for(false)) == "verified");
  CHECK_THAT(verdict([] { heddle::barrier b(-1); }), Contains("outside [0, max()]"));
  CHECK_THAT(verdict([] {
               heddle::barrier b(1);
               b.arrive_and_drop();
               b.arrive_and_wait();
             }),
             Contains("expects none"));
  CHECK_THAT(verdict([] {
               heddle::barrier b(2);
               b.arrive_and_wait();
             }),
             StartsWith("deadlock: ") && Contains("arrive at it"));
}

TEST_CASE("who waits at a barrier waits for the present phase or for the last", "[models]") {
  const auto waits_for = [](int phase) {
    return [phase] {
      heddle::barrier b(1);
      auto of_first = b.arrive();
      auto of_second = b.arrive();
      auto of_third = b.arrive();  // phase 3 is the present one
      b.wait(std::move(phase == 0 ? of_first : phase == 1 ? of_second : of_third));
    };
  };
  for (const int phase : {0, 1})
    CHECK_THAT(verdict(waits_for(phase)), StartsWith("misuse: wait at a barrier") && Contains("neither"));
  CHECK(verdict(waits_for(2)) == "verified");
  // The main thread ends phase 1 by itself: before the other waits for phase 0, or after.
  const auto goes_on = [](bool in_time, bool main_waits) {
    return [=] {
      heddle::barrier b(2);
      const auto wait_once = [&] { b.wait(b.arrive()); };
      const auto wait_and_go_on = [&] {
        b.arrive_and_wait();
        if (!in_time) static_cast<void>(b.arrive(2));
      };
      heddle::thread other([&] { main_waits ? wait_and_go_on() : wait_once(); });
      main_waits ? wait_once() : wait_and_go_on();
      other.join();
      if (in_time) static_cast<void>(b.arrive(2));
    };
  };
  CHECK_THAT(verdict(goes_on(false, false)), StartsWith("misuse: "));
  // Found where the phase ends: in the order in which this is searched the wait comes first.
  CHECK_THAT(verdict(goes_on(false, true)), StartsWith("misuse: a barrier's phase ends while another thread may"));
  for (const bool main_waits : {false, true}) CHECK(verdict(goes_on(true, main_waits)) == "verified");
}

TEST_CASE("a completion function that blocks is what those who wait at the barrier wait for", "[models]") {
  const auto harness = [](bool joins_in_completion) {
    return [joins_in_completion] {
      heddle::thread other;
      const auto completion = [&]() noexcept {
        if (joins_in_completion) other.join();
      };
      heddle::barrier b(2, completion);
      other = heddle::thread([&] { b.wait(b.arrive()); });
      b.arrive_and_wait();
      if (!joins_in_completion) other.join();
    };
  };
  CHECK_THAT(verdict(harness(true)), StartsWith("deadlock: "));
  CHECK(verdict(harness(false)) == "verified");

  const heddle::Result blocked = check([] {
    heddle::counting_semaphore<> s(0);
    heddle::barrier b(2, [&]() noexcept { s.acquire(); });
    heddle::thread other([&] { b.arrive_and_wait(); });
    b.arrive_and_wait();
    other.join();
  });
  REQUIRE(blocked.findings.size() == 1);
  CHECK_THAT(blocked.findings[0].explanation,
             Contains("barrier b (") && Contains("return from its completion function"));
}

TEST_CASE("what stands on the stack of a thread that was stopped is as it was in each execution", "[models]") {
  // Main is stopped where its arrival is the third; the others still write to its variable, one in each execution.
  const heddle::Result result = check(
      [] {
        heddle::var<int> completed{0};
        heddle::barrier b(2, [&]() noexcept { completed += 1; });
        heddle::thread one([&] { b.arrive_and_wait(); });
        heddle::thread two([&] { b.arrive_and_wait(); });
        static_cast<void>(b.arrive());
        one.join();
        two.join();
      },
      {.keep_going = true});
  INFO(result.reason);
  CHECK(result.verdict == heddle::Verdict::violated);
  for (const heddle::Finding& finding : result.findings) {
    INFO(finding.message);
    CHECK((finding.kind == heddle::FindingKind::misuse || finding.kind == heddle::FindingKind::deadlock));
  }
}
