// The classic litmus programs: how many executions each has under each memory model, and whether its weak outcome is
// reached. litmus.tsv says both.
#include <catch2/catch.hpp>
#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "checker/search/exhaustive.hpp"
#include "oracle/compare.hpp"

using namespace heddle;
using namespace heddle::oracle;

namespace {

std::vector<std::string> split(const std::string& text, const std::string& at) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t to = 0; (to = text.find(at, from)) != std::string::npos; from = to + at.size())
    parts.push_back(text.substr(from, to - from));
  parts.push_back(text.substr(from));
  return parts;
}

Ordering order_of(const std::string& word) {
  static const std::map<std::string, Ordering> orders = {{"relaxed", Ordering::relaxed},
                                                         {"acquire", Ordering::acquire},
                                                         {"release", Ordering::release},
                                                         {"seq_cst", Ordering::seq_cst}};
  return orders.at(word);
}

/// A program of the table, and where its registers are.
struct Litmus {
  Program program;
  std::map<std::string, std::pair<unsigned, unsigned>> registers;  ///< thread, and which of its loads
  std::vector<std::pair<std::string, int>> weak;                   ///< the outcome: registers and locations
};

std::uint8_t location(char name) { return name == 'x' ? 0 : 1; }

/// "x=1", "a=y", "F(release)", "fetch_add(y,1) relaxed": a statement, with an order of its own or those of the table.
Action statement(const std::string& text, const std::string& orders, std::string& result) {
  std::istringstream words(text);
  std::string what;
  std::string own;
  words >> what >> own;
  const auto default_order = [&](std::size_t which) { return order_of(own.empty() ? split(orders, "/")[which] : own); };
  if (what.starts_with("F(")) return {.act = Act::fence, .order = order_of(what.substr(2, what.size() - 3))};
  if (what.starts_with("fetch_add("))
    return {.act = Act::fetch_add, .object = location(what[10]), .value = 1, .order = default_order(0)};
  if (std::isdigit(static_cast<unsigned char>(what[2])) != 0)
    return {.act = Act::store,
            .object = location(what[0]),
            .value = static_cast<std::int8_t>(what[2] - '0'),
            .order = default_order(0)};
  result = what.substr(0, 1);
  return {.act = Act::load, .object = location(what[2]), .order = default_order(1)};
}

Litmus parse(const std::string& orders, const std::string& text, const std::string& outcome) {
  Litmus litmus;
  litmus.program.threads.resize(1);
  for (const std::string& part : split(text, " || ")) {
    ProgramThread thread;
    unsigned loads = 0;
    for (const std::string& code : split(part, "; ")) {
      std::string result;
      thread.actions.push_back(statement(code, orders, result));
      if (!result.empty()) litmus.registers[result] = {static_cast<unsigned>(litmus.program.threads.size()), loads++};
    }
    litmus.program.threads[0].actions.push_back(
        {.act = Act::spawn, .other = static_cast<std::uint8_t>(litmus.program.threads.size())});
    litmus.program.threads.push_back(thread);
  }
  for (std::size_t at = outcome.find('='); at != std::string::npos; at = outcome.find('=', at + 1))
    litmus.weak.emplace_back(outcome.substr(at - 1, 1), outcome[at + 1] - '0');
  return litmus;
}

/// Looks whether some execution has the weak outcome.
class Watcher final : public search::Observer {
 public:
  explicit Watcher(const Litmus& litmus) : litmus_(litmus) {}

  bool reached = false;
  std::uint64_t complete = 0;

  void leaf(search::Leaf kind, const graph::ExecutionGraph& graph) override {
    REQUIRE(kind == search::Leaf::complete);
    complete++;
    bool all = true;
    for (const auto& [name, value] : litmus_.weak) all = all && value_of(graph, name) == value;
    reached = reached || all;
  }
  void fault(const graph::ExecutionGraph&) override { FAIL("a fault"); }
  void nested_lock(const graph::ExecutionGraph&) override {}
  bool wants_to_stop() override { return false; }

 private:
  int value_of(const graph::ExecutionGraph& graph, const std::string& name) const {
    const auto here = litmus_.registers.find(name);
    unsigned loads = 0;
    for (graph::Position at = 0; at < graph.size() && here != litmus_.registers.end(); ++at) {
      const graph::Event& event = graph[at];
      if (event.thread != here->second.first || event.operation.kind != graph::OperationKind::load) continue;
      if (loads++ == here->second.second)
        return static_cast<int>(graph.value_of(event.operation.location, event.source).low);
    }
    const graph::LocationId id = 1 + 2 * location(name[0]);  // between them are those who wait for an atomic
    return static_cast<int>(graph.value_of(id, graph.location(id).last).low);
  }

  const Litmus& litmus_;
};

void check_row(const std::vector<std::string>& row) {
  const Litmus litmus = parse(row[1] == "mixed" ? "relaxed/relaxed" : row[1], row[2], row[3]);
  const std::vector<std::string> models = {"sc", "tso", "ra", "rc11"};
  auto comparisons = compare_under(models, litmus.program);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string& expected = row[4 + i];
    INFO(row[0] << " " << row[1] << " under " << models[i] << ": " << expected);
    Watcher watcher(litmus);
    Options options;
    options.model = models[i];
    const Exploration found = explore_with(litmus.program, options, watcher);
    CHECK(watcher.complete == std::stoull(expected));
    CHECK(watcher.reached == expected.ends_with("!"));
    CHECK(found.blocked == 0);
    const Comparison& comparison = comparisons[models[i]];
    INFO(comparison.difference);
    CHECK_FALSE(comparison.too_large);
    CHECK(comparison.difference.empty());
  }
}

/// Checks the row of this name and these orders.
void check(const std::string& name, const std::string& orders) {
  std::ifstream table(HEDDLE_SOURCE_DIR "/tests/oracle/litmus.tsv");
  for (std::string line; std::getline(table, line);) {
    const std::vector<std::string> row = split(line, "\t");
    if (row.size() == 8 && row[0] == name && row[1] == orders) return check_row(row);
  }
  FAIL("no such row: " << name << " " << orders);
}

}  // namespace

#define LITMUS(name, orders) \
  TEST_CASE(name " " orders, "[litmus][models]") { check(name, orders); }

LITMUS("SB", "relaxed/relaxed")
LITMUS("MP", "relaxed/relaxed")
LITMUS("LB", "relaxed/relaxed")
LITMUS("IRIW", "relaxed/relaxed")
LITMUS("2+2W", "relaxed/relaxed")
LITMUS("WRC", "relaxed/relaxed")
LITMUS("CoRR", "relaxed/relaxed")
LITMUS("R", "relaxed/relaxed")
LITMUS("S", "relaxed/relaxed")
LITMUS("SB", "release/acquire")
LITMUS("MP", "release/acquire")
LITMUS("LB", "release/acquire")
LITMUS("IRIW", "release/acquire")
LITMUS("2+2W", "release/acquire")
LITMUS("WRC", "release/acquire")
LITMUS("CoRR", "release/acquire")
LITMUS("R", "release/acquire")
LITMUS("S", "release/acquire")
LITMUS("SB", "seq_cst/seq_cst")
LITMUS("MP", "seq_cst/seq_cst")
LITMUS("LB", "seq_cst/seq_cst")
LITMUS("IRIW", "seq_cst/seq_cst")
LITMUS("2+2W", "seq_cst/seq_cst")
LITMUS("WRC", "seq_cst/seq_cst")
LITMUS("CoRR", "seq_cst/seq_cst")
LITMUS("R", "seq_cst/seq_cst")
LITMUS("S", "seq_cst/seq_cst")
LITMUS("SB fences", "relaxed/relaxed")
LITMUS("MP fences", "relaxed/relaxed")
LITMUS("IRIW fences", "relaxed/relaxed")
LITMUS("MP release sequence", "mixed")
