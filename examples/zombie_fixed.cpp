// Waits for the process on every path.
#include <heddle/heddle.hpp>

static bool run_job(heddle::pipe<int> results) {
  heddle::process job([=] { results.write(static_cast<int>(heddle::choose(2))); });
  int result = 0;
  results.read(result);
  const bool ended_well = job.wait().code() == 0;
  return result != 0 && ended_well;
}

HEDDLE_TEST("every job is waited for") {
  heddle::pipe<int> results;
  run_job(results);
}
