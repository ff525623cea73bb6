#include "models/process/pipe.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>

#include "models/process/signal.hpp"

namespace heddle::models {

core::Outcome PipePrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                   std::uint32_t) const {
  core::Outcome outcome{.acquires = false, .next = state};
  const bool gives_up = operation.operand.high != 0;
  switch (operation.code) {
    case read:
      outcome.acquires = state.low > 0 || (state.high & no_writer) != 0;
      outcome.enabled = outcome.acquires || gives_up;
      outcome.releases = false;
      outcome.writes = state.low > 0;
      outcome.next.low = state.low - std::min(state.low, operation.operand.low);
      break;
    case write:
      outcome.acquires = (state.high & no_reader) != 0;
      outcome.writes = !outcome.acquires && state.low < operation.operand.low;
      outcome.enabled = outcome.acquires || outcome.writes || gives_up;
      outcome.next.low = state.low + 1;
      break;
    default:
      outcome.writes = true;
      outcome.next.high |= operation.code == last_reader_left ? no_reader : no_writer;
      break;
  }
  return outcome;
}

const char* PipePrimitive::operation_name(const core::Operation& operation) const {
  static constexpr const char* names[] = {"read", "write", "break", "end"};
  return names[operation.code];
}

const char* PipePrimitive::waking(const core::Operation& operation) const {
  const bool by_itself = operation.expected.low != 0;
  if (operation.code == read)
    return by_itself ? "write to it, or close its write end, which the reader has open itself"
                     : "write to it, or close its write end";
  return by_itself ? "read from it, or close its read end, which the writer has open itself"
                   : "read from it, or close its read end";
}

std::string PipePrimitive::show(core::Value state) const {
  std::string text = std::to_string(state.low) + (state.low == 1 ? " element" : " elements");
  if ((state.high & no_reader) != 0) text += ", no reader";
  return (state.high & no_writer) != 0 ? text + ", no writer" : text;
}

std::string PipePrimitive::outcome(const core::Operation& operation, core::Value before, bool wrote) const {
  if (wrote) return {};
  if (operation.code == read) return (before.high & no_writer) != 0 ? "end of file" : "empty";
  return (before.high & no_reader) != 0 ? "broken pipe" : "full";
}

core::Outcome PipeEndPrimitive::apply(const core::Operation& operation, core::ThreadId, core::Value state,
                                      std::uint32_t) const {
  ThreadSet open{state};
  const auto process = static_cast<unsigned>(operation.operand.low);
  core::Outcome outcome{.writes = open.has(process)};
  if (operation.code == inherit)
    open.set(static_cast<unsigned>(operation.operand.high), true);
  else
    open.set(process, false);
  outcome.next = open.bits;
  return outcome;
}

const char* PipeEndPrimitive::operation_name(const core::Operation& operation) const {
  return operation.code == inherit ? "pass on" : closing_;
}

std::string PipeEndPrimitive::show(core::Value state) const {
  const ThreadSet open{state};
  return open.empty() ? "open nowhere" : "open in" + open.names();
}

std::string PipeEndPrimitive::outcome(const core::Operation& operation, core::Value before, bool wrote) const {
  if (!wrote) return "not open";
  ThreadSet open{before};
  if (operation.code == inherit)
    open.set(static_cast<unsigned>(operation.operand.high), true);
  else
    open.set(static_cast<unsigned>(operation.operand.low), false);
  return show(open.bits);
}

namespace {

core::Value only(core::ThreadId process) {
  ThreadSet set;
  set.set(process, true);
  return set.bits;
}

}  // namespace

PipeState::PipeState(std::size_t capacity, std::size_t element_bytes, const source_location& site)
    : capacity_(capacity),
      element_bytes_(element_bytes),
      made_at_(site),
      content_(pipe_primitive, {}, site),
      reading_{read_end_primitive,
               only(runtime::current_process()),
               {read_end_primitive, only(runtime::current_process()), site},
               {only(runtime::current_process())}},
      writing_{write_end_primitive,
               only(runtime::current_process()),
               {write_end_primitive, only(runtime::current_process()), site},
               {only(runtime::current_process())}} {
  if (runtime::current_thread() != 0) return;
  // The main process ends with its thread; others end in finish_process.
  runtime::at_thread_exit(
      [](void* pipe) { static_cast<PipeState*>(pipe)->leave({static_cast<PipeState*>(pipe)->made_at_}); }, this);
}

core::Delivery PipeState::ask(PipePrimitive::Code code, core::Value operand, const core::Site& site) {
  const core::ThreadId process = runtime::current_process();
  const std::uint64_t has_both = reading_.open.has(process) && writing_.open.has(process) ? 1 : 0;
  return runtime::perform({.kind = core::OperationKind::update,
                           .code = code,
                           .location = content_.id(pipe_primitive, {}, site.location),
                           .primitive = &pipe_primitive,
                           .site = site,
                           .operand = operand,
                           .expected = {has_both, 0}});
}

core::Delivery PipeState::ask_end(End& end, PipeEndPrimitive::Code code, core::ThreadId child, const core::Site& site) {
  return runtime::perform({.kind = core::OperationKind::update,
                           .code = code,
                           .location = end.location.id(end.primitive, end.initial, site.location),
                           .primitive = &end.primitive,
                           .site = site,
                           .operand = {runtime::current_process(), child}});
}

void PipeState::require_open(PipeEnd end, const source_location& site) {
  if (end_of(end).open.has(runtime::current_process())) return;
  runtime::misuse(end == PipeEnd::reading ? "read from a pipe whose read end this process has not got open"
                                          : "write to a pipe whose write end this process has not got open",
                  site);
}

std::size_t PipeState::read(void* into, std::size_t most, const source_location& site) {
  require_open(PipeEnd::reading, site);
  std::size_t count = 0;
  perform_interruptibly({site}, [&](bool gives_up) {
    const core::Delivery delivery = ask(PipePrimitive::read, {most, gives_up ? 1u : 0u}, {site});
    count = std::min<std::size_t>(delivery.value.low, most);
    for (std::size_t i = 0; i < count; ++i)
      std::memcpy(static_cast<char*>(into) + i * element_bytes_, element(read_++), element_bytes_);
    return count != 0 || (delivery.value.high & PipePrimitive::no_writer) != 0;
  });
  return count;
}

bool PipeState::write(const void* from, const source_location& site) {
  require_open(PipeEnd::writing, site);
  bool written = false;
  perform_interruptibly({site}, [&](bool gives_up) {
    const core::Delivery delivery = ask(PipePrimitive::write, {capacity_, gives_up ? 1u : 0u}, {site});
    written = delivery.wrote;
    if (written) std::memcpy(element(written_++), from, element_bytes_);
    return written || (delivery.value.high & PipePrimitive::no_reader) != 0;
  });
  return written;
}

bool PipeState::close(PipeEnd which, const core::Site& site) {
  const runtime::OneOperation in_one_go(site);
  End& end = end_of(which);
  const core::ThreadId process = runtime::current_process();
  if (!runtime::has_threads() && !end.open.has(process)) return false;
  const core::Delivery delivery = ask_end(end, PipeEndPrimitive::close, 0, site);
  end.open.set(process, false);
  if (delivery.wrote && delivery.value == only(process))
    ask(which == PipeEnd::reading ? PipePrimitive::last_reader_left : PipePrimitive::last_writer_left, {}, site);
  return delivery.wrote;
}

void PipeState::inherit(core::ThreadId child, const core::Site& site) {
  for (End* end : {&reading_, &writing_})
    if (end->open.has(runtime::current_process()))
      end->open.set(child, ask_end(*end, PipeEndPrimitive::inherit, child, site).wrote);
}

void PipeState::leave(const core::Site& site) {
  for (const PipeEnd end : {PipeEnd::reading, PipeEnd::writing})
    if (end_of(end).open.has(runtime::current_process())) close(end, site);
}

void broken_pipe() {
  throw std::system_error(std::make_error_code(std::errc::broken_pipe), "write to a pipe that nobody reads");
}

}  // namespace heddle::models
