// The counter stands in shared memory. The wait orders the two accesses.
#include <heddle/heddle.hpp>

HEDDLE_TEST("both have counted") {
  heddle::shared_memory<heddle::var<int>> counter(0);
  heddle::process other([=] { *counter += 1; });
  other.wait();
  *counter += 1;
  HEDDLE_ASSERT(*counter == 2);
}
