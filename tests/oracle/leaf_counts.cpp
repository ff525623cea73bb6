#include "checker/search/make_search.hpp"
#include "oracle/engine.hpp"

namespace heddle::oracle {

using graph::ExecutionGraph;

namespace {

class Counter final : public search::Observer {
 public:
  LeafCounts counts;

  void leaf(search::Leaf kind, const ExecutionGraph&) override {
    switch (kind) {
      case search::Leaf::complete:
        counts.complete++;
        break;
      case search::Leaf::deadlock:
        counts.deadlocks++;
        break;
      case search::Leaf::livelock:
        counts.livelocks++;
        break;
      case search::Leaf::violated:
        counts.violated++;
        break;
      default:
        counts.blocked++;
        break;
    }
  }
  void fault(const ExecutionGraph&) override {}
  void nested_lock(const ExecutionGraph&) override {}
  void restarted() override { counts = {}; }
  bool wants_to_stop() override { return false; }
};

}  // namespace

LeafCounts count_leaves(const std::function<void()>& harness, const Options& options) {
  const auto model = graph::make_memory_model(options.model);
  Counter counter;
  runtime::Execution execution(options, harness);
  search::make_search(options, *model, execution, counter)->run();
  return counter.counts;
}

}  // namespace heddle::oracle
