// Loops that wait, under each memory model: a loop of one read is as good as the read and the assumption that it ends
// the loop, which have an oracle of their own. The same complete executions, each once; and the loop is endless where
// the assumption is false of the newest write.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <regex>
#include <sstream>

#include "oracle/compare.hpp"
#include "oracle/families.hpp"
#include "oracle/fresh_seed.hpp"
#include "oracle/shrink.hpp"

using namespace heddle::oracle;

namespace {

Program with_assumptions(Program program) {
  for (ProgramThread& thread : program.threads)
    for (Action& action : thread.actions)
      if (action.act == Act::again) action = {.act = Act::assume, .other = 1, .expected = action.expected};
  return program;
}

/// Whether each loop is one read, before which the register holds what makes it go on: so that the first round is like
/// all others.
bool is_of_one_read(const Program& program) {
  for (const ProgramThread& thread : program.threads) {
    for (std::size_t at = 0; at < thread.actions.size(); ++at) {
      const Action& again = thread.actions[at];
      if (again.act != Act::again) continue;
      if (at < 2 || again.value != 1 || again.only_if >= 0) return false;
      const Action& read = thread.actions[at - 1];
      const Action& set = thread.actions[at - 2];
      if ((read.act != Act::load && read.act != Act::compare_exchange) || read.only_if >= 0) return false;
      if (read.act == Act::compare_exchange && (read.value_is_register || read.expected == again.expected))
        return false;
      if (set.act != Act::set || set.only_if >= 0 || set.value != again.expected) return false;
    }
  }
  return true;
}

/// With a fence before the read of each loop.
Program with_fences(Program program, Ordering order) {
  for (ProgramThread& thread : program.threads) {
    for (std::size_t at = 0; at < thread.actions.size(); ++at) {
      if (thread.actions[at].act != Act::again) continue;
      thread.actions[at].value++;
      thread.actions.insert(thread.actions.begin() + static_cast<std::ptrdiff_t>(at) - 1,
                            Action{.act = Act::fence, .order = order});
      ++at;
    }
  }
  return program;
}

struct Tally {
  std::size_t complete = 0, livelocks = 0, weak = 0, in_vain = 0;
};

/// A trace without the rounds, of a fence and a read, that are in it because what the compiler leaves in dead registers
/// made the first round of a loop differ from the others.
std::string without_first_rounds(const std::string& trace) {
  std::vector<std::vector<std::string>> kept;       // by thread
  std::vector<std::vector<std::size_t>> new_index;  // of its events
  std::istringstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> events;
    std::istringstream words(line.substr(line.find(':') + 1));
    for (std::string event; std::getline(words >> std::ws, event, ';');) events.push_back(event);
    const auto operation = [&](std::size_t at) { return events[at].substr(0, events[at].find('<')); };
    kept.emplace_back();
    new_index.emplace_back(events.size());
    for (std::size_t at = 0; at < events.size(); ++at) {
      new_index.back()[at] = kept.back().size();
      if (events[at] == "fence" && at + 3 < events.size() && events[at + 2] == "fence" &&
          operation(at + 1) == operation(at + 3) && events[at + 1].find('^') == std::string::npos)
        ++at;
      else
        kept.back().push_back(events[at]);
    }
  }
  std::string text;
  const std::regex reference("([<^])([0-9]+)\\.([0-9]+)");
  for (const std::vector<std::string>& events : kept) {
    for (std::string event : events) {
      std::smatch found;
      for (; std::regex_search(event, found, reference); event = found.suffix())
        text += found.prefix().str() + found[1].str() + found[2].str() + "." +
                std::to_string(new_index.at(std::stoul(found[2])).at(std::stoul(found[3])));
      text += event + "; ";
    }
    text += "\n";
  }
  return text;
}

std::map<std::string, unsigned> without_first_rounds(const std::map<std::string, unsigned>& traces) {
  std::map<std::string, unsigned> result;
  for (const auto& [trace, times] : traces) result[without_first_rounds(trace)] = 1;
  return result;
}

std::string difference(const Program& program, const std::string& model, Tally& tally) {
  heddle::Options options;
  options.model = model;
  options.max_events = 64;
  const Exploration loops = explore(program, true, options);
  const Exploration assumptions = explore(with_assumptions(program), false, options);
  std::string text;
  for (const Exploration* exploration : {&loops, &assumptions})
    for (const std::string& fault : exploration->faults) text += fault + "\n";
  const bool fences = std::any_of(program.threads.begin(), program.threads.end(), [](const ProgramThread& thread) {
    return std::any_of(thread.actions.begin(), thread.actions.end(),
                       [](const Action& action) { return action.act == Act::again && action.value == 2; });
  });
  const auto shown = [&](const std::map<std::string, unsigned>& traces) {
    return fences ? without_first_rounds(traces) : traces;
  };
  compare_sets("complete", shown(assumptions.traces.complete), shown(loops.traces.complete), text);
  compare_sets("livelock", shown(assumptions.stuck), shown(loops.traces.livelocks), text);
  tally.complete += loops.traces.complete.size();
  tally.livelocks += loops.traces.livelocks.size();
  tally.in_vain += loops.traces.in_vain;
  return text;
}

/// What is done to a program before it is explored.
using Change = std::function<Program(const Program&, unsigned number)>;

Tally compare_programs(std::uint64_t seed, unsigned count, const Change& change) {
  Tally tally;
  Random random(seed);
  for (unsigned i = 0; i < count; ++i) {
    const Program drawn = random_program(loops_and_orders(), random);
    if (!is_of_one_read(drawn)) continue;
    const Program program = change(drawn, i);
    std::size_t under_sc = 0;
    for (const char* model : {"sc", "tso", "ra", "rc11"}) {
      const std::size_t before = tally.complete;
      if (difference(program, model, tally).empty()) {
        if (model == std::string("sc")) under_sc = tally.complete - before;
        tally.weak += tally.complete - before > under_sc ? 1 : 0;
        continue;
      }
      const Program small = shrink(drawn, [&](const Program& p) {
        return is_of_one_read(p) && !difference(change(p, i), model, tally).empty();
      });
      UNSCOPED_INFO("seed " << seed << ", program " << i << ":\n"
                            << as_harness(change(small, i)) << "\nunder " << model << ":\n"
                            << difference(change(small, i), model, tally));
      FAIL();
    }
  }
  return tally;
}

}  // namespace

TEST_CASE("memory models: loops that wait", "[oracle][models]") {
  const Change as_it_is = [](const Program& program, unsigned) { return program; };
  compare_programs(fresh_seed(), 150, as_it_is);
  const Tally tally = compare_programs(1, 300, as_it_is);
  CHECK(tally.complete > 2'000);
  CHECK(tally.livelocks > 200);
  CHECK(tally.weak > 30);
}

TEST_CASE("memory models: loops that wait, with a fence in each round", "[oracle][models]") {
  const Change with_a_fence = [](const Program& program, unsigned number) {
    using enum Ordering;
    constexpr Ordering orders[] = {acquire, release, acq_rel, seq_cst};
    return with_fences(program, orders[number % 4]);
  };
  compare_programs(fresh_seed(), 150, with_a_fence);
  const Tally tally = compare_programs(2, 300, with_a_fence);
  CHECK(tally.complete > 2'000);
  CHECK(tally.livelocks > 200);
  CHECK(tally.weak > 30);
}
