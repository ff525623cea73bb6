// Drawn execution graphs: which edges they have, and that Graphviz takes them.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <heddle/heddle.hpp>
#include <mutex>
#include <regex>
#include <string>

namespace {

std::string graph_of(const std::function<void()>& harness, heddle::Options options = {}) {
  const heddle::Result result = heddle::check(options, harness);
  INFO(result.reason);
  REQUIRE(result.findings.size() == 1);
  return result.findings[0].graph;
}

/// "s3", the node whose label begins with `label`; empty where there is none.
std::string node(const std::string& graph, const std::string& label) {
  const std::size_t at = graph.find(" [label=\"" + label);
  return at == std::string::npos ? "" : graph.substr(graph.rfind(' ', at - 1) + 1, at - graph.rfind(' ', at - 1) - 1);
}

/// The names of the relations drawn from one node to the other: "rf hb"; empty where no edge is.
std::string relations(const std::string& graph, const std::string& from, const std::string& to) {
  const std::string edge = node(graph, from) + " -> " + node(graph, to) + " [label=\"";
  const std::size_t at = graph.find(edge);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + edge.size();
  return graph.substr(begin, graph.find('"', begin) - begin);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t number = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++number;
  return number;
}

void store_buffering() {
  heddle::atomic<int> left{0};
  heddle::atomic<int> right{0};
  heddle::atomic<int> zeros{0};
  const auto run = [&](heddle::atomic<int>& mine, heddle::atomic<int>& other) {
    mine.store(1, std::memory_order_relaxed);
    if (other.load(std::memory_order_relaxed) == 0) HEDDLE_ASSERT(zeros.fetch_add(1, std::memory_order_relaxed) == 0);
  };
  heddle::thread first([&] { run(left, right); });
  run(right, left);
  first.join();
}

}  // namespace

TEST_CASE("the drawing of store buffering has both reads before the stores that they miss", "[verdict]") {
  const std::string graph = graph_of(store_buffering);
  CHECK(relations(graph, "load right", "store right") == "fr");
  CHECK(relations(graph, "load left", "store left") == "fr");
  CHECK(relations(graph, "fetch_add zeros (relaxed) 0", "fetch_add zeros (relaxed) 1") == "rf");  // synchronizes not
  CHECK(relations(graph, "start T1", "store left") == "hb");
  CHECK(count(graph, "older than the newest") == 1);  // the other load comes before the store in the schedule
  CHECK(count(graph, "color=red") == 1);
}

TEST_CASE("the drawing tells a read that synchronizes from one that does not, and draws coherence", "[verdict]") {
  const std::string graph = graph_of([] {
    heddle::atomic<int> flag{0};
    heddle::thread writer([&] { flag.store(1, std::memory_order_release); });
    heddle::thread other([&] { flag.store(2, std::memory_order_relaxed); });
    const int seen = flag.load(std::memory_order_acquire);
    writer.join();
    other.join();
    const bool as_drawn = seen == 1 && flag.load() == 2;
    HEDDLE_ASSERT(!as_drawn);
  });
  CHECK(relations(graph, "store flag (release) = 1", "load flag (acquire) = 1") == "rf hb");
  CHECK(relations(graph, "store flag (release) = 1", "store flag (relaxed) = 2") == "co");
  CHECK(relations(graph, "load flag (acquire) = 1", "store flag (relaxed) = 2") == "fr");
  CHECK(relations(graph, "store flag (relaxed) = 2", "load flag = 2") == "rf");  // the join synchronizes
  CHECK(relations(graph, "ends", "join T1") == "hb");
}

TEST_CASE("a lock that is handed on is drawn once: read from, and happening before", "[verdict]") {
  const std::string graph = graph_of([] {
    heddle::mutex m;
    heddle::var<int> x{0};
    heddle::thread other([&] {
      const std::lock_guard lock(m);
      x = 1;
    });
    {
      const std::lock_guard lock(m);
      HEDDLE_ASSERT(x == 0);
    }
    other.join();
  });
  CHECK(count(graph, "label=\"rf hb\"") == 1);
  CHECK(count(graph, "label=\"co\"") + count(graph, "label=\"fr\"") == 0);
  CHECK(node(graph, "write x = 1") != "");
}

TEST_CASE("Graphviz draws a graph of every kind of finding", "[verdict]") {
  if (std::system("command -v dot >/dev/null 2>&1") != 0) {
    WARN("dot is not installed: not tested");
    return;
  }
  heddle::Options liveness;
  liveness.search = "liveness";
  const auto for_ever = [] {
    heddle::atomic<bool> go{false};
    heddle::thread other([&] {
      while (!go.load()) heddle::this_thread::yield();
    });
    other.join();
  };
  const auto deadlock = [] {
    heddle::mutex m;
    m.lock();
    m.lock();
  };
  for (const std::string& graph : {graph_of(store_buffering), graph_of(for_ever, liveness), graph_of(deadlock),
                                   graph_of([] { HEDDLE_ASSERT(std::string("\"<\\>\n") == ""); })}) {
    FILE* dot = popen("dot -Tsvg >/dev/null 2>&1", "w");
    REQUIRE(dot != nullptr);
    std::fputs(graph.c_str(), dot);
    CHECK(pclose(dot) == 0);
  }
}
