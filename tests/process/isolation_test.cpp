// What is in the memory of one process is out of reach for others: each breach, and what is none.
#include <array>
#include <catch2/catch.hpp>
#include <heddle/heddle.hpp>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "process/verdicts.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using heddle::process_tests::check;
using heddle::process_tests::executions;
using heddle::process_tests::verdict;

TEST_CASE("a process has memory of its own", "[process]") {
  const auto breach = [](const char* what, const char* object, const std::function<void()>& harness) {
    const std::string text = verdict(harness);
    CHECK_THAT(text, StartsWith("isolation: ") && Contains(what) && Contains(object));
  };
  breach("write by the process of T1 in memory of the main process", "data", [] {
    heddle::var<int> data{0};
    heddle::process child([&] { data = 1; });
    child.wait();
  });
  breach("store by the process of T1 in memory of the main process", "flag", [] {
    heddle::atomic<int> flag{0};
    heddle::process child([&] { flag.store(1); });
    child.wait();
  });
  breach("lock by the process of T1 in memory of the main process", "access", [] {
    heddle::mutex access;
    heddle::process child([&] { access.lock(); });
    child.wait();
  });
  breach("use of a handle of a pipe", "the main process", [] {
    heddle::pipe<int> handle;
    heddle::process child([&] { handle.write(1); });
    child.wait();
  });
  breach("write by the main process in memory of the process of T1", "local", [] {  // by way of a pointer that was sent
    heddle::pipe<heddle::var<int>*> p;
    heddle::process child([=] {
      heddle::var<int> local{0};
      p.write(&local);
      heddle::pipe<int>(1).close_read();
    });
    heddle::var<int>* theirs = nullptr;
    p.read(theirs);
    *theirs = 1;
    child.wait();
  });
  breach("free by the main process in memory of the process of T1", "", [] {
    heddle::pipe<int*> p;
    heddle::process child([=] { p.write(new int(1)); });
    int* theirs = nullptr;
    p.read(theirs);
    delete theirs;
    child.wait();
  });
  breach("lock by the process of T2 in memory of the process of T1", "local",
         [] {  // two children are as apart as a child and its parent
           heddle::pipe<heddle::mutex*> p;
           heddle::process first([=] {
             heddle::mutex local;
             p.write(&local);
             int nothing = 0;
             heddle::pipe<int> never;
             never.read(nothing);
           });
           heddle::process second([=] {
             heddle::mutex* theirs = nullptr;
             p.read(theirs);
             theirs->lock();
           });
           second.wait();
           first.wait();
         });
}

TEST_CASE("a write to plain memory of another process is seen at the next operation", "[process]") {
  const auto on_heap = [] {
    const auto number = std::make_unique<int>(3);
    heddle::process child([pointer = number.get()] { *pointer = 4; });
    child.wait();
  };
  const auto on_stack = [] {
    int number = 3;
    heddle::process child([&number] { number = 4; });
    child.wait();
  };
  const auto of_child = [] {  // which is waiting for more
    heddle::pipe<int*> pointers;
    heddle::pipe<int> end;
    heddle::process child([=] {
      int number = 3;
      pointers.write(&number);
      end.read(number);
    });
    int* theirs = nullptr;
    pointers.read(theirs);
    *theirs = 4;
    end.write(1);
    child.wait();
  };
  for (const char* search : {"exhaustive", "liveness", "random"}) {
    heddle::Options options;
    options.search = search;
    INFO(search);
    for (const std::function<void()>& harness : {std::function<void()>(on_heap), std::function<void()>(on_stack)})
      CHECK_THAT(verdict(harness, options),
                 StartsWith("isolation: T1: write, some time before this operation, by the process of T1 in memory of "
                            "the main process"));
    CHECK_THAT(verdict(of_child, options), StartsWith("isolation: main: write, ") &&
                                               Contains("by the main process in memory of the process of T1"));
  }
}

TEST_CASE("what a process reads of another, takes over, frees, or shares, it does not write", "[process]") {
  const auto harness = [] {
    int number = 3;
    auto moved = std::make_unique<int>(4);
    auto* const inherited = new int(5);
    heddle::shared_memory<std::array<int, 3>> shared;
    heddle::process reader([&number, shared] {
      (*shared)[1] = number;
      return number;
    });
    heddle::process owner([moved = std::move(moved)] {
      *moved = 6;
      heddle::pipe<int>().close_read();
      return *moved;
    });
    HEDDLE_ASSERT(reader.wait().code() == 3 && owner.wait().code() == 6);
    HEDDLE_ASSERT((*shared)[1] == 3);
    heddle::process last([=] {
      delete inherited;
      heddle::pipe<int>().close_read();
    });
    last.wait();
  };
  for (const char* search : {"exhaustive", "liveness", "random"}) {
    heddle::Options options;
    options.search = search;
    options.max_executions = 10;
    CHECK(check(harness, options).findings.empty());
  }
}

TEST_CASE("the cure for a breach of isolation fits how the process got there", "[process]") {
  const auto cure = [](const std::function<void()>& harness) {
    const heddle::Result result = check(harness);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == heddle::FindingKind::isolation);
    return result.findings[0].explanation;
  };
  CHECK_THAT(cure([] {
               heddle::var<int> data{0};
               heddle::process child([&] { data = 1; });
               child.wait();
             }),
             Contains("by value ([=])"));
  const auto by_value = {std::function<void()>([] {  // its count stays where it was made
                           const auto pointer = std::make_shared<int>(3);
                           heddle::process child([pointer] { return *pointer; });
                           child.wait();
                         }),
                         std::function<void()>([] {
                           const auto data = std::make_unique<heddle::var<int>>(3);
                           heddle::process child([pointer = data.get()] { *pointer = 4; });
                           child.wait();
                         }),
                         std::function<void()>([] {
                           heddle::stop_source source;
                           heddle::process child([source] { source.request_stop(); });
                           child.wait();
                         })};
  for (const std::function<void()>& harness : by_value)
    CHECK_THAT(cure(harness), Contains("a copy of what the pointer leads to") && !Contains("[=]"));
  CHECK(verdict([] {
          const auto pointer = std::make_shared<int>(3);
          heddle::process child([copy = *pointer] { return copy; });
          HEDDLE_ASSERT(child.wait().code() == *pointer);
        }) == "verified");
}

TEST_CASE("what a process holds by value is its own", "[process]") {
  CHECK(executions([] {
          heddle::var<int> data{5};
          std::vector<heddle::var<int>> many(3);
          auto moved = std::make_unique<int>(4);
          heddle::process child([=]() mutable {
            HEDDLE_ASSERT(data == 5);
            data = 6;
            many[1] = 7;
            many.clear();
            heddle::thread of_child([&] { data = 8; });
            of_child.join();
          });
          data = 1;  // no race: it is another object
          many[1] = 2;
          heddle::process other([moved = std::move(moved)]() mutable { moved.reset(); });
          child.wait();
          other.wait();
          HEDDLE_ASSERT(data == 1 && many[1] == 2);
        }) == 1);
}

namespace {

int plain_global = 1;
std::vector<int> filled_before_main(1000, 7);  // by a static initialiser

/// A static that is initialised where it is used first.
int& counted_once(int start) {
  static int* const count = new int(start);  // not freed: the static leads to it
  return *count;
}

}  // namespace

TEST_CASE("atomics and sync objects among the globals are the main process's", "[process]") {
  static heddle::atomic<int> global{0};
  CHECK_THAT(verdict([] {
               global.store(1);
               heddle::process child([] { global.store(2); });
               child.wait();
             }),
             StartsWith("isolation: "));
}

TEST_CASE("a process has a copy of the plain globals, from its start on", "[process]") {
  const auto harness = [] {
    heddle::pipe<int> turns, answers;
    plain_global = 2;
    heddle::process child([=] {
      HEDDLE_ASSERT(plain_global == 2);
      plain_global = 3;
      int turn = 0;
      turns.read(turn);
      HEDDLE_ASSERT(plain_global == 3);
      filled_before_main[999] = 8;
      heddle::process grandchild([] {
        HEDDLE_ASSERT(plain_global == 3 && filled_before_main[999] == 8);
        plain_global = 4;
      });
      grandchild.wait();
      answers.write(plain_global);
      return plain_global + 10;
    });
    plain_global = 5;
    turns.write(1);
    int answer = 0;
    answers.read(answer);
    HEDDLE_ASSERT(answer == 3 && plain_global == 5);
    HEDDLE_ASSERT(child.wait().code() == 13);
    HEDDLE_ASSERT(plain_global == 5 && filled_before_main[999] == 7);
  };
  for (const char* search : {"exhaustive", "liveness", "random", "pct", "pos"}) {
    heddle::Options options;
    options.search = search;
    options.max_executions = 20;
    INFO(search);
    CHECK(check(harness, options).findings.empty());
  }
  CHECK(verdict(harness) == "verified");
  CHECK(plain_global == 1);  // as before the check
}

// The faulty twin expects to see what a thread in its place would have written.
TEST_CASE("what a process leaves in a global its parent does not see", "[process]") {
  const auto harness = [](bool as_a_process) {
    return [as_a_process] {
      plain_global = 0;
      if (as_a_process) {
        heddle::process([] { plain_global = 1; }).wait();
      } else {
        heddle::thread([] { plain_global = 1; }).join();
      }
      HEDDLE_ASSERT(plain_global == 1);
    };
  };
  CHECK_THAT(verdict(harness(true)), StartsWith("assertion: ") && Contains("(0 == 1)"));
  CHECK(verdict(harness(false)) == "verified");
}

// Two processes go round and round, each in its own copy of the global: two loops of two states each.
TEST_CASE("globals of processes are part of the states of the liveness search", "[process]") {
  heddle::Options options;
  options.search = "liveness";
  const heddle::Result result = check(
      [] {
        const auto loop = [] {
          heddle::shared_memory<heddle::atomic<int>> own(0);
          while (true) {
            plain_global = 1 - plain_global;
            own->store(plain_global);
            heddle::progress();
          }
        };
        heddle::process first(loop);
        loop();
      },
      options);
  INFO(result.reason);
  CHECK(result.verdict == heddle::Verdict::verified);
  CHECK(result.states < 100);
}

TEST_CASE("a function-local static is initialised once in each process, or inherited", "[process]") {
  const auto harness = [](bool before) {
    return [before] {
      if (before) HEDDLE_ASSERT(counted_once(1) == 1);
      const auto use = [before](int start) { HEDDLE_ASSERT(counted_once(start) == (before ? 1 : start)); };
      heddle::process first(use, 2), second(use, 3);
      HEDDLE_ASSERT(counted_once(4) == (before ? 1 : 4));
      first.wait();
      second.wait();
    };
  };
  for (const char* search : {"exhaustive", "liveness"}) {
    heddle::Options options;
    options.search = search;
    for (const bool before : {true, false}) CHECK(verdict(harness(before), options) == "verified");
  }
  CHECK(executions(harness(true)) == 1);
  CHECK(executions(harness(false)) == 1);  // nobody's initialisation is anybody else's concern
}

TEST_CASE("a handle in a global leads each process to the same object", "[process]") {
  static std::optional<heddle::pipe<int>> words;
  CHECK(verdict([] {
          words.emplace();
          heddle::process child([] { words->write(3); });
          int word = 0;
          words->read(word);
          HEDDLE_ASSERT(word == 3);
          child.wait();
        }) == "verified");
}

TEST_CASE("a process waits for those only that it has started", "[process]") {
  static std::optional<heddle::process> sibling;
  CHECK(verdict([] {
          sibling.emplace([] {});
          heddle::process child([] {
            bool refused = false;
            try {
              sibling->wait();
            } catch (const std::system_error& error) {
              refused = error.code() == std::errc::no_child_process;
            }
            HEDDLE_ASSERT(refused);
          });
          child.wait();
          sibling->wait();
        }) == "verified");
}
