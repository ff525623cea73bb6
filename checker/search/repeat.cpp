#include "checker/search/repeat.hpp"

#include "checker/core/error.hpp"
#include "checker/runtime/source_lines.hpp"
#include "checker/search/replay.hpp"

namespace heddle::search {

bool same_operation(const core::Operation& before, const core::Operation& now) {
  if (before.kind == core::OperationKind::fault && now.kind == core::OperationKind::fault)
    return true;  // an endless loop stops anywhere
  return before.kind == now.kind && before.code == now.code && before.location == now.location &&
         before.site == now.site;
}

void does_not_repeat(const runtime::Execution& execution, core::ThreadId thread, const core::Operation& before,
                     const core::Operation& now) {
  runtime::SourceLines lines;
  const auto describe = [&](const core::Operation& operation) {
    if (operation.kind == core::OperationKind::end) return std::string("came to the end of the thread");
    return "did " + operation_word(operation) + " at " + to_string(lines.line(operation.site));
  };
  // What stands on the same line: told by the object, or there is no more to tell than that it came out differently.
  const auto object = [&](core::LocationId location) -> std::string {
    const source_location& made = execution.made_at(location);
    if (made.line() == 0) return {};
    return std::string(" on the ") + execution.primitive_of(location)->name() + " made at " + made.file_name() + ":" +
           std::to_string(made.line()) + ":" + std::to_string(made.column());
  };
  std::string first = describe(before);
  std::string second = describe(now);
  if (first == second && before.location != now.location) {
    first += object(before.location);
    second += object(now.location);
  } else if (first == second) {
    second += ", which came out differently";
  }
  const std::string who = thread == 0 ? "the main thread" : "thread T" + std::to_string(thread);
  const std::string text =
      "the harness is not deterministic: " + who + " " + first + " and, run again with the same results, ";
  if (now.kind == core::OperationKind::fault) {
    const runtime::Fault& fault = execution.fault();
    const std::string place = to_string(lines.line(lines.in_harness(fault.site, fault.from)));
    throw Error(
        text + "was stopped at " + place + ": " + fault.message +
        ". What threads share must be Heddle's: what std's locks and plain memory hand from one to another between "
        "two operations, Heddle does not see");
  }
  throw Error(text + second +
              ". A harness may not depend on time, random numbers, addresses or uninitialised memory; "
              "heddle::choose(n) tries every value");
}

}  // namespace heddle::search
