// The same programs through the engine.
#include "checker/analysis/fair_cycles.hpp"
#include "checker/core/error.hpp"
#include "checker/search/liveness.hpp"
#include "liveness/loop_program.hpp"
#include "models/heddle/heddle.hpp"

namespace heddle::liveness_oracle {

namespace {

struct World {
  atomic<int> x[atomics];
  mutex m[mutexes];
  condition_variable c;
  var<int> p{0};
};

class Runner {
 public:
  Runner(World& world, const std::vector<Action>& actions) : world_(world), actions_(actions) {}

  void run() {
    for (unsigned at = 0; at < actions_.size();) {
      const Action& a = actions_[at++];
      if (a.act == Act::skip_if)
        at += reg_ == a.value ? 1 : 0;
      else
        perform(a);
      if (a.act == Act::back) at = a.target;
    }
  }

 private:
  void perform(const Action& a) {
    atomic<int>& x = world_.x[a.object];
    switch (a.act) {
      case Act::load:
        reg_ = x.load();
        break;
      case Act::store:
        x.store(a.value);
        break;
      case Act::exchange:
        reg_ = x.exchange(a.value);
        break;
      case Act::increase:
        x.store((reg_ + 1) % 3);
        break;
      case Act::claim: {
        int expected = a.value;
        reg_ = x.compare_exchange_strong(expected, a.other) ? 1 : 0;
        break;
      }
      case Act::choose:
        reg_ = static_cast<int>(choose(2));
        break;
      case Act::write:
        world_.p = 1;
        break;
      case Act::read:
        static_cast<void>(world_.p.read());
        break;
      case Act::progress:
        progress();
        break;
      case Act::deny:
        HEDDLE_ASSERT(reg_ != a.value);
        break;
      case Act::back:
        static_cast<void>(x.load());
        break;
      default:
        perform_lock(a);
        break;
    }
  }

  void perform_lock(const Action& a) {
    bool& held = held_[a.object];
    mutex& m = world_.m[a.object];
    switch (a.act) {
      case Act::lock:
        if (!held) m.lock();
        held = true;
        break;
      case Act::try_lock:
        if (!held) reg_ = (held = m.try_lock()) ? 1 : 0;
        break;
      case Act::unlock:
        if (held) m.unlock();
        held = false;
        break;
      case Act::wait:
        if (held_[0]) {
          std::unique_lock<mutex> lock(world_.m[0], std::adopt_lock);
          world_.c.wait(lock);
          lock.release();
        }
        break;
      case Act::notify_one:
        world_.c.notify_one();
        break;
      default:
        world_.c.notify_all();
        break;
    }
  }

  World& world_;
  const std::vector<Action>& actions_;
  int reg_ = 0;
  bool held_[mutexes] = {};
};

class Watcher final : public search::StateObserver {
 public:
  explicit Watcher(Outcomes& outcomes, const runtime::Execution& execution)
      : outcomes_(outcomes), execution_(execution) {}
  void fault(graph::StateId, search::Move, bool race) override {
    if (race)
      outcomes_.race = true;
    else if (execution_.fault().kind == FindingKind::assertion)
      outcomes_.assertion = true;
    else
      throw Error("unexpected: " + execution_.fault().message);
  }
  void standstill(graph::StateId) override { outcomes_.deadlock = true; }
  void complete(graph::StateId) override {}
  bool wants_to_stop(std::size_t) override { return outcomes_.race; }

 private:
  Outcomes& outcomes_;
  const runtime::Execution& execution_;
};

}  // namespace

void run_as_harness(const Program& program) {
  auto* world = new World;  // never destroyed: threads may hold its locks at the end
  std::vector<thread> threads;
  threads.reserve(program.threads.size());
  for (const auto& actions : program.threads) threads.emplace_back([&] { Runner(*world, actions).run(); });
  for (thread& t : threads) t.join();
}

Outcomes search(const Program& program, bool hashed) {
  Outcomes outcomes;
  const Options options;
  const std::function<void()> harness = [&] { run_as_harness(program); };
  runtime::Execution execution(options, harness);
  Watcher watcher(outcomes, execution);
  search::Liveness liveness(execution, watcher, nullptr, hashed);
  liveness.run();
  outcomes.states = liveness.graph().size();
  if (outcomes.race) return outcomes;
  for (const int strong : {0, 1}) {
    analysis::CycleQuery query;
    query.fairness = strong == 1 ? analysis::CycleFairness::strong : analysis::CycleFairness::weak;
    const auto found = [&] {
      const auto lasso = analysis::find_fair_cycle(liveness.graph(), query);
      if (lasso && !analysis::is_fair(liveness.graph(), lasso->cycle, query.fairness))
        throw Error("a cycle that is not fair was told");
      return lasso.has_value();
    };
    query.starved = core::no_thread;
    outcomes.livelock[strong] = found();
    for (unsigned t = 0; t <= program.threads.size(); ++t) {
      query.starved = static_cast<core::ThreadId>(t);
      query.counts = [&](graph::StateId state, bool moves) {
        return liveness.should_progress(state, query.starved, moves);
      };
      if (found()) outcomes.starved[strong] |= 1u << t;
    }
  }
  return outcomes;
}

}  // namespace heddle::liveness_oracle
