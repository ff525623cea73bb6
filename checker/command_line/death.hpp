// What to make of a test whose process has died without a result.
#pragma once

#include <string>

#include "checker/core/finding.hpp"

namespace heddle::command_line {

/// All that is known of the death.
struct Death {
  std::string test;
  int status = 0;            ///< of waitpid
  bool out_of_time = false;  ///< it was killed because it went on long after its timeout
  bool interrupted = false;  ///< the user had asked it to end
  int stopped_by = 0;        ///< the signal that had stopped it, for which it was killed; 0 for none
  std::string last_words;    ///< the end of what it wrote to stderr
};

/// Verdict and reason; for a signal a `crash` finding.
Result result_of_death(const Death& death);

}  // namespace heddle::command_line
