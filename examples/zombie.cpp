// A parent that gives up on an error forgets the process that it has started.
#include <heddle/heddle.hpp>

static bool run_job(heddle::pipe<int> results) {
  heddle::process job([=] { results.write(static_cast<int>(heddle::choose(2))); });
  int result = 0;
  results.read(result);
  if (result == 0) return false;
  return job.wait().code() == 0;
}

HEDDLE_TEST("every job is waited for") {
  heddle::pipe<int> results;
  run_job(results);
}
