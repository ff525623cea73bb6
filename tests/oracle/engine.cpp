#include "oracle/engine.hpp"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <stdexcept>

#include "checker/core/error.hpp"
#include "checker/search/make_search.hpp"
#include "oracle/any_atomic.hpp"
#include "oracle/dead_state.hpp"
#include "oracle/graph_oracle.hpp"
#include "oracle/results_and_stops.hpp"

namespace heddle::oracle {

using graph::Event;
using graph::ExecutionGraph;
using graph::OperationKind;
using graph::Position;

namespace {

// --- the program as a harness ------------------------------------------------------------------------------------

/// The objects of a program, made by the main thread in this order. Never destroyed: threads may hold them at the end.
struct World {
  World(const Program& program, const Objects& objects)
      : atomics(objects.atomics, program.through_refs),
        mutexes(objects.mutexes),
        recursive_mutexes(objects.recursive_mutexes),
        conditions(program.any_conditions ? 0 : objects.conditions),
        any_conditions(program.any_conditions ? objects.conditions : 0),
        plain(objects.plain),
        shared_mutexes(objects.shared_mutexes),
        flags(objects.flags) {
    for (unsigned i = 0; i < objects.semaphores; ++i) semaphores.emplace_back(program.permits[i]);
    for (unsigned i = 0; i < objects.latches; ++i) latches.emplace_back(program.counts[i]);
    for (unsigned i = 0; i < objects.barriers; ++i) {
      if (has_completion(i))
        completing.emplace(i, comers(program, i));
      else
        barriers.emplace(i, comers(program, i));
    }
    for (unsigned i = 0; i < objects.results; ++i) results.emplace_back(i, program.threads.size(), atomics);
    for (unsigned i = 0; i < objects.stops; ++i) stops.emplace_back(program.threads.size());
  }

  Atomics atomics;
  std::vector<mutex> mutexes;
  std::vector<recursive_timed_mutex> recursive_mutexes;
  std::vector<condition_variable> conditions;
  std::vector<condition_variable_any> any_conditions;
  std::vector<var<int>> plain;
  std::vector<shared_timed_mutex> shared_mutexes;
  std::vector<once_flag> flags;
  std::deque<counting_semaphore<>> semaphores;
  std::deque<latch> latches;
  std::map<unsigned, barrier<>> barriers;
  struct Completion {
    void operator()() noexcept {}
  };
  std::map<unsigned, barrier<Completion>> completing;
  std::deque<AnyResult> results;
  std::deque<StopAndCallbacks> stops;
};

/// What each location of a World is. An atomic has two: its value and its waiters.
std::vector<std::pair<Kind, std::uint8_t>> layout(const Objects& objects) {
  std::vector<std::pair<Kind, std::uint8_t>> result{{Kind::none, 0}};
  const auto add = [&](unsigned count, std::initializer_list<Kind> kinds) {
    for (unsigned i = 0; i < count; ++i)
      for (const Kind kind : kinds) result.emplace_back(kind, static_cast<std::uint8_t>(i));
  };
  add(objects.atomics, {Kind::atomic, Kind::waiters_of_atomic});
  add(objects.mutexes, {Kind::mutex});
  add(objects.recursive_mutexes, {Kind::recursive_mutex});
  add(objects.conditions, {Kind::condition});
  add(objects.shared_mutexes, {Kind::shared_mutex});
  add(objects.flags, {Kind::flag});
  add(objects.semaphores, {Kind::semaphore});
  add(objects.latches, {Kind::latch});
  for (unsigned i = 0; i < objects.barriers; ++i) {
    if (has_completion(i)) result.emplace_back(Kind::completion, static_cast<std::uint8_t>(i));
    result.emplace_back(Kind::barrier, static_cast<std::uint8_t>(i));
  }
  add(objects.results, {Kind::result, Kind::none});
  add(objects.stops, {Kind::stop, Kind::none});
  return result;
}

class ThreadOfProgram {
 public:
  ThreadOfProgram(const Program& program, World& world, unsigned id) : program_(program), world_(world), id_(id) {}

  void run() {
    if (program_.priorities[id_] != 0) this_thread::set_priority(program_.priorities[id_]);
    run_actions(program_.threads[id_].actions);
    for (unsigned child = 0; child < program_.threads.size(); ++child) {
      if (!children_[child].joinable()) continue;
      if (program_.threads[child].detached)
        new heddle::thread(std::move(children_[child]));  // never joined; a detached one would be left behind
      else
        children_[child].join();
    }
  }

 private:
  void run_actions(const std::vector<Action>& actions) {
    bool went_back = false;
    for (std::size_t at = 0; at < actions.size(); ++at) {
      const Action& action = actions[at];
      if (!performs(action, local_)) continue;
      if (action.act == Act::again) {
        if (!std::exchange(went_back, true)) at = back_from(action, at) - 1;
      } else if (action.act == Act::set) {
        local_.reg = action.value;
      } else {
        if (kind_of(action.act) != &Objects::plain) went_back = false;
        forget_dead_state();
        perform(action);
      }
    }
  }

  void compare_exchange(const Action& a) {
    int expected = a.expected;
    auto&& atomic = world_.atomics[a.object];
    if (a.act == Act::compare_exchange)
      atomic.compare_exchange_strong(expected, operand(a, local_), of(a.order), of(a.failure));
    else
      atomic.compare_exchange_weak(expected, operand(a, local_), of(a.order), of(a.failure));
    local_.reg = expected;
  }

  [[gnu::noinline]] void perform(const Action& a) {
    const int value = operand(a, local_);
    switch (a.act) {
      case Act::load:
        local_.reg = world_.atomics[a.object].load(of(a.order));
        break;
      case Act::store:
        world_.atomics[a.object].store(value, of(a.order));
        break;
      case Act::fetch_add:
        local_.reg = world_.atomics[a.object].fetch_add(value, of(a.order));
        break;
      case Act::exchange:
        local_.reg = world_.atomics[a.object].exchange(value, of(a.order));
        break;
      case Act::compare_exchange:
      case Act::compare_exchange_weak:
        compare_exchange(a);
        break;
      case Act::atomic_wait:
        world_.atomics[a.object].wait(a.expected);
        break;
      case Act::atomic_notify_one:
        world_.atomics[a.object].notify_one();
        break;
      case Act::atomic_notify_all:
        world_.atomics[a.object].notify_all();
        break;
      case Act::choose:
        local_.reg = static_cast<int>(heddle::choose(static_cast<unsigned>(a.value)));
        break;
      case Act::assume:
        heddle::assume(is_true(a, local_));
        break;
      case Act::spawn:
        spawn(a.other);
        break;
      case Act::join:
        join(a.other);
        break;
      case Act::fence:
        heddle::atomic_thread_fence(of(a.order));
        break;
      case Act::read_plain:
        local_.reg = world_.plain[a.object];
        break;
      case Act::write_plain:
        world_.plain[a.object] = value;
        break;
      default:
        if (kind_of(a.act) == &Objects::shared_mutexes)
          perform_on_shared(a);
        else if (kind_of(a.act) == &Objects::semaphores || kind_of(a.act) == &Objects::latches ||
                 kind_of(a.act) == &Objects::barriers)
          perform_together(a);
        else if (kind_of(a.act) == &Objects::results)
          world_.results[a.object].perform(a, id_, local_);
        else if (kind_of(a.act) == &Objects::stops)
          world_.stops[a.object].perform(a, id_, local_, world_.atomics);
        else if (kind_of(a.act) == &Objects::conditions)
          perform_on_conditions(a);
        else if (a.act == Act::call_once)
          call_once(a);
        else if (a.act == Act::sleep_for)
          this_thread::sleep_for(limit(a));
        else
          perform_under_locks(a);
        break;
    }
  }

  /// Semaphores, latches and barriers.
  void perform_together(const Action& a) {
    switch (a.act) {
      case Act::acquire:
        world_.semaphores[a.object].acquire();
        break;
      case Act::try_acquire:
        local_.reg = world_.semaphores[a.object].try_acquire() ? 1 : 0;
        break;
      case Act::acquire_for:
        local_.reg = world_.semaphores[a.object].try_acquire_for(limit(a)) ? 1 : 0;
        break;
      case Act::release:
        world_.semaphores[a.object].release(operand(a, local_));
        break;
      case Act::count_down:
        world_.latches[a.object].count_down(operand(a, local_));
        break;
      case Act::try_wait:
        local_.reg = world_.latches[a.object].try_wait() ? 1 : 0;
        break;
      case Act::latch_wait:
        world_.latches[a.object].wait();
        break;
      default:
        if (has_completion(a.object))
          arrive(world_.completing.at(a.object), a);
        else
          arrive(world_.barriers.at(a.object), a);
        break;
    }
  }

  static memory_order of(Ordering order) {
    static constexpr memory_order orders[] = {memory_order_relaxed, memory_order_acquire, memory_order_release,
                                              memory_order_acq_rel, memory_order_seq_cst};
    return orders[static_cast<int>(order)];
  }

  void spawn(unsigned child) {
    local_.spawned |= static_cast<std::uint8_t>(1u << child);
    children_[child] =
        heddle::thread([&program = program_, &world = world_, child] { ThreadOfProgram(program, world, child).run(); });
  }
  void join(unsigned child) {
    local_.joined |= static_cast<std::uint8_t>(1u << child);
    children_[child].join();
  }

  void arrive(auto& barrier, const Action& a) {
    if (a.act == Act::arrive_and_wait)
      barrier.arrive_and_wait();
    else if (a.act == Act::arrive_and_drop)
      barrier.arrive_and_drop();
    else
      static_cast<void>(barrier.arrive());
    local_.left_barrier[a.object] = a.act != Act::arrive_and_wait;
  }

  void call_once(const Action& a) {
    try {
      heddle::call_once(world_.flags[a.object], [&] {
        if (a.value == 2) throw a.value;
      });
    } catch (std::int8_t) {
    }
  }

  void perform_on_shared(const Action& a) {
    shared_timed_mutex& w = world_.shared_mutexes[a.object];
    std::uint8_t& alone = local_.held_alone[a.object];
    std::uint8_t& shared = local_.held_shared[a.object];
    const auto tried = [&](std::uint8_t& held, bool got) { local_.reg = held = got ? 1 : 0; };
    switch (a.act) {
      case Act::lock_alone:
        w.lock();
        alone = 1;
        break;
      case Act::try_lock_alone:
        tried(alone, w.try_lock());
        break;
      case Act::unlock_alone:
        w.unlock();
        alone = 0;
        break;
      case Act::lock_shared:
        w.lock_shared();
        shared = 1;
        break;
      case Act::try_lock_shared:
        tried(shared, w.try_lock_shared());
        break;
      case Act::try_lock_shared_for:
        tried(shared, w.try_lock_shared_for(limit(a)));
        break;
      default:
        w.unlock_shared();
        shared = 0;
        break;
    }
  }

  void perform_on_conditions(const Action& a) {
    if (program_.any_conditions)
      perform_on_condition(a, world_.any_conditions[a.object]);
    else
      perform_on_condition(a, world_.conditions[a.object]);
  }

  template <class Condition>
  void perform_on_condition(const Action& a, Condition& condition) {
    if (a.act == Act::notify_one) return condition.notify_one();
    if (a.act == Act::notify_all) return condition.notify_all();
    std::unique_lock<mutex> lock(world_.mutexes[a.object], std::adopt_lock);
    const auto holds = [&] { return world_.atomics[a.other].load() != a.expected; };
    switch (a.act) {
      case Act::wait:
        condition.wait(lock);
        break;
      case Act::wait_for:
        local_.reg = condition.wait_for(lock, limit(a)) == cv_status::no_timeout ? 1 : 0;
        break;
      case Act::wait_while:
        condition.wait(lock, holds);
        break;
      default:
        if constexpr (std::is_same_v<Condition, condition_variable_any>)
          local_.reg = condition.wait(lock, world_.stops[a.object].source.get_token(), holds) ? 1 : 0;
        break;
    }
    lock.release();
  }

  void perform_under_locks(const Action& a) {
    switch (a.act) {
      case Act::lock:
        world_.mutexes[a.object].lock();
        local_.held[a.object] = 1;
        break;
      case Act::lock_several:
        lock_several(several_of(a));
        break;
      case Act::try_lock:
        local_.reg = world_.mutexes[a.object].try_lock() ? 1 : 0;
        local_.held[a.object] = static_cast<std::uint8_t>(local_.reg);
        break;
      case Act::unlock:
        world_.mutexes[a.object].unlock();
        local_.held[a.object] = 0;
        break;
      case Act::lock_recursive:
        world_.recursive_mutexes[a.object].lock();
        local_.held_recursive[a.object]++;
        break;
      case Act::try_lock_recursive:
        local_.reg = world_.recursive_mutexes[a.object].try_lock() ? 1 : 0;
        local_.held_recursive[a.object] = static_cast<std::uint8_t>(local_.held_recursive[a.object] + local_.reg);
        break;
      case Act::lock_recursive_for:
        local_.reg = world_.recursive_mutexes[a.object].try_lock_for(limit(a)) ? 1 : 0;
        local_.held_recursive[a.object] = static_cast<std::uint8_t>(local_.held_recursive[a.object] + local_.reg);
        break;
      case Act::unlock_recursive:
        world_.recursive_mutexes[a.object].unlock();
        local_.held_recursive[a.object]--;
        break;
      default:
        break;
    }
  }

  /// Apart from perform(), whose frame is no larger than what clear_stack_below() clears.
  [[gnu::noinline]] void lock_several(const std::vector<OneLock>& locks) {
    lock_at_once(locks);
    for (const OneLock lock : locks) held_of(local_, lock) = 1;
  }

  /// In descending order, which is not that in which they are taken. `chosen` are the last of them.
  template <class... Chosen>
  void lock_at_once(const std::vector<OneLock>& locks, Chosen&... chosen) {
    constexpr std::size_t count = sizeof...(Chosen);
    if (locks.size() == count) {
      if constexpr (count == 1)
        (chosen.lock(), ...);
      else if constexpr (count > 1)
        std::lock(chosen...);
    } else if constexpr (count < 3) {
      const OneLock lock = locks[locks.size() - 1 - count];
      if (lock.mode == OneLock::plain) return lock_at_once(locks, chosen..., world_.mutexes[lock.number]);
      shared_timed_mutex& mutex = world_.shared_mutexes[lock.number];
      if (lock.mode == OneLock::alone) return lock_at_once(locks, chosen..., mutex);
      std::shared_lock shared(mutex, std::defer_lock);
      lock_at_once(locks, chosen..., shared);
      shared.release();
    }
  }

  static std::chrono::seconds limit(const Action& a) { return std::chrono::seconds(limit_of(a)); }
  const Program& program_;
  World& world_;
  const unsigned id_;
  Local local_;
  heddle::thread children_[most_threads];
};

class Folder final : public search::Observer {
 public:
  Folder(Exploration& result, const Program& program, bool check_graphs, const Commuting& commuting)
      : result_(result), locations_(layout(objects_of(program))), check_graphs_(check_graphs), commuting_(commuting) {
    result_.traces.commuting = Commuting::all();
  }

  void set_execution(const runtime::Execution& execution) { execution_ = &execution; }

  void leaf(search::Leaf kind, const ExecutionGraph& graph) override {
    if (check_graphs_) {
      const std::string fault = fault_of(graph);
      if (!fault.empty()) result_.faults.push_back("graph: " + fault);
    }
    switch (kind) {
      case search::Leaf::complete:
        result_.traces.complete[text_of(graph)]++;
        break;
      case search::Leaf::deadlock:
        result_.traces.deadlocks[text_of(graph)]++;
        break;
      case search::Leaf::blocked:
        blocked(graph);
        break;
      case search::Leaf::violated:
        result_.violated++;
        break;
      case search::Leaf::livelock:
        result_.traces.livelocks[text_of(graph)]++;
        break;
      case search::Leaf::cut:
        result_.faults.push_back("cut");
        break;
    }
  }
  void fault(const ExecutionGraph&) override {
    if (execution_->fault().kind == FindingKind::data_race)
      result_.traces.race = true;
    else
      result_.faults.push_back(execution_->fault().message);
  }
  void nested_lock(const ExecutionGraph&) override {}
  void restarted() override {
    result_.traces = {};
    result_.traces.commuting = Commuting::all();
  }
  bool wants_to_stop() override { return result_.faults.size() > 3; }

 private:
  std::string text_of(const ExecutionGraph& graph) {
    const Trace trace = fold(graph, locations_);
    result_.traces.commuting.restrict_to(trace);
    return to_text(trace, commuting_);
  }

  void blocked(const ExecutionGraph& graph) {
    Trace trace = fold(graph, locations_);
    bool some = false;
    bool newest = true;
    for (Position at = 0; at < graph.size(); ++at) {
      const Event& event = graph[at];
      if (event.operation.kind != OperationKind::block) continue;
      some = true;
      const Event& read = graph[std::max(event.po_previous, Position{0})];
      newest = newest && read.reads && !read.writes && read.source == graph.location(read.operation.location).last;
    }
    if (!some) {
      result_.traces.in_vain++;
      return;
    }
    result_.traces.blocked[text_of(graph)]++;
    for (auto& thread : trace.threads) std::erase_if(thread, [](const TraceEvent& e) { return e.step == Step::block; });
    if (newest) result_.stuck[to_text(trace, commuting_)]++;
  }

  Exploration& result_;
  std::vector<std::pair<Kind, std::uint8_t>> locations_;
  bool check_graphs_;
  Commuting commuting_;
  const runtime::Execution* execution_ = nullptr;
};

}  // namespace

void run_as_harness(const Program& program) {
  auto* world = new World(program, objects_of(program));
  ThreadOfProgram(program, *world, 0).run();
}

namespace {

/// Runs `program`; `observer` is told what there is, and `folder` of which execution.
void run(const Program& program, Options options, search::Observer& observer, Exploration& result, Folder* folder) {
  options.spurious_wakeups = program.spurious_wakeups;
  options.spurious_failures = program.spurious_failures;
  if (program.no_timeouts) options.timeouts = Timeouts::never;
  if (program.timeouts_last) options.timeouts = Timeouts::last;
  const auto model = graph::make_memory_model(options.model);
  const std::function<void()> harness = [&] { run_as_harness(program); };
  try {
    runtime::Execution execution(options, harness);
    if (folder != nullptr) folder->set_execution(execution);
    const auto search = search::make_search(options, *model, execution, observer);
    search->run();
    result.executions = search->counts().executions;
    result.blocked = search->counts().blocked;
  } catch (const std::exception& error) {
    result.faults.push_back(error.what());
  }
}

}  // namespace

Exploration explore(const Program& program, bool check_graphs, const Options& options, const Commuting& commuting) {
  Exploration result;
  Folder folder(result, program, check_graphs, commuting);
  run(program, options, folder, result, &folder);
  return result;
}

Exploration explore_with(const Program& program, const Options& options, search::Observer& observer) {
  Exploration result;
  run(program, options, observer, result, nullptr);
  return result;
}

Trace trace_of(const Program& program, const ExecutionGraph& graph, const LeftOut& left_out) {
  return fold(graph, layout(objects_of(program)), left_out);
}

}  // namespace heddle::oracle
