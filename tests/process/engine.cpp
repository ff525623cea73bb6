// The same programs through the engine: heddle::process, heddle::pipe and the rest, under a search.
#include <chrono>
#include <csignal>
#include <cstring>
#include <heddle/heddle.hpp>
#include <optional>
#include <system_error>

#include "checker/graph/memory_model.hpp"
#include "checker/search/make_search.hpp"
#include "checker/search/observer.hpp"
#include "process/program.hpp"

namespace heddle::process_oracle {

namespace {

/// What the threads of each process have come to: plain data in shared memory, which no process is kept from.
struct Told {
  static constexpr std::size_t longest_log = 32;
  char logs[most_processes][2][longest_log] = {};
  bool ended[most_processes][2] = {};
  int thread_of[most_processes] = {-1, -1, -1, -1};
  int handled[most_processes] = {};
  int children_handled[most_processes] = {};
};

/// What every process may use.
struct World {
  struct Shared {
    explicit Shared(unsigned permits) : semaphore(static_cast<std::ptrdiff_t>(permits)) {}
    mutex plain;
    robust_mutex robust;
    condition_variable condition;
    counting_semaphore<> semaphore;
    atomic<int> number{0};
    var<int> plain_number{0};
    Told told;
  };

  explicit World(const Program& program)
      : pipes{pipe<int>(program.pipe_capacity), pipe<int>(program.pipe_capacity)},
        queue(program.queue_capacity),
        shared(program.permits) {}

  pipe<int> pipes[most_pipes];
  message_queue<int> queue;
  shared_memory<Shared> shared;
};

/// What the main process has made first of all, for who looks at the end.
const Told* told;
/// Of which each process has its own.
int global;

/// Of what may take too long: at any point, whenever it has to wait.
constexpr std::chrono::milliseconds limit{10};

class Thread {
 public:
  Thread(const Program& program, const World& world, unsigned process, unsigned number, const Local& inherited)
      : program_(program), world_(world), process_(process), number_(number) {
    local_.reads = inherited.reads;
    local_.writes = inherited.writes;
  }

  void run() {
    for (const Action& action : program_.processes[process_].threads[number_])
      if (performs(action, local_)) perform_or_say_why_not(action);
    if (program_.processes[process_].killable) static_cast<void>(own_.load());  // a signal may come here too
    for (heddle::process& child : children_)
      if (child.joinable()) child.detach();
  }
  const Local& local() const { return local_; }

 private:
  void note(char result) {
    local_.log += result;
    std::memcpy(world_.shared->told.logs[process_][number_], local_.log.c_str(), local_.log.size() + 1);
  }
  static char digit(int value) { return static_cast<char>('0' + value); }

  void perform_or_say_why_not(const Action& action) {
    try {
      perform(action);
    } catch (const std::system_error& error) {
      note(error.code() == std::errc::interrupted ? 'I' : '!');
    }
  }
  void perform(const Action& action);
  void start(unsigned child);
  void use_pipe(const Action& action);
  void use_shared(const Action& action);
  void lock_robust();
  void wait(const Action& action);

  const Program& program_;
  World world_;  ///< handles of its own
  const unsigned process_;
  const unsigned number_;
  Local local_;
  heddle::process children_[most_processes];
  atomic<int> own_{0};
};

int run_process(const Program& program, const World& world, unsigned number, const Local& inherited) {
  Told& told = world.shared->told;
  told.thread_of[number] = runtime::current_thread();
  if (program.processes[number].may_crash) may_crash();
  {
    Thread first(program, world, number, 0, inherited);
    if (program.processes[number].has_second()) {
      Thread second(program, world, number, 1, inherited);
      heddle::thread other([&] {
        second.run();
        told.ended[number][1] = true;
      });
      first.run();
      other.join();
    } else {
      first.run();
    }
  }
  told.ended[number][0] = true;
  return 0;
}

void Thread::start(unsigned child) {
  local_.started |= static_cast<std::uint8_t>(1u << child);
  const auto body = [program = &program_, world = world_, child, inherited = local_] {
    return run_process(*program, world, child, inherited);
  };
  children_[child] = program_.processes[child].killable ? heddle::process(killable, body) : heddle::process(body);
}

void Thread::use_pipe(const Action& action) {
  const pipe<int>& pipe = world_.pipes[action.object];
  switch (action.act) {
    case Act::close_read:
      local_.reads[action.object] = false;
      return pipe.close_read();
    case Act::close_write:
      local_.writes[action.object] = false;
      return pipe.close_write();
    case Act::write:
      try {
        pipe.write(action.value);
      } catch (const std::system_error& error) {
        if (error.code() != std::errc::broken_pipe) throw;
        note('B');
      }
      return;
    default:
      int value = 0;
      note(pipe.read(value) ? digit(value) : 'F');
      return;
  }
}

void Thread::lock_robust() {
  try {
    local_.inconsistent = world_.shared->robust.lock() == std::errc::owner_dead;
    local_.held_robust = true;
    note(local_.inconsistent ? 'O' : 'L');
  } catch (const std::system_error& error) {
    note(error.code() == std::errc::state_not_recoverable ? 'N' : '!');
  }
}

void Thread::use_shared(const Action& action) {
  World::Shared& shared = *world_.shared;
  switch (action.act) {
    case Act::lock:
      shared.plain.lock();
      local_.held = true;
      break;
    case Act::unlock:
      shared.plain.unlock();
      local_.held = false;
      break;
    case Act::unlock_robust:
      shared.robust.unlock();
      local_.held_robust = local_.inconsistent = false;
      break;
    case Act::make_consistent:
      shared.robust.make_consistent();
      local_.inconsistent = false;
      break;
    case Act::acquire:
      shared.semaphore.acquire();
      break;
    case Act::release:
      shared.semaphore.release();
      break;
    case Act::load:
      note(digit(shared.number.load()));
      break;
    case Act::store:
      shared.number.store(action.value);
      break;
    case Act::look:
      note(digit(shared.plain_number));
      break;
    case Act::change:
      shared.plain_number = action.value;
      break;
    case Act::notify_one:
      shared.condition.notify_one();
      break;
    default: {
      std::unique_lock<mutex> lock(shared.plain, std::adopt_lock);
      shared.condition.wait(lock);
      lock.release();
      break;
    }
  }
}

void Thread::perform(const Action& action) {
  switch (action.act) {
    case Act::write:
    case Act::read:
    case Act::close_read:
    case Act::close_write:
      return use_pipe(action);
    case Act::send:
      return world_.queue.send(action.value, action.object);
    case Act::send_in_time:
      if (!world_.queue.send_for(action.value, limit, action.object)) note('E');
      return;
    case Act::receive:
      return note(digit(world_.queue.receive()));
    case Act::try_receive:
    case Act::receive_in_time: {
      int message = 0;
      const bool tries = action.act == Act::try_receive;
      const bool received = tries ? world_.queue.try_receive(message) : world_.queue.receive_for(message, limit);
      return note(received ? digit(message) : 'E');
    }
    case Act::lock_robust:
      return lock_robust();
    case Act::look_global:
      return note(digit(global));
    case Act::change_global:
      global = action.value;
      return;
    case Act::exit:
      world_.shared->told.ended[process_][0] = true;
      this_process::exit(action.value);
    case Act::start:
      return start(action.object);
    case Act::wait:
    case Act::look_for_end:
    case Act::wait_in_time:
      return wait(action);
    case Act::kill:
      return children_[action.object].kill();
    case Act::handle:
      return this_process::on_signal(15, [this](int) { world_.shared->told.handled[process_]++; });
    case Act::handle_and_interrupt:
      return this_process::on_signal(
          15, [this](int) { world_.shared->told.handled[process_]++; }, interrupts);
    case Act::handle_children:
      return this_process::on_signal(SIGCHLD, [this](int) { world_.shared->told.children_handled[process_]++; });
    default:
      return use_shared(action);
  }
}

void Thread::wait(const Action& action) {
  heddle::process& child = children_[action.object];
  std::optional<exit_status> status;
  if (action.act == Act::wait) {
    status = child.wait();
  } else {
    status = action.act == Act::look_for_end ? child.try_wait() : child.wait_for(limit);
    if (!status) return note('-');
  }
  local_.waited |= static_cast<std::uint8_t>(1u << action.object);
  note(status->exited() ? static_cast<char>('a' + status->code()) : status->signal() == 9 ? 'K' : 'T');
}

void run_as_harness(const Program& program) {
  const World world(program);
  told = &world.shared->told;
  Local local;
  for (unsigned i = 0; i < program.pipes; ++i) local.reads[i] = local.writes[i] = true;
  run_process(program, world, 0, local);
}

/// Collects outcomes, and traces as text.
class Collector final : public search::Observer {
 public:
  Collector(const Program& program, Explored& result) : program_(program), result_(result) {}
  void set_execution(const runtime::Execution& execution) { execution_ = &execution; }

  void leaf(search::Leaf kind, const graph::ExecutionGraph& graph) override {
    if (kind == search::Leaf::cut || kind == search::Leaf::violated || kind == search::Leaf::livelock)
      result_.error += "an execution ended early; ";
    if (kind != search::Leaf::complete && kind != search::Leaf::deadlock) return;
    result_.outcomes.insert(outcome(graph));
    if (!traces_.insert(trace(graph)).second) result_.twice++;
  }
  void fault(const graph::ExecutionGraph&) override { result_.error += execution_->fault().message + "; "; }
  void nested_lock(const graph::ExecutionGraph&) override {}
  void restarted() override {
    traces_.clear();
    result_.outcomes.clear();
    result_.twice = 0;
    leaves_ = 0;
  }
  bool wants_to_stop() override {
    result_.too_large = ++leaves_ > most_leaves;
    return result_.too_large || !result_.error.empty();
  }

 private:
  std::string outcome(const graph::ExecutionGraph& graph) const {
    std::string text;
    for (unsigned p = 0; p < program_.processes.size(); ++p) {
      text += std::to_string(p) + ":";
      const bool born = told->thread_of[p] >= 0;
      if (born && execution_->thread(static_cast<core::ThreadId>(told->thread_of[p])).died) {
        text += "dead";
      } else if (born) {
        for (unsigned t = 0; t < 2; ++t)
          if (t == 0 || program_.processes[p].has_second())
            text += std::string(told->logs[p][t]) + (told->ended[p][t] ? "." : "?");
        text += std::string(static_cast<std::size_t>(told->handled[p]), 'H') +
                std::string(static_cast<std::size_t>(told->children_handled[p]), 'C');
      }
      text += " ";
    }
    // The atomic is the one location that is stored to.
    int number = 0;
    for (core::Position at = 0; at < graph.size(); ++at)
      if (graph[at].operation.kind == core::OperationKind::store && graph[at].co_next == core::none)
        number = models::from_value<int>(graph[at].value);
    return text + "= " + std::to_string(number);
  }

  static std::string trace(const graph::ExecutionGraph& graph) {
    std::string text;
    const auto name = [&](core::Position at) {
      return at == core::none ? std::string("-")
                              : std::to_string(graph[at].thread) + "." + std::to_string(graph[at].index);
    };
    for (unsigned t = 0; t < graph.thread_count(); ++t) {
      for (core::Position at = 0; at < graph.size(); ++at) {
        const graph::Event& event = graph[at];
        if (event.thread != t) continue;
        text += std::to_string(static_cast<int>(event.operation.kind)) + "/" + std::to_string(event.operation.code) +
                "@" + std::to_string(event.operation.location) + "<" + name(event.source) + "#" +
                std::to_string(event.choice) + (event.writes ? ">" + name(event.co_previous) : "") + " ";
      }
      text += "| ";
    }
    return text;
  }

  const Program& program_;
  Explored& result_;
  const runtime::Execution* execution_ = nullptr;
  static constexpr unsigned most_leaves = 2'000;
  unsigned leaves_ = 0;
  std::set<std::string> traces_;
};

}  // namespace

Explored explore(const Program& program, const std::string& search) {
  Explored result;
  Options options;
  options.model = "sc";  // as the interpreter has it
  options.search = search;
  options.crashes = program.crashes;
  const auto model = graph::make_memory_model(options.model);
  const std::function<void()> harness = [&] { run_as_harness(program); };
  Collector collector(program, result);
  try {
    runtime::Execution execution(options, harness);
    collector.set_execution(execution);
    const auto run = search::make_search(options, *model, execution, collector);
    run->run();
    result.executions = run->counts().executions;
    result.blocked = run->counts().blocked;
  } catch (const std::exception& error) {
    result.error += error.what();
  }
  return result;
}

}  // namespace heddle::process_oracle
