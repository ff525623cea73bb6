// What objects are called in reports. The names come from the text of this file.
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <heddle/heddle.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "checker/runtime/declarations.hpp"

namespace {

/// The rows of the one finding of a harness, each as "operation: outcome".
std::vector<std::string> rows_of(const std::function<void()>& harness) {
  const heddle::Result result = heddle::check({}, harness);
  INFO(result.reason);
  REQUIRE(result.findings.size() == 1);
  std::vector<std::string> rows;
  for (const heddle::Step& step : result.findings[0].steps)
    rows.push_back(step.outcome.empty() ? step.operation : step.operation + ": " + step.outcome);
  return rows;
}

bool has_row(const std::vector<std::string>& rows, const std::string& row) {
  INFO("looking for " << row);
  for (const std::string& each : rows) UNSCOPED_INFO(each);
  return std::find(rows.begin(), rows.end(), row) != rows.end();
}

struct Account {
  heddle::mutex m;
  heddle::var<int> balance{0};
};

class Queue {
 public:
  explicit Queue(int capacity) : capacity_(capacity) {}
  void touch() {
    const std::lock_guard lock(mutex_);
    not_full_.notify_all();
    not_empty_.notify_one();
    size_ += 1;
    head_ = capacity_;
    lucky_.store(7);
  }

 private:
  int capacity_;
  heddle::mutex mutex_;
  heddle::condition_variable not_full_, not_empty_;
  heddle::var<int> head_{0};
  heddle::var<int> size_{0};
  heddle::atomic<int> lucky_{0};
  heddle::atomic<int> other_{0};
};

// Two ways to open one block: the braces of the text do not match.
class Logger {
 public:
  void run() {
    const std::lock_guard lock(door_);
#ifdef HEDDLE_TEST_NEVER_DEFINED
    while (true) {
#else
    while (!done_) {
#endif
      done_ = true;
    }
  }

 private:
  heddle::mutex door_;
  heddle::var<bool> done_{false};
  heddle::var<int> lines_{0};
};

template <class T>
struct Box {
  T value{};
  heddle::mutex lid;
};

struct Table {
  heddle::mutex forks[2];
  std::array<heddle::mutex, 2> knives;
};

heddle::mutex global_mutex;
heddle::var<bool> global_flag{false};

}  // namespace

TEST_CASE("members are named where the text has two alternatives that open one block", "[verdict]") {
  const std::vector<std::string> rows = rows_of([] {
    Logger logger;
    logger.run();
    HEDDLE_ASSERT(false);
  });
  CHECK(has_row(rows, "lock door_"));
  CHECK(has_row(rows, "write done_: = true"));
}

TEST_CASE("variables and globals have the names of their declarations", "[verdict]") {
  const auto rows = rows_of([] {
    heddle::mutex local;
    heddle::var<int> one{1}, two{2};
    local.lock();
    local.unlock();
    global_mutex.lock();
    global_mutex.unlock();
    one = two + 1;
    global_flag = true;
    HEDDLE_ASSERT(false);
  });
  CHECK(has_row(rows, "lock local"));
  CHECK(has_row(rows, "lock global_mutex"));
  CHECK(has_row(rows, "read two: = 2"));
  CHECK(has_row(rows, "write one: = 3"));
  CHECK(has_row(rows, "write global_flag: = true"));
}

TEST_CASE("members have their own names, not the constructor's or the class's", "[verdict]") {
  const auto rows = rows_of([] {
    Queue queue(3);
    queue.touch();
    Box<int> box;
    box.lid.lock();
    box.lid.unlock();
    HEDDLE_ASSERT(false);
  });
  CHECK(has_row(rows, "lock mutex_"));
  CHECK(has_row(rows, "notify_all not_full_: nobody waits"));
  CHECK(has_row(rows, "notify_one not_empty_: nobody waits"));
  CHECK(has_row(rows, "read size_: = 0"));
  CHECK(has_row(rows, "write size_: = 1"));
  CHECK(has_row(rows, "write head_: = 3"));
  CHECK(has_row(rows, "store lucky_: = 7"));
  CHECK(has_row(rows, "lock lid"));
}

TEST_CASE("several objects of a class are numbered, and so are the elements of arrays", "[verdict]") {
  const auto rows = rows_of([] {
    Account from;
    Account to;
    to.m.lock();
    from.balance = 4;
    to.m.unlock();
    heddle::mutex array[2];
    array[1].lock();
    array[1].unlock();
    std::vector<heddle::mutex> many(3);
    many[2].lock();
    many[2].unlock();
    HEDDLE_ASSERT(false);
  });
  CHECK(has_row(rows, "lock Account#2.m"));
  CHECK(has_row(rows, "write Account#1.balance: = 4"));
  CHECK(has_row(rows, "lock array[1]"));
  CHECK(has_row(rows, "lock many[2]"));
}

TEST_CASE("elements of an array that are made in its initialiser are not called after what they are made from",
          "[verdict]") {
  const auto rows = rows_of([] {
    enum Side { left, right };
    std::array<heddle::atomic<Side>, 2> at{left, left};
    heddle::atomic<int> counts[2] = {0, 0};
    at[1].store(right);
    counts[0].store(3);
    HEDDLE_ASSERT(false);
  });
  CHECK(has_row(rows, "store at[1]: = 1"));
  CHECK(has_row(rows, "store counts[0]: = 3"));
}

TEST_CASE("members that are arrays are told by their elements", "[verdict]") {
  const auto rows = rows_of([] {
    Table table;
    table.forks[1].lock();
    table.forks[1].unlock();
    table.knives[1].lock();
    table.knives[1].unlock();
    HEDDLE_ASSERT(false);
  });
  CHECK(has_row(rows, "lock forks[1]"));
  CHECK(has_row(rows, "lock knives[1]"));
}

TEST_CASE("a type whose name is part of another's does not lend its names", "[verdict]") {
  struct Ring {
    heddle::condition_variable room_, filled_;  // a condition_variable is no var
    std::array<heddle::var<int>, 2> ring_{0, 0};
  };
  const auto rows = rows_of([] {
    Ring ring;
    ring.ring_[1] = 3;
    HEDDLE_ASSERT(ring.ring_[1] == 4);
  });
  for (const std::string& row : rows) {
    CHECK_THAT(row, !Catch::Contains("room_"));
    CHECK_THAT(row, !Catch::Contains("filled_"));
  }
}

TEST_CASE("what is made by new is called after the pointer", "[verdict]") {
  const auto rows = rows_of([] {
    auto* raw = new heddle::mutex;
    raw->lock();
    raw->unlock();
    delete raw;
    const auto owned = std::make_unique<heddle::mutex>();
    owned->lock();
    owned->unlock();
    HEDDLE_ASSERT(false);
  });
  CHECK(has_row(rows, "lock raw"));
  CHECK(has_row(rows, "lock owned"));
}

TEST_CASE("a function-local static is told by its name", "[verdict]") {
  const auto rows = rows_of([] {
    const auto use = [] {
      static const int answer = static_cast<int>(heddle::choose(1)) + 42;
      return answer;
    };
    HEDDLE_ASSERT(use() == 0);
  });
  CHECK(has_row(rows, "use static answer: now being initialised"));
  CHECK(has_row(rows, "initialised static answer: now initialised"));
}

TEST_CASE("what an atomic_ref refers to is told by its name", "[verdict]") {
  const auto rows = rows_of([] {
    int total = 0;
    alignas(8) int bins[2] = {0, 0};
    heddle::atomic_ref<int> counter(total);
    counter.store(1);
    heddle::atomic_ref(bins[1]).store(2);
    heddle::atomic_ref<int>(bins[0]).notify_one();
    HEDDLE_ASSERT(false);
  });
  CHECK(has_row(rows, "store counter: = 1"));
  CHECK(has_row(rows, "store bins[1]: = 2"));
  CHECK(has_row(rows, "notify_one bins[0]: nobody waits"));
}

TEST_CASE("brackets before the name of a class need not end an attribute", "[verdict]") {
  const auto file = std::filesystem::temp_directory_path() / "heddle_brackets.cpp";
  std::ofstream(file) << "int x[y[0]] Queue;\n";
  heddle::runtime::SourceLines lines;
  heddle::runtime::Declarations declarations(lines);
  const auto found = declarations.of({file.string(), 1, "Queue"}, 1, "mutex");
  REQUIRE(found.size() == 1);
  CHECK(found[0].owner.empty());
  std::filesystem::remove(file);
}
