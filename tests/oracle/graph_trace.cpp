#include "oracle/graph_trace.hpp"

#include <array>
#include <stdexcept>

#include "models/heddle/heddle.hpp"

namespace heddle::oracle {

using graph::Event;
using graph::ExecutionGraph;
using graph::OperationKind;
using graph::Position;

namespace {

Step step_of(const core::Operation& operation, Kind kind) {
  switch (operation.kind) {
    case OperationKind::load:
      return Step::load;
    case OperationKind::store:
      return Step::store;
    case OperationKind::follow:
      return Step::sleep;
    case OperationKind::join:
      return Step::join;
    case OperationKind::spawn:
      return Step::spawn;
    case OperationKind::end:
      return Step::end;
    case OperationKind::choose:
      return Step::choose;
    case OperationKind::block:
      return Step::block;
    case OperationKind::fence:
      return Step::fence;
    case OperationKind::sleep:
      return Step::nap;
    case OperationKind::begin:
    case OperationKind::fault:
      throw std::logic_error("this is no step of a trace");
    case OperationKind::update:
      break;
  }
  switch (kind) {
    case Kind::atomic:
      switch (static_cast<models::AtomicCode>(operation.code)) {
        case models::AtomicCode::exchange:
          return Step::exchange;
        case models::AtomicCode::compare_exchange:
        case models::AtomicCode::compare_exchange_weak:
          return Step::compare_exchange;
        default:
          return Step::fetch_add;
      }
    case Kind::semaphore:
      return std::array{Step::acquire, Step::try_acquire, Step::release, Step::timed_acquire}.at(operation.code);
    case Kind::mutex:
    case Kind::recursive_mutex:
      return std::array{Step::lock, Step::try_lock, Step::unlock, Step::timed_lock}.at(operation.code);
    case Kind::shared_mutex:
      return std::array{Step::lock,        Step::try_lock,        Step::timed_lock,        Step::unlock,
                        Step::lock_shared, Step::try_lock_shared, Step::timed_lock_shared, Step::unlock_shared}
          .at(operation.code);
    case Kind::latch:
      return std::array{Step::count_down, Step::try_wait}.at(operation.code);
    case Kind::barrier:
      return std::array{Step::arrive, Step::arrive_and_drop, Step::complete}.at(operation.code);
    case Kind::completion:
      return Step::take_completion;
    case Kind::result:
      return std::array{Step::set_result, Step::claim_result,      Step::publish_result,
                        Step::sleep,      Step::timed_wait_result, Step::look_result}
          .at(operation.code);
    case Kind::stop:
      return std::array{Step::request_stop,  Step::callback_returned, Step::make_callback,
                        Step::drop_callback, Step::settle_stop,       Step::stop_requested}
          .at(operation.code);
    case Kind::flag:
      return std::array{Step::call_once, Step::called, Step::thrown}.at(operation.code);
    default:
      return std::array{Step::enter, Step::sleep, Step::leave, Step::notify_one, Step::notify_all, Step::timed_sleep}
          .at(operation.code);
  }
}

/// The thread that a notify_one takes out of the set of waiting threads `state`: the `choice`-th of them.
int woken(core::Value state, std::uint32_t choice) {
  for (int thread = 0;; ++thread)
    if ((state.low >> thread & 1) != 0 && choice-- == 0) return thread;
}

}  // namespace

Trace fold(const ExecutionGraph& graph, const std::vector<std::pair<Kind, std::uint8_t>>& locations,
           const LeftOut& left_out) {
  Trace trace;
  trace.threads.resize(graph.thread_count());
  trace.plain_accesses.resize(graph.thread_count());
  std::vector<EventName> names;
  std::vector<std::int8_t> counts(graph.thread_count());
  // That a thread begins is no event of a trace.
  const auto counts_for_nothing = [&](Position at) {
    return graph[at].operation.kind == OperationKind::begin || left_out(at);
  };
  for (Position at = 0; at < graph.size(); ++at) {
    std::int8_t& count = counts[graph[at].thread];
    names.push_back({static_cast<std::int8_t>(graph[at].thread), count});
    if (!counts_for_nothing(at)) count++;
  }
  const auto name = [&](Position at) {
    while (at != core::none && left_out(at)) at = graph[at].source;
    return at == core::none ? EventName{} : names[static_cast<std::size_t>(at)];
  };
  for (Position at = 0; at < graph.size(); ++at) {
    const Event& event = graph[at];
    if (counts_for_nothing(at)) continue;
    const auto [kind, number] = locations[event.operation.location];
    TraceEvent e{.step = step_of(event.operation, kind),
                 .kind = kind,
                 .object = number,
                 .reads = event.reads,
                 .writes = event.writes,
                 .is_told = kind == Kind::barrier && event.operation.expected.low != 0,
                 .epoch = static_cast<std::uint8_t>(event.epoch)};
    e.source = name(event.source);
    if (event.writes) e.previous = name(event.co_previous);
    const core::Value read = event.reads ? graph.value_of(event.operation.location, event.source) : core::Value{};
    if (kind == Kind::atomic && event.reads) e.value = static_cast<std::int16_t>(models::from_value<int>(read));
    if (kind == Kind::barrier && e.step != Step::complete)
      e.value = static_cast<std::int16_t>(graph.value_of(event.operation.location, event.source).high >> 2);  // phase
    if (e.step == Step::try_wait) e.value = read.low == 0 ? 1 : 0;
    const bool calls = e.step == Step::request_stop || e.step == Step::callback_returned;
    if (e.step == Step::choose || (calls && event.writes)) e.detail = static_cast<std::int8_t>(event.choice);
    if (e.step == Step::spawn || e.step == Step::join) e.detail = static_cast<std::int8_t>(event.operation.operand.low);
    if (e.step == Step::notify_one && event.writes) e.detail = static_cast<std::int8_t>(woken(read, event.choice));
    trace.threads[event.thread].push_back(e);
  }
  return trace;
}

}  // namespace heddle::oracle
