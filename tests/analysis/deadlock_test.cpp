#include "checker/analysis/deadlock.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace heddle::analysis;
using heddle::SourceLine;

namespace {

SourceLine at(unsigned line) { return {"f.cpp", line, "f"}; }

Waiting for_mutex(unsigned thread, const std::string& mutex, unsigned line, unsigned holder, unsigned since) {
  Waiting waiting;
  waiting.thread = thread;
  waiting.operation = "lock " + mutex;
  waiting.object = "mutex " + mutex + " (f.cpp:1)";
  waiting.site = at(line);
  waiting.holders = {{holder, "lock " + mutex, at(since)}};
  return waiting;
}

Waiting for_end(unsigned thread, unsigned joined, unsigned line) {
  Waiting waiting;
  waiting.thread = thread;
  waiting.operation = "join T" + std::to_string(joined);
  waiting.object = "thread T" + std::to_string(joined);
  waiting.site = at(line);
  waiting.need = Need::end_of_thread;
  waiting.could_wake = {joined};
  return waiting;
}

Waiting for_notification(unsigned thread, const std::string& variable, unsigned line) {
  Waiting waiting;
  waiting.thread = thread;
  waiting.operation = "wait " + variable;
  waiting.object = "condition variable " + variable;
  waiting.site = at(line);
  waiting.need = Need::notify;
  return waiting;
}

Waiting for_permit(unsigned thread, unsigned line, std::vector<Holder> holders) {
  Waiting waiting;
  waiting.thread = thread;
  waiting.operation = "acquire s";
  waiting.object = "semaphore s";
  waiting.site = at(line);
  waiting.need = Need::post;
  waiting.holders = std::move(holders);
  return waiting;
}

Standstill of(std::vector<Waiting> waiting, std::vector<std::string> names, std::vector<unsigned> ended = {}) {
  return {std::move(waiting), std::move(names), std::move(ended)};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Two threads in opposite lock order, and main, which joins the first.
Standstill opposite_order() {
  return of({for_end(0, 1, 30), for_mutex(1, "b", 11, 2, 20), for_mutex(2, "a", 21, 1, 10)}, {"main", "T1", "T2"});
}

}  // namespace

TEST_CASE("opposite lock orders are told as a cycle", "[analysis]") {
  const Deadlock deadlock = explain_deadlock(opposite_order());
  REQUIRE(deadlock.message == "T1 waits for mutex b held by T2, which waits for mutex a held by T1");
  REQUIRE(
      deadlock.explanation ==
      "T1 holds mutex a (f.cpp:1) since f.cpp:10 (lock a) and waits at f.cpp:11 (lock b) for mutex b (f.cpp:1), held "
      "by T2. T2 holds mutex b (f.cpp:1) since f.cpp:20 (lock b) and waits at f.cpp:21 (lock a) for mutex a "
      "(f.cpp:1), held by T1. Each of the two waits for the other, so neither can ever go on.\n\n"
      "Behind that, main waits at f.cpp:30 (join T1) for the end of T1.\n\n"
      "No thread has ended: the whole program stands still.\n\n"
      "What would cure it: Let every thread take mutex a and mutex b in the same order, or all at once with "
      "std::scoped_lock, which cannot deadlock.");
  REQUIRE(deadlock.threads == std::vector<unsigned>{1, 2});
  REQUIRE(deadlock.locations == std::vector<SourceLine>{at(11), at(21), at(20), at(10)});
  REQUIRE(deadlock.whole);
}

TEST_CASE("a deadlock beside threads that ended is partial", "[analysis]") {
  Standstill standstill = opposite_order();
  standstill.thread_names.push_back("T3");
  standstill.ended = {3};
  const Deadlock deadlock = explain_deadlock(standstill);
  REQUIRE_FALSE(deadlock.whole);
  REQUIRE(contains(deadlock.explanation, "The deadlock is partial: T3 had ended by then."));
  REQUIRE(deadlock.threads == std::vector<unsigned>{1, 2});
}

TEST_CASE("three philosophers wait in a ring", "[analysis]") {
  const Deadlock deadlock = explain_deadlock(of({for_mutex(1, "left", 5, 2, 4), for_mutex(2, "middle", 5, 3, 4),
                                                 for_mutex(3, "right", 5, 1, 4), for_end(0, 1, 9)},
                                                {"main", "T1", "T2", "T3"}));
  REQUIRE(deadlock.message ==
          "T1 waits for mutex left held by T2, which waits for mutex middle held by T3, which waits for mutex right "
          "held by T1");
  REQUIRE(contains(deadlock.explanation, "Each of them waits for the next, and the last for the first"));
  REQUIRE(deadlock.locations == std::vector<SourceLine>{at(5), at(4)});
}

TEST_CASE("objects of one name are told apart by their places", "[analysis]") {
  Standstill standstill = opposite_order();
  standstill.waiting[1].object = "mutex fork (f.cpp:1)";
  standstill.waiting[2].object = "mutex fork (f.cpp:2)";
  REQUIRE(explain_deadlock(standstill).message ==
          "T1 waits for mutex fork (f.cpp:1) held by T2, which waits for mutex fork (f.cpp:2) held by T1");
}

TEST_CASE("joining while holding what the joined thread needs is a cycle", "[analysis]") {
  const Deadlock deadlock = explain_deadlock(of({for_end(0, 1, 9), for_mutex(1, "m", 4, 0, 8)}, {"main", "T1"}));
  REQUIRE(deadlock.message == "main waits for the end of T1, which waits for mutex m held by main");
  REQUIRE(contains(deadlock.explanation, "What would cure it: Let go of mutex m in main before it joins T1."));
}

TEST_CASE("threads that join each other are a cycle", "[analysis]") {
  const Deadlock deadlock = explain_deadlock(of({for_end(1, 2, 4), for_end(2, 1, 7)}, {"main", "T1", "T2"}, {0}));
  REQUIRE(deadlock.message == "T1 waits for the end of T2, which waits for the end of T1");
  REQUIRE_FALSE(deadlock.whole);
}

TEST_CASE("a missing notifier is named, and the notification that came too early", "[analysis]") {
  Waiting waiting = for_notification(1, "cv", 20);
  const Standstill without = of({for_end(0, 1, 30), waiting}, {"main", "T1", "T2"}, {2});
  REQUIRE(explain_deadlock(without).message ==
          "T1 waits on condition variable cv, and no thread is left that could notify it");

  waiting.history = {{2, "notify_one cv", at(12), {}}};
  const Deadlock lost = explain_deadlock(of({for_end(0, 1, 30), waiting}, {"main", "T1", "T2"}, {2}));
  REQUIRE(lost.message ==
          "T1 waits on condition variable cv, and no thread is left that could notify it; the notification by T2 at "
          "f.cpp:12 came before the wait began and was lost");
  REQUIRE(lost.threads == std::vector<unsigned>{1});
  REQUIRE(lost.locations == std::vector<SourceLine>{at(20), at(12)});
  REQUIRE(
      lost.explanation ==
      "T1 waits at f.cpp:20 (wait cv) on condition variable cv until another thread will notify it. notify_one cv by "
      "T2 at f.cpp:12 came when nobody waited: a condition variable does not remember notifications, so it was lost. "
      "Nobody is left that could notify it: T2 has ended and main waits itself.\n\n"
      "Behind that, main waits at f.cpp:30 (join T1) for the end of T1.\n\n"
      "The deadlock is partial: T2 had ended by then.\n\n"
      "What would cure it: Change the condition while holding the mutex, and wait with a predicate, wait(lock, [&] { "
      "return ready; }): what was notified too early is then seen without waiting.");
}

TEST_CASE("a notification that woke another thread is named", "[analysis]") {
  Waiting waiting = for_notification(1, "cv", 20);
  waiting.history = {{3, "notify_one cv", at(12), {2}}};
  const Deadlock deadlock = explain_deadlock(of({waiting}, {"main", "T1", "T2", "T3"}, {0, 2, 3}));
  REQUIRE(contains(deadlock.message, "; the notification by T3 at f.cpp:12 woke T2 instead"));
  REQUIRE(contains(deadlock.explanation, "Use notify_all"));
}

TEST_CASE("waits that nobody can end are told together", "[analysis]") {
  const Deadlock same = explain_deadlock(
      of({for_notification(1, "cv", 20), for_notification(2, "cv", 20), for_end(0, 1, 9)}, {"main", "T1", "T2"}));
  REQUIRE(same.message == "T1 and T2 wait on condition variable cv, and no thread is left that could notify it");
  REQUIRE(same.threads == std::vector<unsigned>{1, 2});

  const Deadlock two = explain_deadlock(
      of({for_notification(1, "full", 20), for_notification(2, "empty", 30), for_end(0, 1, 9)}, {"main", "T1", "T2"}));
  REQUIRE(two.message ==
          "T1 waits on condition variable full and T2 waits on condition variable empty, and no thread is left that "
          "could notify them");
}

TEST_CASE("a mutex whose holder ended is told so", "[analysis]") {
  const Deadlock deadlock =
      explain_deadlock(of({for_end(0, 2, 9), for_mutex(2, "m", 6, 1, 3)}, {"main", "T1", "T2"}, {1}));
  REQUIRE(deadlock.message == "T2 waits for mutex m held since f.cpp:3 by T1, which ended and did not unlock it");
  REQUIRE(deadlock.threads == std::vector<unsigned>{1, 2});
  REQUIRE(contains(deadlock.explanation, "std::lock_guard"));
}

TEST_CASE("a thread can wait for a permit that it has itself", "[analysis]") {
  const Deadlock deadlock =
      explain_deadlock(of({for_permit(1, 4, {{1, "acquire s", at(3)}}), for_end(0, 1, 9)}, {"main", "T1"}));
  REQUIRE(deadlock.message == "T1 waits for semaphore s, which it holds itself");
  REQUIRE(contains(deadlock.explanation, "held by itself. It waits for itself, so it can never go on."));
}

TEST_CASE("two threads that each have one permit of two, and want another, are a cycle", "[analysis]") {
  const std::vector<Holder> both = {{1, "acquire s", at(3)}, {2, "acquire s", at(3)}};
  const Deadlock deadlock =
      explain_deadlock(of({for_permit(1, 4, both), for_permit(2, 4, both)}, {"main", "T1", "T2"}, {0}));
  REQUIRE(deadlock.message == "T1 waits for semaphore s held by T2, which waits for semaphore s held by T1");
  REQUIRE(
      contains(deadlock.explanation, "Let each thread give back what it has of semaphore s before it waits for more"));
}

TEST_CASE("a wait for a permit that nobody holds misses a release", "[analysis]") {
  const Deadlock deadlock = explain_deadlock(of({for_permit(1, 4, {}), for_end(0, 1, 9)}, {"main", "T1"}));
  REQUIRE(deadlock.message == "T1 waits for semaphore s, and no thread is left that could release it");
}

TEST_CASE("who has acquired and not released is told", "[analysis]") {
  Waiting waiting = for_permit(0, 4, {});
  waiting.keepers = {{1, "acquire s", at(7)}, {2, "try_acquire s", at(8)}};
  const Deadlock deadlock = explain_deadlock(of({waiting}, {"main", "T1", "T2"}, {1, 2}));
  REQUIRE(contains(deadlock.explanation,
                   "T1 (acquire s at f.cpp:7) and T2 (try_acquire s at f.cpp:8) acquired it "
                   "before and have not released it."));
}

TEST_CASE("another primitive brings its own verb", "[analysis]") {
  Waiting waiting = for_permit(0, 4, {});
  waiting.object = "latch done";
  waiting.waking = "count it down";
  const Deadlock deadlock = explain_deadlock(of({waiting}, {"main"}));
  REQUIRE(deadlock.message == "main waits for latch done, and no thread is left that could count it down");
  REQUIRE(contains(deadlock.explanation, "there is no other thread"));
}

TEST_CASE("a would-be notifier that waits for a lock of the waiting thread is a victim behind it", "[analysis]") {
  // T1 waits on cv while it holds the other mutex; T2, which would notify, waits for that one.
  const Deadlock deadlock = explain_deadlock(
      of({for_notification(1, "cv", 20), for_mutex(2, "other", 31, 1, 19), for_end(0, 1, 9)}, {"main", "T1", "T2"}));
  REQUIRE(deadlock.message == "T1 waits on condition variable cv, and no thread is left that could notify it");
  REQUIRE(contains(deadlock.explanation, "T1 holds mutex other (f.cpp:1) since f.cpp:19 (lock other) and waits"));
  REQUIRE(contains(deadlock.explanation, "T2 waits at f.cpp:31 (lock other) for mutex other (f.cpp:1), held by T1."));
}

TEST_CASE("a standstill beside a running thread is described without a cause", "[analysis]") {
  const Deadlock deadlock = explain_deadlock(of({for_mutex(1, "m", 4, 2, 3)}, {"main", "T1", "T2"}, {0}));
  REQUIRE(deadlock.message == "T1 waits for mutex m held by T2");
  REQUIRE_FALSE(deadlock.whole);
}

TEST_CASE("the wait-for graph is drawn with its cycle in red", "[analysis]") {
  const Deadlock deadlock = explain_deadlock(opposite_order());
  REQUIRE(contains(deadlock.dot,
                   R"-("thread 1" -> "object mutex b (f.cpp:1)" [label="waits: lock b\nf.cpp:11", color=red)-"));
  REQUIRE(
      contains(deadlock.dot, R"-("object mutex b (f.cpp:1)" -> "thread 2" [label="held since\nf.cpp:20", color=red)-"));
  REQUIRE(contains(deadlock.dot, R"-("thread 0" -> "thread 1" [label="waits: join T1\nf.cpp:30"];)-"));
}

TEST_CASE("Graphviz accepts the drawing, whatever the names", "[analysis]") {
  if (std::system("command -v dot >/dev/null 2>&1") != 0) {
    WARN("dot is not installed: not tested");
    return;
  }
  Standstill standstill = opposite_order();
  standstill.waiting[1].object = "mutex \"b\\\n{|}<>\"";
  standstill.thread_names[1] = "T\"1\\";
  FILE* dot = popen("dot -Tsvg >/dev/null 2>&1", "w");
  REQUIRE(dot != nullptr);
  std::fputs(explain_deadlock(standstill).dot.c_str(), dot);
  REQUIRE(pclose(dot) == 0);
}
