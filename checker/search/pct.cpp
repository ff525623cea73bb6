// Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
// Probabilistic Guarantees of Finding Bugs", ASPLOS 2010.
//
// The thread of the highest priority goes, always. Priorities are a random order of the threads; at d-1 random steps
// the thread that would go next falls behind all others. A fault that needs d ordering constraints (its depth; most
// need one to three) is found in one execution of n threads and k steps with a probability of at least 1/(n·k^(d-1)).
//
// n and k are not known before: they are the largest seen so far, so the promise is made for the executions since they
// last grew. A thread that does nothing but look (a loop that waits) would keep everybody else from moving: after many
// such steps in a row it falls behind, which the paper leaves to calls of yield. Until a thread has done so, the
// promise holds as it stands.
#include <algorithm>
#include <cmath>

#include "checker/search/coverage.hpp"
#include "checker/search/strategy.hpp"

namespace heddle::search {

namespace {

constexpr unsigned patience = 100;  ///< steps in a row that change nothing

class Pct final : public Strategy {
 public:
  explicit Pct(std::uint64_t depth) : depth_(depth) {}

  void begin(Random& random) override {
    order_.clear();
    fallen_.assign(depth_ - 1, none_yet);
    changes_.resize(depth_ - 1);
    for (std::uint64_t& change : changes_) change = random.below(steps_);
    step_ = 0;
    idle_ = 0;
    last_ = core::no_thread;
  }

  std::size_t choose(const std::vector<Candidate>& candidates, Random& random) override {
    for (const Candidate& candidate : candidates) meet(candidate.thread, random);
    for (std::size_t i = 0; i < changes_.size(); ++i)
      if (changes_[i] == step_) fall(candidates[highest(candidates)].thread, i);
    if (idle_ >= patience) give_way();
    step_++;
    return highest(candidates);
  }

  void happened(const graph::ExecutionGraph& graph) override {
    const graph::Event& event = graph[graph.size() - 1];
    const bool looked =
        event.reads && (!event.writes || event.value == graph.value_of(event.operation.location, event.source));
    idle_ = looked && event.thread == last_ ? idle_ + 1 : 0;
    last_ = event.thread;
  }

  void end(const graph::ExecutionGraph& graph, const Random&) override {
    const auto steps = static_cast<std::uint64_t>(graph.size());
    const std::uint64_t threads = graph.thread_count();
    if (steps > steps_ || threads > threads_) executions_ = 0;
    // The execution in which they grew was made with the smaller ones.
    if (steps <= steps_ && threads <= threads_) executions_++;
    steps_ = std::max(steps_, steps);
    threads_ = std::max(threads_, threads);
  }

  std::string promise(bool interleaved) const override {
    if (!interleaved)
      return "PCT promises nothing where reads of older writes are drawn too: use --model=sc for its promise";
    const double one =
        -std::log10(static_cast<double>(threads_)) - static_cast<double>(depth_ - 1) * std::log10(steps_);
    const double missed = std::exp(static_cast<double>(executions_) * std::log1p(-std::pow(10, one)));
    std::string text =
        "With n=" + std::to_string(threads_) + " threads, k=" + std::to_string(steps_) +
        " steps and depth d=" + std::to_string(depth_) +
        ", a fault of depth d is found with a probability of at least 1/(n*k^(d-1)) = " + power_of_ten(one) +
        " an execution, and of " + percent(1 - missed) + " in " + std::to_string(executions_) + " of them";
    if (gave_way_) text += "; threads that waited in a loop were made to give way, for which this is no promise";
    return text;
  }

 private:
  static constexpr graph::ThreadId none_yet = core::no_thread;

  /// A thread that is new takes a random place in the order.
  void meet(graph::ThreadId thread, Random& random) {
    if (std::find(order_.begin(), order_.end(), thread) != order_.end() ||
        std::find(fallen_.begin(), fallen_.end(), thread) != fallen_.end())
      return;
    order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(random.below(order_.size() + 1)), thread);
  }

  void leave(graph::ThreadId thread) {
    std::erase(order_, thread);
    std::replace(fallen_.begin(), fallen_.end(), thread, none_yet);
  }

  /// Below all others, and among those that fell: the place of the change, whenever it came.
  void fall(graph::ThreadId thread, std::size_t change) {
    leave(thread);
    fallen_[change] = thread;
  }

  void give_way() {
    gave_way_ = true;
    idle_ = 0;
    leave(last_);
    // Below those that fell too: for good, since its own place among them is taken.
    fallen_.push_back(last_);
  }

  std::size_t highest(const std::vector<Candidate>& candidates) const {
    const auto rank = [this](graph::ThreadId thread) {
      const auto standing = std::find(order_.begin(), order_.end(), thread);
      if (standing != order_.end()) return standing - order_.begin();
      const auto fallen = std::find(fallen_.begin(), fallen_.end(), thread);
      return static_cast<std::ptrdiff_t>(order_.size()) + (fallen - fallen_.begin());
    };
    const auto best = std::min_element(candidates.begin(), candidates.end(),
                                       [&](const auto& a, const auto& b) { return rank(a.thread) < rank(b.thread); });
    return static_cast<std::size_t>(best - candidates.begin());
  }

  std::uint64_t depth_;
  std::uint64_t threads_ = 1;            ///< the most seen
  std::uint64_t steps_ = 1;              ///< likewise
  std::uint64_t executions_ = 0;         ///< made since one of them grew
  std::vector<graph::ThreadId> order_;   ///< threads that have not fallen, the first goes first
  std::vector<graph::ThreadId> fallen_;  ///< and behind them: by the number of the change that made it fall
  std::vector<std::uint64_t> changes_;   ///< at which steps
  std::uint64_t step_ = 0;
  unsigned idle_ = 0;  ///< steps in a row in which `last_` has changed nothing
  graph::ThreadId last_ = core::no_thread;
  bool gave_way_ = false;
};

}  // namespace

std::unique_ptr<Strategy> make_pct(std::uint64_t depth) { return std::make_unique<Pct>(depth); }

}  // namespace heddle::search
