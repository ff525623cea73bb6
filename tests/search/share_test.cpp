// Which share of the exhaustive search is said to be done.
#include <catch2/catch.hpp>
#include <heddle/heddle.hpp>
#include <mutex>

#include "checker/search/exhaustive.hpp"

namespace {

using namespace heddle;

/// What the search says at each of its executions.
class Shares final : public search::Observer {
 public:
  void leaf(search::Leaf, const graph::ExecutionGraph&) override { said.push_back(search->done()); }
  void fault(const graph::ExecutionGraph&) override {}
  void nested_lock(const graph::ExecutionGraph&) override {}
  void restarted() override { said.clear(); }
  bool wants_to_stop() override { return false; }

  const search::Search* search = nullptr;
  std::vector<double> said;
};

std::vector<double> shares_of(const std::function<void()>& harness, const std::string& model_name = "sc") {
  const Options options;
  const auto model = graph::make_memory_model(model_name);
  Shares observer;
  runtime::Execution execution(options, harness);
  search::Exhaustive search(options, *model, execution, observer);
  observer.search = &search;
  search.run();
  return observer.said;
}

/// `count` threads that each run `body`.
template <class Body>
void in_threads(int count, const Body& body) {
  std::vector<thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  for (thread& each : threads) each.join();
}

void readers(int count) {
  atomic<int> x{0};
  in_threads(count + 1, [&](int i) {
    if (i == count)
      x.store(1);
    else
      static_cast<void>(x.load());
  });
}

/// Each mutex has two threads of its own.
void pairs(int count) {
  std::vector<mutex> mutexes(static_cast<std::size_t>(count));
  in_threads(2 * count, [&](int i) { const std::lock_guard lock(mutexes[static_cast<std::size_t>(i / 2)]); });
}

void lockers(int count) {
  mutex m;
  in_threads(count, [&](int) { const std::lock_guard lock(m); });
}

void fetch_adds(int count) {
  atomic<int> x{0};
  in_threads(count, [&](int) { x.fetch_add(1); });
}

void storers(int count) {
  atomic<int> x{0};
  in_threads(count, [&](int i) {
    x.store(i, std::memory_order_relaxed);
    static_cast<void>(x.load(std::memory_order_relaxed));
  });
}

void waiters() {
  mutex m;
  condition_variable changed;
  bool ready = false;
  in_threads(3, [&](int i) {
    std::unique_lock lock(m);
    if (i == 0) {
      ready = true;
      changed.notify_all();
    } else {
      changed.wait(lock, [&] { return ready; });
    }
  });
}

void semaphores() {
  counting_semaphore<3> items(0);
  in_threads(4, [&](int i) {
    if (i < 2)
      items.release();
    else
      items.acquire();
  });
}

void spinners() {
  atomic<bool> flag{false};
  in_threads(3, [&](int i) {
    if (i == 0) flag.store(true);
    while (!flag.load()) this_thread::yield();
  });
}

}  // namespace

TEST_CASE("where branches are alike, the share said to be done is that of the executions visited", "[search]") {
  // n readers beside a writer, each before it or after; n mutexes, each with two who may be first: 2^n executions.
  for (const std::function<void()>& program : {std::function([] { readers(6); }), std::function([] { pairs(6); })}) {
    const std::vector<double> said = shares_of(program);
    REQUIRE(said.size() == 64);
    for (std::size_t i = 0; i < said.size(); ++i) CHECK(said[i] == Approx(static_cast<double>(i) / 64).margin(1e-12));
  }
}

TEST_CASE("the share said to be done lies between 0 and 1, does not fall, and ends near 1", "[search]") {
  const std::vector<std::pair<const char*, std::function<void()>>> programs = {
      {"lockers", [] { lockers(4); }},
      {"fetch_adds", [] { fetch_adds(4); }},
      {"storers", [] { storers(3); }},
      {"semaphores", [] { semaphores(); }},
      {"waiters", waiters},
      {"spinners", spinners},
  };
  for (const auto& [name, program] : programs)
    for (const char* model : {"sc", "tso", "ra", "rc11"}) {
      INFO(name << " under " << model);
      const std::vector<double> said = shares_of(program, model);
      double before = 0;
      for (const double share : said) {
        CHECK(share >= before - 1e-9);
        CHECK(share < 1);
        before = share;
      }
      if (said.size() > 4) CHECK(said.back() > 0.5);
    }
}
